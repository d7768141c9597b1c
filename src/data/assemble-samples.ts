import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events/events.js";
import type { Platform } from "../platform/platform.js";
import type { OpenOptions, Skipped } from "./dataset.js";
import { fingerprintsOf } from "./fingerprints.js";
import type { FileUnit, FoundFile, FoundFiles } from "./found-files.js";
import type { DuplicateGroups } from "./images/duplicate-groups.js";
import { asText } from "./lists/columns.js";
import type { Unusable } from "./scan-memory.js";
import { assignRows } from "./split/assign-rows.js";
import { byCodePoint, type Warning } from "./split/found.js";
import { splitOrigin } from "./split/split-origin.js";

/** How files of one kind are looked into. */
export interface FileKind<Content extends { readonly sha256: string }, Target = unknown> {
  readonly unit: FileUnit;
  /** Looks into files. @returns one result for each, in order */
  scan(
    files: readonly FoundFile[],
    how: OpenOptions & { readonly platform: Platform; readonly root: string },
  ): Promise<readonly (Content | Unusable)[]>;
  copies(rows: readonly Content[]): DuplicateGroups;
  /** Returns warnings about the content. */
  warnings?(rows: readonly (TargetRow<Target> & Content)[]): readonly Warning[];
}

/** The target of a file, or why the file is skipped. */
type TargetCell<Target> = { readonly target: Target } | { readonly skip: string };

/** A readable file with its target. */
type TargetRow<Target> = FoundFile & { readonly sha256: string; readonly target: Target };

/** How the targets of files are read, divided and kept. */
export interface TargetKind<Target, Fields> {
  /** What is doubtful of the targets. */
  readonly warnings?: readonly Warning[];
  read(file: FoundFile): TargetCell<Target>;
  /** Checks what could be read. @param all number of the files. @throws DataError for too few */
  check?(usable: number, all: number, skipped: readonly Skipped[]): void;
  /** Returns the stratum of each row for the split. */
  strata(rows: readonly TargetRow<Target>[]): { readonly bin: ArrayLike<number>; readonly bins: number };
  /** Returns what an item holds of its target. */
  fields(target: Target, bin: number): Fields;
  /** Returns what the fingerprint holds of a target. Default: the target. */
  hashed?(target: Target): unknown;
  classes(): readonly string[];
}

/** Largest share of unreadable files. */
const maxUnreadable = 0.1;

/** Returns a cell of a file's row as text. @throws DataError for lists and objects */
export const cellOf = ({ values, file, line }: FoundFile, column: string): string =>
  asText(values[column], file ?? "", line, column);

/**
 * Reads found files and their targets, and divides them into splits. Files that cannot be read are skipped with a reason; copies and groups
 * stay in one split.
 * @throws DataError, Interrupted
 */
export async function assembleSamples<
  Content extends { readonly sha256: string },
  Target,
  Fields extends object,
>(
  platform: Platform,
  kind: FileKind<Content, Target>,
  found: FoundFiles,
  options: OpenOptions,
  targets: TargetKind<Target, Fields>,
) {
  const { seed = 0, validationFraction = 0.15, testFraction = 0.15, emptyParts } = options;
  const { root, folder = root } = found;
  const { unit } = kind;
  const skipped = [...found.skipped];
  const warnings: Warning[] = [...found.warnings, ...(targets.warnings ?? [])];
  const wanted = targetsOf(found, targets, unit, skipped);
  const scanned = await kind.scan(wanted, { ...options, platform, root: folder });
  const rows = await readable(wanted, scanned, skipped, found, { platform, unit });
  rows.sort((a, b) => byCodePoint(a.id, b.id));
  targets.check?.(rows.length, found.files.length + found.skipped.length, skipped);
  const { bin, bins } = targets.strata(rows);
  warnings.push(...(kind.warnings?.(rows) ?? []));
  const copies = kind.copies(rows);
  const assigned = assignRows(
    rows.map(({ id, sha256, given, group }, i) => ({ id, sha256, given, group, bin: bin[i]! })),
    bins,
    copies,
    { seed, validationFraction, testFraction, emptyParts },
    unit,
    warnings,
    root,
  );
  const items = rows.map(({ id, path, group, sha256, target }, i) => ({
    id,
    path,
    sha256,
    part: assigned.parts[i]! as Part,
    ...(group !== undefined && { group }),
    ...targets.fields(target, bin[i]!),
  }));
  const hashed = (target: Target): unknown => targets.hashed?.(target) ?? target;
  const lines = items.map(({ id, sha256, part }, i) =>
    JSON.stringify([id, sha256, hashed(rows[i]!.target), part]),
  );
  const { exact, near, acrossParts } = assigned;
  const data = {
    root,
    items,
    seed,
    skipped,
    warnings,
    classes: targets.classes(),
    ...splitOrigin(assigned.origin),
    duplicates: { exact, near, acrossParts },
    ...(await fingerprintsOf(platform, lines.sort(byCodePoint), items)),
  };
  return { data, rows, copies };
}

/** Returns each file once, with its target. @throws DataError for a file with two targets */
function targetsOf<Target, Fields>(
  { files, name }: FoundFiles,
  { read }: TargetKind<Target, Fields>,
  unit: FileUnit,
  skipped: { item: string; reason: string }[],
): (FoundFile & { readonly target: Target })[] {
  const byPath = new Map<string, FoundFile & { readonly target: Target }>();
  for (const file of files) {
    const cell = read(file);
    const item = file.line === undefined ? file.id : `${file.file ?? name}, line ${file.line}`;
    if ("skip" in cell) {
      skipped.push({ item, reason: cell.skip });
      continue;
    }
    const { target } = cell;
    const earlier = byPath.get(file.path);
    if (earlier === undefined) byPath.set(file.path, { ...file, target });
    else if (JSON.stringify(earlier.target) !== JSON.stringify(target) || earlier.given !== file.given)
      throw new EngraftError("DataError", `${JSON.stringify(file.id)} has two targets or two splits`, {
        at: item,
        help: `a ${unit} has one row: keep one of them`,
      });
    else skipped.push({ item, reason: `names ${JSON.stringify(file.id)} again` });
  }
  return [...byPath.values()];
}

/** Returns the files that could be read. @throws DataError for none, or if more than 10 % cannot be read */
async function readable<Row extends FoundFile, Content extends { readonly sha256: string }>(
  files: readonly Row[],
  scanned: readonly (Content | Unusable)[],
  skipped: { item: string; reason: string }[],
  { root, folder = root, name, unread = [] }: FoundFiles,
  { platform, unit }: { readonly platform: Platform; readonly unit: FileUnit },
): Promise<(Row & Content)[]> {
  const rows: (Row & Content)[] = [];
  const unreadable: (Unusable & { readonly item: string })[] = [];
  for (const [i, file] of files.entries()) {
    const result = scanned[i]!;
    if ("reason" in result) unreadable.push({ item: file.id, ...result });
    else rows.push({ ...file, ...result });
  }
  const isListed = files.some(({ line }) => line !== undefined);
  skipped.push(...unreadable.map(({ item, reason }) => ({ item, reason })));
  if (rows.length > 0 && unreadable.length <= maxUnreadable * files.length) return rows;
  const { noneLeft, tooManyUnreadable } = await import("./folder-refusals.js");
  if (files.length === 0) throw noneLeft(skipped, unread, root, unit);
  const place = { files: platform.files, folder, root, unit };
  throw await tooManyUnreadable(files.length, unreadable, { ...place, name: isListed ? name : undefined });
}
