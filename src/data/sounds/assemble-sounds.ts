import { EngraftError } from "../../core/errors.js";
import type { OnEvent, Part } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import type { Leak } from "../dataset.js";
import { fingerprintsOf } from "../fingerprints.js";
import { asText } from "../lists/columns.js";
import { leaksOf } from "../split/assign-parts.js";
import { assignRows } from "../split/assign-rows.js";
import { byCodePoint, count, quoted, type Warning } from "../split/found.js";
import { joined } from "../split/groups.js";
import { splitOrigin } from "../split/split-origin.js";
import { conversionHelp } from "./files/sound-format.js";
import type { FoundSound, FoundSounds } from "./found-sounds.js";
import { findCopies, type SoundCopies } from "./near-sounds.js";
import { proposeSpeakers } from "./propose-speakers.js";
import { type ScannedSound, scanSounds } from "./scan-sounds.js";
import type { Downmix } from "./sound.js";
import { type SoundContent, soundWarnings, summarizeSounds } from "./summarize-sounds.js";

/** A readable sound with its target. */
export type SoundRow<Target> = FoundSound & SoundContent & { readonly target: Target };

/** The target of a sound, or why the sound is skipped. */
export type TargetCell<Target> = { readonly target: Target } | { readonly skip: string };

/** How the targets of sounds are read, divided and kept. */
export interface TargetOfSounds<Target, Fields> {
  read(sound: FoundSound): TargetCell<Target>;
  /** Returns the stratum of each row for the split. */
  strata(rows: readonly SoundRow<Target>[]): { readonly bin: ArrayLike<number>; readonly bins: number };
  /** Returns what an item holds of its target. */
  fields(target: Target, bin: number): Fields;
  classes(): readonly string[];
  /** Returns the class of a target, for data with a class each. */
  classOf?(target: Target): string;
}

interface AssembleOptions {
  readonly seed?: number;
  readonly validationFraction?: number;
  readonly testFraction?: number;
  readonly emptyParts?: boolean;
  readonly downmix?: Downmix;
  readonly cache?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: OnEvent;
}

/** Largest share of unreadable sounds. */
const maxUnreadable = 0.1;

/** Returns a cell of a sound's row as text. @throws DataError for lists and objects */
export const soundCell = ({ values, file, line }: FoundSound, column: string): string =>
  asText(values[column], file ?? "", line, column);

/** Reads found sounds and their targets, and divides them into splits. @throws DataError, Interrupted */
export async function assembleSounds<Target, Fields extends object>(
  platform: Platform,
  found: FoundSounds,
  options: AssembleOptions,
  targets: TargetOfSounds<Target, Fields>,
) {
  const { seed = 0, validationFraction = 0.15, testFraction = 0.15 } = options;
  const { root } = found;
  const skipped = [...found.skipped];
  const warnings: Warning[] = [...found.warnings, ...unreadWarnings(found.unread)];
  const wanted = targetsOf(found, targets, skipped);
  const scanned = await scanSounds(wanted, { ...options, platform, root });
  const rows = readable(wanted, scanned, skipped, found).sort((a, b) => byCodePoint(a.id, b.id));
  const { bin, bins } = targets.strata(rows);
  warnings.push(...soundWarnings(rows, targets.classes().length > 0));
  if (found.groupedBy === undefined)
    warnings.push(
      ...proposeSpeakers(rows.map(({ id, target }) => ({ id, label: targets.classOf?.(target) }))),
    );
  const copies = findCopies(rows);
  const assigned = assignRows(
    rows.map(({ id, sha256, given, group }, i) => ({ id, sha256, given, group, bin: bin[i]! })),
    bins,
    copies,
    { seed, validationFraction, testFraction, emptyParts: options.emptyParts },
    "clip",
    warnings,
    root,
  );
  const items = rows.map(({ id, path, group, sha256, seconds, target }, i) => ({
    id,
    path,
    sha256,
    seconds,
    part: assigned.parts[i]! as Part,
    ...(group !== undefined && { group }),
    ...targets.fields(target, bin[i]!),
  }));
  const lines = items.map(({ id, sha256, part }, i) => JSON.stringify([id, sha256, rows[i]!.target, part]));
  if (assigned.exact > 0)
    warnings.push(
      warningText(
        "exact_duplicates",
        message("repeated-samples", { samples: assigned.exact, unit: "clip", across: assigned.acrossParts }),
      ),
    );
  return {
    root,
    items,
    seed,
    skipped,
    warnings,
    classes: targets.classes(),
    ...splitOrigin(assigned.origin),
    ...(found.groupedBy !== undefined && { groupedBy: found.groupedBy }),
    duplicates: { exact: assigned.exact, near: assigned.near, acrossParts: assigned.acrossParts },
    leaks: leaksOfSounds(rows, assigned.parts, copies),
    summary: summarizeSounds(rows),
    ...(await fingerprintsOf(platform, lines.sort(byCodePoint), items)),
  };
}

/** Returns each sound once, with its target. @throws DataError for a sound with two targets */
function targetsOf<Target, Fields>(
  { sounds, name }: FoundSounds,
  { read }: TargetOfSounds<Target, Fields>,
  skipped: { item: string; reason: string }[],
): (FoundSound & { readonly target: Target })[] {
  const byPath = new Map<string, FoundSound & { readonly target: Target }>();
  for (const sound of sounds) {
    const cell = read(sound);
    const item = sound.line === undefined ? sound.id : `${sound.file ?? name}, line ${sound.line}`;
    if ("skip" in cell) {
      skipped.push({ item, reason: cell.skip });
      continue;
    }
    const { target } = cell;
    const earlier = byPath.get(sound.path);
    if (earlier === undefined) byPath.set(sound.path, { ...sound, target });
    else if (JSON.stringify(earlier.target) !== JSON.stringify(target) || earlier.given !== sound.given)
      throw new EngraftError("DataError", `${JSON.stringify(sound.id)} has two targets or two splits`, {
        at: item,
        help: "a clip has one row: keep one of them",
      });
    else skipped.push({ item, reason: `names ${JSON.stringify(sound.id)} again` });
  }
  return [...byPath.values()];
}

/** Returns the sounds that could be read. @throws DataError for none, or if more than 10 % cannot be read */
function readable<Row extends FoundSound>(
  sounds: readonly Row[],
  scanned: readonly ScannedSound[],
  skipped: { item: string; reason: string }[],
  { root, unread = [] }: FoundSounds,
): (Row & SoundContent)[] {
  const rows: (Row & SoundContent)[] = [];
  const unreadable: { item: string; reason: string }[] = [];
  for (const [i, sound] of sounds.entries()) {
    const result = scanned[i]!;
    if ("reason" in result) unreadable.push({ item: sound.id, reason: result.reason });
    else rows.push({ ...sound, ...result });
  }
  skipped.push(...unreadable);
  if (rows.length > 0 && unreadable.length <= maxUnreadable * sounds.length) return rows;
  if (sounds.length === 0) throw nothingLeft(skipped, unread, root);
  throw new EngraftError(
    "DataError",
    `${unreadable.length} of ${count(sounds.length, "clip")} in ${JSON.stringify(root)} cannot be read; at most 10 % may be`,
    {
      at: skipped
        .slice(-3)
        .map(({ item, reason }) => `${item}: ${reason}`)
        .join("; "),
      help: "repair or remove them; all of them with their reasons are in the error's details",
      details: { skipped },
    },
  );
}

/** Returns clips on two sides of the split that are copies or of one group. */
function leaksOfSounds(
  rows: readonly SoundRow<unknown>[],
  parts: readonly Part[],
  { exact, near }: SoundCopies,
): readonly Leak[] {
  const all = rows.map((_, i) => i);
  const grouped = joined(
    Int32Array.from(all),
    rows.map(({ group }) => group),
  );
  const copies = leaksOf(rows, parts, exact, "exact", all);
  const copied = new Set(copies.map(({ item }) => item));
  const similar = leaksOf(rows, parts, near, "near", all).filter(({ item }) => !copied.has(item));
  return [...copies, ...similar, ...leaksOf(rows, parts, grouped, "group", all)];
}

/** Returns a warning about sounds in formats that cannot be read. */
function unreadWarnings(ids: readonly string[] = []): Warning[] {
  if (ids.length === 0) return [];
  const formats = [...new Set(ids.map((id) => id.slice(id.lastIndexOf(".") + 1).toUpperCase()))].sort(
    byCodePoint,
  );
  return [
    warningText("unread_formats", message("clips-unread", { clips: ids.length, formats, ...firstOf(ids) })),
  ];
}

/** Returns the error for data without a sound that could be tried. */
const nothingLeft = (
  skipped: readonly { readonly item: string; readonly reason: string }[],
  unread: readonly string[],
  root: string,
): EngraftError =>
  new EngraftError("DataError", `no sounds in ${JSON.stringify(root)} that can be read`, {
    at: [
      ...(unread.length > 0 ? [`${quoted(unread)} in other formats`] : []),
      ...skipped.slice(0, 3).map(({ item, reason }) => `${item}: ${reason}`),
    ].join("; "),
    help: conversionHelp,
  });
