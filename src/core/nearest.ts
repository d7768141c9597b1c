/** Returns the fewest letters to insert, drop, change, or swap with their neighbour (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, change, swap);
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}

/**
 * Returns the name that was probably meant: at most a third of its letters differ, or another share, or it has the same
 * beginning.
 */
export function nearest(word: string, names: readonly string[], share = 1 / 3): string | undefined {
  const ranked = names
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, share * name.length) || name.startsWith(word))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name;
}

/** Returns `did you mean X? `, or nothing if no name is similar. */
export function didYouMean(word: string, names: readonly string[], share?: number): string {
  const meant = nearest(word, names, share);
  return meant === undefined ? "" : `did you mean ${meant}? `;
}
