/**
 * Returns the group of each item for confidence intervals; undefined if no item has a group. An item without a group forms its own
 * group.
 */
export function groupsOfItems(
  items: readonly { readonly id: string; readonly group?: string | undefined }[],
): string[] | undefined {
  if (items.every(({ group }) => group === undefined)) return undefined;
  // The prefix distinguishes the name of a group from that of an item.
  return items.map(({ group, id }) => (group === undefined ? `item ${id}` : `group ${group}`));
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
  const root = (i: number): number => {
    let at = i;
    while (out[at] !== at) {
      out[at] = out[out[at]!]!;
      at = out[at]!;
    }
    return at;
  };
  const first = new Map<string, number>();
  for (const [i, group] of groups.entries()) {
    if (group === undefined) continue;
    const [x, y] = [root(first.get(group) ?? i), root(i)];
    first.set(group, Math.min(x, y));
    out[Math.max(x, y)] = Math.min(x, y);
  }
  return out.map((_, i) => root(i));
}
