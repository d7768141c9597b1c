import type { Platform } from "../../platform/platform.js";
import type { Table } from "../lists/csv.js";
import { binsOf } from "../split/assign-rows.js";
import { withDecimalPoints } from "../tables/decimal-commas.js";
import { numberOf, unusableCell } from "../tables/numbers.js";
import { requireSpread, targetColumnsOf } from "../tables/open-targets.js";
import { assembleSounds, soundCell, type TargetCell } from "./assemble-sounds.js";
import { findSounds } from "./find-sounds.js";
import type { FoundSounds } from "./found-sounds.js";
import type { OpenSoundsOptions } from "./open-sounds.js";
import type { SoundTargetDataset } from "./sound.js";

/** Options of {@link openSoundNumbers}. */
export interface OpenSoundNumbersOptions extends Omit<OpenSoundsOptions, "targetColumn"> {
  /** Target columns. Default: every column of numbers. */
  readonly targets?: readonly string[];
}

/**
 * Opens sounds with numbers: a list with `audio,value`, or with several columns of numbers. The split is stratified by the first one.
 *
 * @throws DataError if numbers or sounds are missing, and for a constant number
 * @example const { targets, items } = await openSoundNumbers(platform, "./pumps.csv", { targets: ["pressure"] });
 */
export async function openSoundNumbers(
  platform: Platform,
  path: string,
  { targets: chosen, ...options }: OpenSoundNumbersOptions = {},
): Promise<SoundTargetDataset> {
  const found = pointed(await findSounds(platform, path, options));
  const { name, root, columns, sounds, groupedBy } = found;
  const list = { name, folder: root, columns, rows: sounds };
  const targets = targetColumnsOf(list, undefined, chosen, groupedBy);
  const data = await assembleSounds(platform, found, options, {
    read: (sound): TargetCell<readonly number[]> => {
      const cells = targets.map((column) => soundCell(sound, column));
      const bad = cells.findIndex((cell) => numberOf(cell) === undefined);
      return bad < 0 ? { target: cells.map(Number) } : { skip: unusableCell(targets[bad]!, cells[bad]!) };
    },
    strata: (rows) => binsOf(rows.map(({ target, given }) => ({ value: target[0]!, given }))),
    fields: (values) => ({ label: 0, values }),
    classes: () => [],
  });
  if (options.emptyParts !== true) requireSpread(targets, data.items, found.name);
  return { ...data, targets };
}

/** Returns the sounds with decimal points instead of decimal commas. */
export function pointed(found: FoundSounds): FoundSounds {
  const { columns, sounds, separator } = found;
  const list: Table = { columns, rows: sounds, separator };
  const { rows, warnings = [] } = withDecimalPoints(list);
  return {
    ...found,
    sounds: sounds.map((sound, i) => ({ ...sound, values: rows[i]!.values })),
    warnings: [...found.warnings, ...warnings],
  };
}
