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
