/**
 * Returns the group of each item for confidence intervals: its named group, or its near copies if no item has a named group. An item without
 * either forms its own group. Undefined if all do.
 */
export function groupsOfItems(
  items: readonly {
    readonly id: string;
    readonly group?: string | undefined;
    readonly copyOf?: string | undefined;
  }[],
): string[] | undefined {
  // The prefix distinguishes the name of a group from that of an item.
  if (items.some(({ group }) => group !== undefined))
    return items.map(({ group, id }) => (group === undefined ? `item ${id}` : `group ${group}`));
  const copied = items.flatMap(({ copyOf }) => copyOf ?? []);
  if (new Set(copied).size === copied.length) return undefined;
  return items.map(({ copyOf, id }) => (copyOf === undefined ? `item ${id}` : `copies of ${copyOf}`));
}

/** Returns the position of the first equal value of each value. */
export function firstEqual(values: readonly string[]): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(values, (value, i) => {
    const position = first.get(value) ?? i;
    first.set(value, position);
    return position;
  });
}

/**
 * Merges groups that have members of the same named group.
 * @param numbers the lowest member of each item's group
 * @param groups names; undefined for items without a group
 */
export function joined(numbers: Int32Array, groups: readonly (string | undefined)[]): Int32Array {
  const out = Int32Array.from(numbers);
  const first = new Map<string, number>();
  for (const [i, group] of groups.entries()) {
    if (group === undefined) continue;
    first.set(group, join(out, first.get(group) ?? i, i));
  }
  return lowest(out);
}

/**
 * Returns the group of each sample for a cross-validation: its named group, joined with those of its near copies. Undefined if all are
 * single.
 */
export function groupsOfFolds(
  items: readonly { readonly group?: string | undefined; readonly copyOf?: string | undefined }[],
): string[] | undefined {
  const named = joined(
    Int32Array.from(items, (_, i) => i),
    items.map(({ group }) => group),
  );
  const numbers = joined(
    named,
    items.map(({ copyOf }) => copyOf),
  );
  return numbers.every((first, i) => first === i) ? undefined : Array.from(numbers, String);
}

/** Returns the lowest member of i's group, and shortens the path to it. */
export function root(parents: Int32Array, i: number): number {
  while (parents[i] !== i) {
    parents[i] = parents[parents[i]!]!;
    i = parents[i]!;
  }
  return i;
}

/** Joins the groups of two items, and returns their lowest member. */
export function join(parents: Int32Array, i: number, j: number): number {
  const [x, y] = [root(parents, i), root(parents, j)];
  parents[Math.max(x, y)] = Math.min(x, y);
  return Math.min(x, y);
}

/** Returns the lowest member of each item's group. */
export const lowest = (parents: Int32Array): Int32Array => parents.map((_, i) => root(parents, i));
