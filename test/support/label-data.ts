import { draws } from "../../src/core/random.js";
import { words } from "./text-base.js";

/** Words that stand for a label each, in the words of the tiny base. */
const signs = { book: "book", film: "film", praise: "good", blame: "bad" } as const;
export const labels = ["blame", "book", "film", "praise"] as const;

/** Short texts whose words say their labels: each is there or not, apart from the others; no two the same. */
export function labelledTexts(
  count: number,
): { readonly text: string; readonly labels: readonly (typeof labels)[number][] }[] {
  const source = draws(5, "label texts");
  const filler = words.slice(14);
  const made = new Map<string, readonly (typeof labels)[number][]>();
  while (made.size < count) {
    const own = labels.filter(() => source.uniform() < 0.4);
    const some = Array.from({ length: 2 + Math.floor(4 * source.uniform()) }, () => {
      return filler[Math.floor(source.uniform() * filler.length)]!;
    });
    const text = [...some, ...own.map((label) => signs[label])]
      .map((word) => ({ word, at: source.uniform() }))
      .sort((a, b) => a.at - b.at)
      .map(({ word }) => word)
      .join(" ");
    if (!made.has(text)) made.set(text, own);
  }
  return [...made].map(([text, own]) => ({ text, labels: own }));
}

/** Texts that have the labels of their first two words. The same words stand further back at random, so counting words does not help. */
export function orderedTexts(count: number): ReturnType<typeof labelledTexts> {
  const source = draws(7, "ordered texts");
  const pick = <T>(from: readonly T[]): T => from[Math.floor(source.uniform() * from.length)]!;
  const filler = words.slice(14, 18);
  return Array.from({ length: count }, () => {
    const shown = Array.from({ length: 6 }, () => (source.uniform() < 0.5 ? pick(labels) : undefined));
    return {
      text: shown.map((label) => (label ? signs[label] : pick(filler))).join(" "),
      labels: [...new Set(shown.slice(0, 2).flatMap((label) => label ?? []))].sort(),
    };
  });
}
