import { expect, test } from "vitest";
import { textAugmentations } from "../dataset.js";
import { augmentText } from "./augment-text.js";

const english = "the parcel that I ordered on Monday has not come yet, could you please look where it is now";
const chinese = "我上周一买的包裹还没有到能不能帮我看看现在在哪里谢谢";
const many = (name: (typeof textAugmentations)[number], text = english, count = 300) =>
  Array.from({ length: count }, (_, epoch) =>
    augmentText(text, { kinds: [name] }, { seed: 1, epoch, item: "a" }),
  );
const sorted = (text: string) => [...text.replaceAll(" ", "")].sort().join("");

test.each(textAugmentations)(
  "%s: the text depends on seed, epoch and item only, and changes with each of them",
  (name) => {
    const of = (seed: number, epoch: number, item: string) =>
      augmentText(english, { kinds: [name] }, { seed, epoch, item });
    expect(of(1, 2, "a")).toBe(of(1, 2, "a"));
    expect(new Set(many(name)).size).toBeGreaterThan(30);
    expect(new Set([0, 1, 2, 3, 4, 5].map((seed) => of(seed, 2, "a"))).size).toBeGreaterThan(1);
    expect(new Set(["a", "b", "c", "d", "e"].map((item) => of(1, 2, item))).size).toBeGreaterThan(1);
    for (const text of [...many(name), ...many(name, chinese)]) expect(text).toBe(text.trim());
    // An empty text and a text of one word stay unchanged.
    expect(augmentText("", { kinds: [name] }, { seed: 1, epoch: 0, item: "a" })).toBe("");
    expect(augmentText("hello", { kinds: [name] }, { seed: 1, epoch: 0, item: "a" })).toBe("hello");
  },
);

test("delete: removes a tenth of the words on average, keeps their order, and never removes all", () => {
  const words = english.split(" ");
  let left = 0;
  for (const text of many("delete", english, 1000)) {
    const kept = text.split(" ");
    let at = -1;
    for (const word of kept) at = words.indexOf(word, at + 1);
    expect(at).toBeGreaterThanOrEqual(0);
    left += kept.length;
  }
  // Three standard errors of a share of 19,000 words are 0.0065.
  expect(Math.abs(left / (1000 * words.length) - 0.9)).toBeLessThan(0.0066);
  for (const text of many("delete", "a b")) expect(text).not.toBe("");
});

test("swap: keeps all words or characters and changes their order", () => {
  // Two exchanges may undo each other.
  expect(many("swap").filter((text) => text === english).length).toBeLessThan(10);
  for (const text of many("swap")) {
    expect(text.split(" ").sort()).toEqual(english.split(" ").sort());
  }
  for (const text of many("swap", chinese)) expect(sorted(text)).toBe(sorted(chinese));
});

test("mask: hides 15 % of the words", () => {
  const words = english.split(" ");
  for (const text of many("mask")) {
    const kept = text.split(" ");
    const masks = kept.filter((word) => word === "[MASK]").length;
    expect(masks).toBeGreaterThan(0);
    // 3 of 19 words.
    expect(words.length - (kept.length - masks)).toBe(3);
  }
  const other = augmentText(chinese, { kinds: ["mask"], mask: "<mask>" }, { seed: 1, epoch: 0, item: "a" });
  expect(other).toContain("<mask>");
});

test("typo: changes few words and keeps their number; exchanges Chinese characters", () => {
  const words = english.split(" ");
  let slips = 0;
  for (const text of many("typo")) {
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
  for (const text of many("typo", chinese)) expect(sorted(text)).toBe(sorted(chinese));
});

test("draws one of several kinds for each text and epoch", () => {
  const kinds = ["delete", "swap", "mask"] as const;
  const seen = Array.from({ length: 300 }, (_, epoch) => {
    const text = augmentText(english, { kinds }, { seed: 3, epoch, item: "a" });
    if (text.includes("[MASK]")) return "mask";
    return text.split(" ").length < english.split(" ").length ? "delete" : "other";
  });
  // A third each; three deviations of 300 draws are 24. Of 19 words none is deleted in 0.9^19 = 13 % of the cases.
  expect(Math.abs(seen.filter((kind) => kind === "mask").length - 100)).toBeLessThan(25);
  expect(seen.filter((kind) => kind === "delete").length).toBeGreaterThan(60);
});

test("a larger share changes more", () => {
  const words = english.split(" ").length;
  const left = (share: number) =>
    Array.from(
      { length: 300 },
      (_, epoch) =>
        augmentText(english, { kinds: ["delete"], share }, { seed: 1, epoch, item: "a" }).split(" ").length,
    ).reduce((a, b) => a + b) /
    (300 * words);
  for (const share of [0.05, 0.3, 0.6]) expect(Math.abs(left(share) - (1 - share))).toBeLessThan(0.03);
});
