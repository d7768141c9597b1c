import type { Part } from "../../core/events/events.js";

/** The facts about a text that decide whether it is a copy. */
interface TextCopy {
  readonly sha256: string;
  /** The split that the list states; undefined if it states none. */
  readonly given: Part | undefined;
  /** What is learnt of it. */
  readonly target: unknown;
}

/**
 * Removes repeated texts, so that no text is in two splits.
 *
 * A given test split stays complete, with its own copies: its scores remain comparable with published ones. A text of the test split
 * leaves train and validation; a text of the validation split leaves train.
 * @returns the remaining texts in their order; the number of removed ones; how many of those remain in another split; and the texts
 * whose target is another one than that of the first copy
 */
export function removeCopies<T extends TextCopy>(
  all: readonly T[],
): {
  readonly remaining: T[];
  readonly duplicates: number;
  readonly acrossParts: number;
  readonly conflicts: T[];
} {
  const hashesOf = (part: Part) =>
    new Set(all.filter(({ given }) => given === part).map((one) => one.sha256));
  const [test, validation] = [hashesOf("test"), hashesOf("validation")];
  const seen = new Set<string>();
  let acrossParts = 0;
  const remaining = all.filter(({ sha256, given }) => {
    if (given === "test") return true;
    if (test.has(sha256) || (given !== "validation" && validation.has(sha256))) {
      acrossParts++;
      return false;
    }
    if (seen.has(sha256)) return false;
    seen.add(sha256);
    return true;
  });
  return { remaining, duplicates: all.length - remaining.length, acrossParts, conflicts: conflictsOf(all) };
}

/** Returns the texts whose target is another one than that of their first copy. */
function conflictsOf<T extends TextCopy>(all: readonly T[]): T[] {
  const first = new Map<string, unknown>();
  return all.filter(({ sha256, target }) => {
    if (!first.has(sha256)) first.set(sha256, target);
    const other = first.get(sha256);
    return other !== target && JSON.stringify(other) !== JSON.stringify(target);
  });
}
