import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";

import { checkClassNames } from "../lists/class-names.js";
import { columnOf } from "../lists/columns.js";
import { checkClasses } from "../split/assign-parts.js";
import { byCodePoint, quoted } from "../split/found.js";
import { assembleSounds, soundCell, type TargetCell } from "./assemble-sounds.js";
import { findSounds } from "./find-sounds.js";
import type { FindSoundsOptions, FoundSounds } from "./found-sounds.js";
import type { Downmix, SoundDataset, TranscriptDataset } from "./sound.js";

/** Options of {@link openSounds} and {@link openTranscripts}. */
export interface OpenSoundsOptions extends FindSoundsOptions {
  /** Seed of the split. Default 0. */
  readonly seed?: number;
  /** Share for a validation split that is not given, 0 … 1. Default 0.15. */
  readonly validationFraction?: number;
  /** Share for a test split that is not given, 0 … 1. Default 0.15. */
  readonly testFraction?: number;
  /** Column of labels or transcripts. Default: found by name. */
  readonly targetColumn?: string;
  /** Allows empty splits, for data that only scores a model. Default false. */
  readonly emptyParts?: boolean;
  /** Default "served". */
  readonly downmix?: Downmix;
  /** Caches the look at the files in the cache folder. Default true. */
  readonly cache?: boolean;
  /** Receives progress events of the phase "scan". */
  readonly onEvent?: OnEvent;
}

/**
 * Opens sounds with a class each: class folders, folders with a given split, or a list with `audio,label[,split]`. Every file is
 * decoded once, one at a time. Files that cannot be read are skipped with a reason; copies and groups stay in one split.
 *
 * @param path folder or list
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const { classes, items, summary } = await openSounds(platform, "./birds", { seed: 1 });
 */
export async function openSounds(
  platform: Platform,
  path: string,
  options: OpenSoundsOptions = {},
): Promise<SoundDataset> {
  const found = await findSounds(platform, path, { ...options, classColumn: options.targetColumn });
  const column = targetColumn(found, "label", options.targetColumn);
  let classes: readonly string[] = [];
  return assembleSounds(platform, found, options, {
    read: (sound): TargetCell<string> => {
      const label = soundCell(sound, column).normalize("NFC");
      return label === "" ? { skip: "has no label" } : { target: label };
    },
    strata: (rows) => {
      classes = [...new Set(rows.map(({ target }) => target))].sort(byCodePoint);
      checkClassNames(classes, found.root);
      if (options.emptyParts !== true)
        checkClasses(
          rows.map(({ target, sha256, given }) => ({ label: target, sha256, part: given })),
          found.root,
          "clip",
        );
      return { bin: rows.map(({ target }) => classes.indexOf(target)), bins: classes.length };
    },
    fields: (_target, bin) => ({ label: bin }),
    classes: () => classes,
    classOf: (label) => label,
  });
}

/**
 * Opens sounds with transcripts: a list with `audio,text[,split]`.
 *
 * @param path folder or list
 * @throws DataError, FileError, OptionError, Interrupted
 * @example const { items } = await openTranscripts(platform, "./recordings");
 */
export async function openTranscripts(
  platform: Platform,
  path: string,
  options: OpenSoundsOptions = {},
): Promise<TranscriptDataset> {
  const found = await findSounds(platform, path, options);
  const column = targetColumn(found, "text", options.targetColumn);
  return assembleSounds(platform, found, options, {
    read: (sound): TargetCell<string> => {
      const text = soundCell(sound, column).normalize("NFC");
      return text === "" ? { skip: "has no transcript" } : { target: text };
    },
    strata: (rows) => ({ bin: rows.map(() => 0), bins: 1 }),
    fields: (text) => ({ label: 0, text }),
    classes: () => [],
  });
}

/** Names of columns of transcripts, best first. */
const transcriptNames = ["text", "transcript", "transcription", "sentence"];

/** Returns the column of transcripts, found by its name. */
export const transcriptColumnOf = (columns: readonly string[]): string | undefined =>
  transcriptNames.flatMap((name) => columns.filter((column) => column.toLowerCase() === name)).at(0);

/** Returns the column of labels or transcripts. @throws DataError without one */
function targetColumn(
  { name, columns }: FoundSounds,
  what: "label" | "text",
  chosen: string | undefined,
): string {
  const found =
    chosen === undefined
      ? what === "label"
        ? columnOf("label", columns)
        : transcriptColumnOf(columns)
      : columns.find((column) => column === chosen);
  if (found !== undefined) return found;
  throw new EngraftError(
    "DataError",
    chosen === undefined
      ? `${JSON.stringify(name)} has no column of ${what === "label" ? "labels" : "transcripts"}`
      : `${JSON.stringify(name)} has no column ${JSON.stringify(chosen)}`,
    { help: `its columns are ${quoted(columns, 12)}; call it "${what}", or name it: --target NAME` },
  );
}
