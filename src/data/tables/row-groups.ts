import { message, warningText } from "../../core/messages/message.js";
import type { SampleWords } from "../../core/modalities.js";
import { permutation } from "../../core/random.js";
import type { Platform } from "../../platform/platform.js";
import type { Scanned } from "../images/scanned.js";
import { warnConflicts } from "../split/copies.js";
import type { Warning } from "../split/found.js";
import { firstEqual, join, joined, lowest } from "../split/groups.js";
import { fewestGroups } from "../split/named-groups.js";
import type { hashRows, ScannedPaths } from "./choose-inputs.js";
import { nearRowPairs } from "./near-rows.js";
import type { TableColumn } from "./table-columns.js";
import { countsOf } from "./telling-columns.js";

/** A picture that was read. */
type Readable = Extract<Scanned, { readonly sha256: string }>;

/** A row with the name of its group. */
interface GroupedRow {
  readonly id: string;
  readonly label: string;
  readonly cells: readonly string[];
  readonly group: string | undefined;
}

/** Rows with what decides which of them stay together. */
interface TableRows {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly GroupedRow[];
  readonly hashes: Awaited<ReturnType<typeof hashRows>>;
  readonly scanned: ScannedPaths;
  /** True if a name alone gave the groups. */
  readonly byName: boolean;
  /** The class of each row, as a number. Missing: rows have numbers to learn. */
  readonly labels?: readonly number[] | undefined;
}

/** Returns the lowest position of each row's group: of equal rows, and of rows with equal or nearly equal pictures or texts. */
export async function groupsOfRows(
  platform: Platform,
  found: TableRows,
  warnings: Warning[],
): Promise<{ readonly exact: Int32Array; readonly near: Int32Array }> {
  const { rows, hashes, byName, labels } = found;
  const copies = equalRows(
    hashes.map(({ sha256 }) => sha256),
    rows,
    warnings,
  );
  if (labels)
    warnConflicts(
      rows.map(({ id, label }) => ({ id, target: label })),
      copies,
      "row",
      warnings,
    );
  const exact = groupedByName(rows, copies, byName);
  const measured = withNearRows(exact, found, warnings);
  return { exact, near: await withLikeInputs(platform, measured, found, warnings) };
}

/**
 * Returns the groups with rows that are nearly equal in one group, and says how many there are. Groups that are too large to be divided are a
 * smooth series, not things measured again: they stay apart.
 */
function withNearRows(groups: Int32Array, { columns, rows }: TableRows, warnings: Warning[]): Int32Array {
  const pairs = nearRowPairs(
    columns,
    rows.map(({ cells }) => cells),
  ).filter(([i, j]) => groups[i] !== groups[j]);
  if (pairs.length === 0) return groups;
  const together = Int32Array.from(groups);
  for (const [i, j] of pairs) join(together, i, j);
  const near = lowest(together);
  if (largestOf(near) > Math.max(largestOf(groups), rows.length / fewestGroups)) return groups;
  const count = new Set(pairs.map(([, j]) => j)).size;
  warnings.push(warningText("near_rows", message("near-rows", { near: count, rows: rows.length })));
  return near;
}

/** Largest share of rows, beyond those that are equal by chance, that are equal to others without a look at the values. */
const maxCopyShare = 0.2;

/** Most rows of one content on average: more are a category, such as a town, and not one thing recorded again. */
const mostRecordings = 5;

/**
 * Returns the index of the first equal row of each row. Tables of few values have many equal rows by chance: these are no copies, so each row
 * has its own index, and a warning says so. Chance is what remains equal if every column is shuffled.
 */
function equalRows(hashes: readonly string[], rows: readonly GroupedRow[], warnings: Warning[]): Int32Array {
  const groups = firstEqual(hashes);
  const copies = hashes.length - new Set(hashes).size;
  const most = maxCopyShare * hashes.length;
  if (copies <= most) return groups;
  const areRecordings =
    hashes.length <= mostRecordings * (hashes.length - copies) &&
    largestOf(groups) <= hashes.length / fewestGroups;
  if (areRecordings && copiesByChance(rows.map(({ cells }) => cells)) <= most) return groups;
  warnings.push(warningText("equal_rows", message("equal-rows", { copies, rows: hashes.length })));
  return groups.map((_, i) => i);
}

/** Returns how many rows are equal to an earlier one after every column is shuffled. */
function copiesByChance(rows: readonly (readonly string[])[]): number {
  const orders = rows[0]!.map((_, k) => permutation(rows.length, 0, "equal rows", k));
  return (
    rows.length -
    new Set(rows.map((_, i) => JSON.stringify(orders.map((order, k) => rows[order[i]!]![k])))).size
  );
}

/**
 * Returns the rows that stay together beside their groups: the copies. If a name alone gave the groups, and equal rows join nearly all of them,
 * equal rows of two patients are those of two patients.
 */
function groupedByName(rows: readonly GroupedRow[], copies: Int32Array, byName: boolean): Int32Array {
  if (!byName) return copies;
  const together = joined(
    copies,
    rows.map(({ group }) => group),
  );
  return new Set(together).size < fewestGroups ? copies.map((_, i) => i) : copies;
}

/**
 * Returns the groups with rows of an equal picture or text in one group, and then of a nearly equal one. Such rows stay apart if they would
 * make groups that are too large to be divided between the splits. A warning says so.
 */
async function withLikeInputs(
  platform: Platform,
  groups: Int32Array,
  found: TableRows,
  warnings: Warning[],
): Promise<Int32Array> {
  const { columns, rows, hashes } = found;
  const names = rows.map(({ group }) => group);
  let together = groups;
  for (const [i, { kind, name: input }] of columns.entries()) {
    if (kind !== "picture" && kind !== "text") continue;
    const equal =
      kind === "picture"
        ? hashes.map(({ picture }) => picture)
        : rows.map(({ cells }) => cells[i]!.trim() || undefined);
    for (const nearly of [false, true]) {
      const values = nearly ? await nearValues(platform, equal, kind, i, found) : equal;
      const larger = joined(together, values);
      const [before, after] = [together, larger].map((all) => largestOf(joined(all, names)));
      if (after! <= Math.max(before!, rows.length / fewestGroups)) together = larger;
      else {
        const counts = countsOf(values.filter((value) => value !== undefined));
        const copies = [...counts.values()].reduce((sum, n) => sum + n - 1, 0);
        const facts = { copies, rows: rows.length, input, ...(nearly && { nearly }) };
        warnings.push(warningText("equal_inputs", message("equal-inputs", facts)));
        break;
      }
    }
  }
  return together;
}

/** Returns a name for each row that rows with nearly equal inputs share; undefined for a missing input. */
async function nearValues(
  platform: Platform,
  inputs: readonly (string | undefined)[],
  kind: SampleWords<"image" | "text">["one"],
  column: number,
  { rows, scanned, labels }: TableRows,
): Promise<readonly (string | undefined)[]> {
  const present = inputs.flatMap((input, i) => (input === undefined ? [] : [i]));
  const near = await (kind === "picture" ? nearPictures() : nearTexts());
  const groupOf = new Map(present.map((i, k) => [i, String(near[k])]));
  return inputs.map((_, i) => groupOf.get(i));

  // Loaded on demand: few tables have pictures or texts.
  async function nearPictures(): Promise<Int32Array> {
    const { cachedDuplicates } = await import("../images/cached-duplicates.js");
    const pictures = present.map((i) => scanned.get(rows[i]!.cells[column]!) as Readable);
    return (await cachedDuplicates(platform, pictures)).near;
  }

  async function nearTexts(): Promise<Int32Array> {
    const { groupNearTexts } = await import("../texts/near-texts.js");
    const ofRows = labels && present.map((i) => labels[i]!);
    return groupNearTexts(present.length, (k) => inputs[present[k]!]!, { labels: ofRows });
  }
}

/** Returns the number of rows of the largest group. */
const largestOf = (groups: Iterable<number>): number =>
  [...countsOf(groups).values()].reduce((most, n) => Math.max(most, n), 0);
