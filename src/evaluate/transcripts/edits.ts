/** One step of an alignment. */
export type EditKind = "match" | "substitution" | "deletion" | "insertion";

/** A step of an alignment, with what stands in the reference and in the hypothesis. */
export interface Edit {
  readonly kind: EditKind;
  /** Missing for an insertion. */
  readonly reference?: string;
  /** Missing for a deletion. */
  readonly hypothesis?: string;
}

/** Numbers of edits between references and hypotheses. */
export interface EditCounts {
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
  /** Words or characters of the reference. */
  readonly length: number;
}

/**
 * Returns the alignment of a hypothesis with a reference that has the fewest edits (Levenshtein). Of equal alignments, the one
 * wins that has, from its end, a match before a substitution, a deletion and an insertion. So the numbers of the three are the same
 * everywhere.
 */
export function alignEdits(reference: readonly string[], hypothesis: readonly string[]): Edit[] {
  const [n, m] = [reference.length, hypothesis.length];
  const width = m + 1;
  const cost = new Uint32Array((n + 1) * width);
  for (let j = 0; j <= m; j++) cost[j] = j;
  for (let i = 1; i <= n; i++) {
    cost[i * width] = i;
    for (let j = 1; j <= m; j++) {
      const same = reference[i - 1] === hypothesis[j - 1] ? 0 : 1;
      cost[i * width + j] = Math.min(
        cost[(i - 1) * width + j - 1]! + same,
        cost[(i - 1) * width + j]! + 1,
        cost[i * width + j - 1]! + 1,
      );
    }
  }
  const edits: Edit[] = [];
  for (let [i, j] = [n, m]; i > 0 || j > 0; ) {
    const now = cost[i * width + j]!;
    const [r, h] = [reference[i - 1], hypothesis[j - 1]];
    const diagonal = i > 0 && j > 0 ? cost[(i - 1) * width + j - 1]! : undefined;
    if (diagonal !== undefined && r === h && diagonal === now) {
      edits.push({ kind: "match", reference: r!, hypothesis: h! });
      [i, j] = [i - 1, j - 1];
    } else if (diagonal !== undefined && diagonal + 1 === now) {
      edits.push({ kind: "substitution", reference: r!, hypothesis: h! });
      [i, j] = [i - 1, j - 1];
    } else if (i > 0 && cost[(i - 1) * width + j]! + 1 === now) {
      edits.push({ kind: "deletion", reference: r! });
      i--;
    } else {
      edits.push({ kind: "insertion", hypothesis: h! });
      j--;
    }
  }
  return edits.reverse();
}

/** Counts the edits of an alignment. */
export function countEdits(edits: readonly Edit[]): EditCounts {
  const of = (kind: EditKind): number => edits.filter((edit) => edit.kind === kind).length;
  const [substitutions, deletions, insertions] = [of("substitution"), of("deletion"), of("insertion")];
  return { substitutions, deletions, insertions, length: of("match") + substitutions + deletions };
}

/**
 * Counts the edits of the alignment that {@link alignEdits} returns, without its steps.
 *
 * Time is proportional to the product of the lengths, and memory to the length of the hypothesis.
 * @example countFewestEdits(["a", "b"], ["a"]) // { substitutions: 0, deletions: 1, insertions: 0, length: 2 }
 */
export function countFewestEdits(reference: readonly string[], hypothesis: readonly string[]): EditCounts {
  const numbers = new Map<string, number>();
  const numbersOf = (units: readonly string[]) =>
    Int32Array.from(units, (unit) => {
      if (!numbers.has(unit)) numbers.set(unit, numbers.size);
      return numbers.get(unit)!;
    });
  const [own, given] = [numbersOf(reference), numbersOf(hypothesis)];
  // Edits and deletions of the best alignment of the reference so far with the first j units of the hypothesis.
  const edits = Int32Array.from({ length: given.length + 1 }, (_, j) => j);
  const deletions = new Int32Array(given.length + 1);
  for (let i = 1; i <= own.length; i++) {
    let [diagonal, diagonalDeletions] = [edits[0]!, deletions[0]!];
    [edits[0], deletions[0]] = [i, i];
    for (let j = 1; j <= given.length; j++) {
      const [above, aboveDeletions] = [edits[j]!, deletions[j]!];
      const substituted = diagonal + (own[i - 1] === given[j - 1] ? 0 : 1);
      const fewest = Math.min(substituted, above + 1, edits[j - 1]! + 1);
      edits[j] = fewest;
      if (fewest === substituted) deletions[j] = diagonalDeletions;
      else deletions[j] = fewest === above + 1 ? aboveDeletions + 1 : deletions[j - 1]!;
      [diagonal, diagonalDeletions] = [above, aboveDeletions];
    }
  }
  const [all, deleted] = [edits[given.length]!, deletions[given.length]!];
  const insertions = given.length - own.length + deleted;
  return { substitutions: all - deleted - insertions, deletions: deleted, insertions, length: own.length };
}

/** Adds up the counts of several texts. */
export function sumEdits(counts: readonly EditCounts[]): EditCounts {
  const sum = (key: keyof EditCounts): number => counts.reduce((total, one) => total + one[key], 0);
  return {
    substitutions: sum("substitutions"),
    deletions: sum("deletions"),
    insertions: sum("insertions"),
    length: sum("length"),
  };
}

export const errorsOf = ({ substitutions, deletions, insertions }: EditCounts): number =>
  substitutions + deletions + insertions;

/** Words of a text. Spaces separate them, however many. */
export const wordsOf = (text: string): string[] => text.split(/\s+/u).filter((word) => word !== "");

/** Code units that are segmented at a time: the time of `Intl.Segmenter` grows with the square of the length. */
const piece = 1000;

/** Characters of a text: grapheme clusters, so that a letter with its marks is one. */
export function charactersOf(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const characters: string[] = [];
  for (let [at, length] = [0, piece]; at < text.length; ) {
    // A piece does not end between two surrogates.
    const end = at + length - (/[\ud800-\udbff]/.test(text[at + length - 1] ?? "") ? 1 : 0);
    const found = Array.from(segmenter.segment(text.slice(at, end)), ({ segment }) => segment);
    // The last character of a piece may go on in the next one.
    if (end < text.length) found.pop();
    if (found.length === 0) length *= 2;
    for (const character of found) {
      characters.push(character);
      at += character.length;
    }
  }
  return characters;
}
