import { message, warningText } from "../../core/messages/message.js";
import { warnConflicts } from "../split/assign-parts.js";
import type { Warning } from "../split/found.js";
import { joined } from "../split/groups.js";
import { fewestGroups } from "../split/named-groups.js";
import type { hashRows } from "./choose-inputs.js";
import type { TableColumn } from "./table-columns.js";
import { countsOf } from "./telling-columns.js";

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
  /** True if a name alone gave the groups. */
  readonly byName: boolean;
  /** True if rows have one class each. */
  readonly areClasses: boolean;
}

/** Returns the lowest position of each row's group: of equal rows, and of rows that also share a picture or a text. */
export function groupsOfRows(
  found: TableRows,
  warnings: Warning[],
): { readonly exact: Int32Array; readonly near: Int32Array } {
  const { rows, hashes, byName, areClasses } = found;
  const copies = equalRows(
    hashes.map(({ sha256 }) => sha256),
    warnings,
  );
  if (areClasses) warnConflicts(rows, copies, "row", warnings);
  const exact = groupedByName(rows, copies, byName);
  return { exact, near: withEqualInputs(exact, found, warnings) };
}

/** Largest share of equal rows that count as copies. Tables of few categories naturally have many equal rows. */
const maxCopyShare = 0.2;

/** Returns the index of the first equal row of each row; the row's own index if most rows are equal to others. */
function equalRows(hashes: readonly string[], warnings: Warning[]): Int32Array {
  const first = new Map<string, number>();
  const groups = Int32Array.from(hashes, (hash, i) => {
    if (!first.has(hash)) first.set(hash, i);
    return first.get(hash)!;
  });
  const copies = hashes.length - first.size;
  if (copies <= maxCopyShare * hashes.length) return groups;
  warnings.push({
    ...warningText("equal_rows", message("equal-rows", { copies, rows: hashes.length })),
  });
  return groups.map((_, i) => i);
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
 * Returns the groups with rows of an equal picture or an equal text in one group. Equal inputs stay apart if they would make groups
 * that are too large to be divided between the splits. A warning says so.
 */
function withEqualInputs(
  groups: Int32Array,
  { columns, rows, hashes }: TableRows,
  warnings: Warning[],
): Int32Array {
  const names = rows.map(({ group }) => group);
  let found = groups;
  for (const [i, { kind, name: input }] of columns.entries()) {
    if (kind !== "picture" && kind !== "text") continue;
    const values =
      kind === "picture"
        ? hashes.map(({ picture }) => picture)
        : rows.map(({ cells }) => cells[i]!.trim() || undefined);
    const together = joined(found, values);
    if (together.every((group, row) => group === found[row])) continue;
    const [before, after] = [found, together].map((groups) => largestOf(joined(groups, names)));
    if (after! <= Math.max(before!, rows.length / fewestGroups)) found = together;
    else {
      const counts = countsOf(values.filter((value) => value !== undefined));
      const copies = [...counts.values()].reduce((sum, n) => sum + n - 1, 0);
      warnings.push(
        warningText("equal_inputs", message("equal-inputs", { copies, rows: rows.length, input })),
      );
    }
  }
  return found;
}

/** Returns the number of rows of the largest group. */
const largestOf = (groups: Iterable<number>): number =>
  [...countsOf(groups).values()].reduce((most, n) => Math.max(most, n), 0);
