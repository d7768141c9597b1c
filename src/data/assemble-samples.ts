import { EngraftError } from "../core/errors.js";
import type { Part } from "../core/events/events.js";
import type { Platform } from "../platform/platform.js";
import type { OpenOptions, Skipped } from "./dataset.js";
import { divideSamples } from "./divide-samples.js";
import type { FileUnit, FoundFile, FoundFiles } from "./found-files.js";
import type { DuplicateGroups } from "./images/duplicate-groups.js";
import { asText } from "./lists/columns.js";
import { requireReadable, type Unusable } from "./scan-memory.js";
import { shardOf } from "./source.js";
import { warnConflicts } from "./split/copies.js";
import { byCodePoint, type Warning } from "./split/found.js";
import type { FileFacts } from "./split/recordings.js";

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
  warnings?(rows: readonly (TargetFile<Target> & Content)[]): readonly Warning[];
}

/** Where the cells of a sample stand. */
export type Cells = Pick<FoundFile, "values" | "file" | "line">;

/** The target of a file, or why the file is skipped. */
type TargetCell<Target> = { readonly target: Target } | { readonly skip: string };

/** A readable file with its target. */
type TargetFile<Target> = FoundFile & { readonly sha256: string; readonly target: Target };

/** A readable sample with its target. */
interface TargetRow<Target> {
  readonly id: string;
  readonly sha256: string;
  readonly given: Part | undefined;
  readonly target: Target;
}

/** How the targets of files are read, divided and kept. */
export interface TargetKind<Target, Fields> {
  /** What is doubtful of the targets. */
  readonly warnings?: readonly Warning[];
  read(file: Cells): TargetCell<Target>;
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

/** Returns a cell of a file's row as text. @throws DataError for lists and objects */
export const cellOf = ({ values, file, line }: Cells, column: string): string =>
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
  const { root, folder = root } = found;
  const { unit } = kind;
  const skipped = [...found.skipped];
  const warnings: Warning[] = [...found.warnings, ...(targets.warnings ?? [])];
  const shard = options.shard ?? shardOf(platform);
  const every = targetsOf(found, targets, unit, skipped);
  const wanted = shard === undefined ? every : (await import("./shard.js")).inShard(every, shard, root);
  const scanned = await kind.scan(wanted, { ...options, platform, root: folder });
  if (wanted.length === 0)
    throw (await import("./folder-refusals.js")).noneLeft(skipped, found.unread ?? [], root, unit);
  const name = wanted.some(({ line }) => line !== undefined) ? found.name : undefined;
  const place = { files: platform.files, folder, root, name, unit };
  const readable = await requireReadable(wanted, scanned, skipped, place);
  readable.sort((a, b) => byCodePoint(a.id, b.id));
  const { groupRecordings } = await import("./split/group-recordings.js");
  const rows = groupRecordings(
    readable,
    factsOf,
    { groupFrom: found.groupedBy, unit, emptyParts: options.emptyParts, shard },
    warnings,
  );
  targets.check?.(rows.length, found.files.length + found.skipped.length, skipped);
  const strata = targets.strata(rows);
  warnings.push(...(kind.warnings?.(rows) ?? []));
  const copies = kind.copies(rows);
  const areClasses = typeof rows[0]?.target === "string" && targets.classes().length > 0;
  warnConflicts(rows, copies.exact, unit, warnings, areClasses);
  const { kept, ...divided } = await divideSamples(
    platform,
    root,
    rows,
    {
      unit,
      strata,
      copies,
      fieldsOf: ({ path, sha256, target }, i) => ({
        path,
        sha256,
        ...targets.fields(target, strata.bin[i]!),
      }),
      lineOf: ({ id, sha256, part }, { target }) => [id, sha256, targets.hashed?.(target) ?? target, part],
      order: byCodePoint,
    },
    options,
    warnings,
    skipped,
  );
  const data = { ...divided, skipped, warnings, classes: targets.classes() };
  return { data, rows: kept.map((i) => rows[i]!) };
}

/** Returns what shows the recording of a file. */
const factsOf = ({
  id,
  taken,
  modified,
  target,
}: Omit<FileFacts, "label"> & { readonly target: unknown }): FileFacts => ({
  ...{ id, taken, modified },
  label: typeof target === "string" ? target : "",
});

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
