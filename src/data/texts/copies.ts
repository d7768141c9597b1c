import type { Part } from "../../core/events/events.js";

/** What is looked at of a text. */
interface Placed {
  readonly sha256: string;
  /** The part that it is given in; undefined where the list does not divide. */
  readonly given: Part | undefined;
}

/**
 * Each text once, and on one side only. A part that is given to be tested on stays as it is, with its own copies, so that its
 * scores can be compared with others': copies leave the parts that it must not meet, train before validation.
 * @returns what stays, in its order; how many were left out, and how many of those stay in another part
 */
export function withoutCopies<T extends Placed>(
  all: readonly T[],
): { readonly kept: T[]; readonly duplicates: number; readonly acrossParts: number } {
  const of = (part: Part) => new Set(all.filter((one) => one.given === part).map((one) => one.sha256));
  const [test, validation] = [of("test"), of("validation")];
  const seen = new Set<string>();
  let acrossParts = 0;
  const kept = all.filter(({ sha256, given }) => {
    if (given === "test") return true;
    if (test.has(sha256) || (given !== "validation" && validation.has(sha256))) {
      acrossParts++;
      return false;
    }
    if (seen.has(sha256)) return false;
    seen.add(sha256);
    return true;
  });
  return { kept, duplicates: all.length - kept.length, acrossParts };
}
