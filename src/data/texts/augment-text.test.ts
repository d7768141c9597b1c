import { expect, test } from "vitest";
import { textAugmentations } from "../dataset.js";
import { augmentText } from "./augment-text.js";

const english = "the parcel that I ordered on Monday has not come yet, could you please look where it is now";
const chinese = "我上周一买的包裹还没有到能不能帮我看看现在在哪里谢谢";
const many = (name: (typeof textAugmentations)[number], text = english, count = 300) =>
  Array.from({ length: count }, (_, epoch) => augmentText(text, name, { seed: 1, epoch, item: "a" }));
const sorted = (text: string) => [...text.replaceAll(" ", "")].sort().join("");

test.each(textAugmentations)(
  "%s: the same draws, the same text; another epoch, seed or item, another one",
  (name) => {
    const of = (seed: number, epoch: number, item: string) =>
      augmentText(english, name, { seed, epoch, item });
    expect(of(1, 2, "a")).toBe(of(1, 2, "a"));
    expect(new Set(many(name)).size).toBeGreaterThan(30);
    expect(new Set([0, 1, 2, 3, 4, 5].map((seed) => of(seed, 2, "a"))).size).toBeGreaterThan(1);
    expect(new Set(["a", "b", "c", "d", "e"].map((item) => of(1, 2, item))).size).toBeGreaterThan(1);
    for (const text of [...many(name), ...many(name, chinese)]) expect(text).toBe(text.trim());
    // Nothing is left of nothing, and of one word that word.
    expect(augmentText("", name, { seed: 1, epoch: 0, item: "a" })).toBe("");
    expect(augmentText("hello", name, { seed: 1, epoch: 0, item: "a" })).toBe("hello");
  },
);

test("deletion: words in their order, a tenth fewer on average, never none", () => {
  const words = english.split(" ");
  let left = 0;
  for (const text of many("deletion", english, 1000)) {
    const kept = text.split(" ");
    let at = -1;
    for (const word of kept) at = words.indexOf(word, at + 1);
    expect(at).toBeGreaterThanOrEqual(0);
    left += kept.length;
  }
  // Three standard errors of a share of 19,000 words are 0.0065.
  expect(Math.abs(left / (1000 * words.length) - 0.9)).toBeLessThan(0.0066);
  for (const text of many("deletion", "a b")) expect(text).not.toBe("");
});

test("swap: the same words, or characters, in another order", () => {
  for (const text of many("swap")) {
    expect(text).not.toBe(english);
    expect(text.split(" ").sort()).toEqual(english.split(" ").sort());
  }
  for (const text of many("swap", chinese)) expect(sorted(text)).toBe(sorted(chinese));
});

test("span-masking: 15 % of the words are behind masks, what is left is in order", () => {
  const words = english.split(" ");
  for (const text of many("span-masking")) {
    const kept = text.split(" ");
    const masks = kept.filter((word) => word === "[MASK]").length;
    expect(masks).toBeGreaterThan(0);
    // 3 of 19 words.
    expect(words.length - (kept.length - masks)).toBe(3);
  }
  const other = augmentText(chinese, "span-masking", { seed: 1, epoch: 0, item: "a", mask: "<mask>" });
  expect(other).toContain("<mask>");
});

test("typos: as many words, most of them as they were; characters change places", () => {
  const words = english.split(" ");
  let slips = 0;
  for (const text of many("typos")) {
    const now = text.split(" ");
    expect(now).toHaveLength(words.length);
    const changed = now.filter((word, i) => word !== words[i]);
    slips += changed.length;
    now.forEach((word, i) => {
      expect(Math.abs(word.length - words[i]!.length)).toBeLessThan(2);
    });
  }
  expect(slips / (300 * words.length)).toBeGreaterThan(0.03);
  expect(slips / (300 * words.length)).toBeLessThan(0.1);
  for (const text of many("typos", chinese)) expect(sorted(text)).toBe(sorted(chinese));
});
