import fc from "fast-check";
import { expect, test } from "vitest";
import { type SplitItem, splitOff } from "./split.js";

const shares = [
  { part: "test", fraction: 0.15 },
  { part: "validation", fraction: 0.15 },
] as const;

/** Items of the given classes, all different. */
const ungrouped = (labels: readonly number[]) => {
  const items: SplitItem[] = labels.map((label, i) => ({ label, sha256: `${i}`.padStart(8, "0") }));
  const numbers = items.map((_, i) => i);
  return { items, groups: { exact: numbers, near: numbers } };
};

const count = (parts: readonly string[], part: string) => parts.filter((one) => one === part).length;

test.each([
  [2, 1, 1],
  [3, 1, 1],
  [4, 1, 1],
  [10, 2, 2],
  [100, 15, 15],
])(
  "a class of %i pictures gives %i to test and %i to validation (with 2, to one of them)",
  (n, forTest, forValidation) => {
    const { items, groups } = ungrouped(Array.from({ length: 2 * n }, (_, i) => i % 2));
    const { parts } = splitOff(items, 2, shares, groups, 0);
    const of = (label: number) => parts.filter((_, i) => items[i]!.label === label);
    if (n === 2) {
      expect([count(of(0), "test"), count(of(0), "validation")]).toEqual([1, 0]);
      expect([count(of(1), "test"), count(of(1), "validation")]).toEqual([0, 1]);
    } else
      for (const label of [0, 1])
        expect([count(of(label), "test"), count(of(label), "validation")]).toEqual([forTest, forValidation]);
  },
);

test("an additional picture changes the split of few others", () => {
  const { items, groups } = ungrouped(Array.from({ length: 100 }, () => 0));
  const before = splitOff(items.slice(0, 99), 1, shares, groups, 0).parts;
  const after = splitOff(items, 1, shares, groups, 0).parts;
  // The new one takes at most one place in test and one in validation, and pushes out one each.
  expect(before.filter((part, i) => part !== after[i]).length).toBeLessThanOrEqual(3);
});

test("groups stay in one split, and every class keeps training pictures", () => {
  const data = fc
    .tuple(fc.array(fc.nat(2), { minLength: 30, maxLength: 120 }), fc.nat(1000))
    .chain(([labels, seed]) =>
      fc.tuple(
        fc.constant(labels),
        fc.constant(seed),
        fc.array(fc.nat(labels.length - 1), { minLength: labels.length, maxLength: labels.length }),
      ),
    );
  fc.assert(
    fc.property(data, ([labels, seed, links]) => {
      const { items } = ungrouped(labels);
      // Each picture joins a random earlier one of its class in three of four cases not at all.
      const exact = items.map((_, i) => i);
      for (const [i, link] of links.entries())
        if (link < i && link % 4 === 0 && labels[link] === labels[i]) exact[i] = exact[link]!;
      const { parts, divided } = splitOff(items, 3, shares, { exact, near: exact }, seed);
      expect(divided).toBe(0);
      for (const [i, part] of parts.entries()) expect(part).toBe(parts[exact[i]!]);
      for (const label of new Set(labels)) {
        const own = parts.filter((_, i) => labels[i] === label);
        expect(count(own, "train")).toBeGreaterThan(0);
        expect(count(own, "test")).toBeLessThanOrEqual(Math.max(1, Math.round(0.15 * own.length)));
      }
    }),
    { numRuns: 200, seed: 3 },
  );
});

test("divides a group of near copies that is too large for its class, but never exact copies", () => {
  const { items } = ungrouped(Array.from({ length: 20 }, () => 0));
  const exact = items.map((_, i) => i - (i % 2));
  const near = items.map(() => 0);
  const { parts, divided } = splitOff(items, 1, shares, { exact, near }, 0);
  expect(divided).toBe(20);
  expect(count(parts, "test")).toBe(2);
  for (const [i, part] of parts.entries()) expect(part).toBe(parts[exact[i]!]);
});

test("the order of the items does not matter", () => {
  const { items, groups } = ungrouped(Array.from({ length: 60 }, (_, i) => i % 3));
  const one = splitOff(items, 3, shares, groups, 7).parts;
  const back = splitOff([...items].reverse(), 3, shares, groups, 7).parts;
  expect([...back].reverse()).toEqual(one);
});

test("gives each split a whole group if all groups are larger than its share", () => {
  // 6 speakers with 10 clips of 2 classes each: a share of 15 % is 9 clips.
  const items = Array.from({ length: 60 }, (_, i) => ({ sha256: `${i}`, label: i % 2 }));
  const speakers = Int32Array.from(items, (_, i) => 10 * Math.floor(i / 10));
  const shares = [
    { part: "test", fraction: 0.15 },
    { part: "validation", fraction: 0.15 },
  ] as const;
  const { parts } = splitOff(items, 2, shares, { exact: speakers, near: speakers }, 0);
  const count = (part: string) => parts.filter((one) => one === part).length;
  expect([count("train"), count("validation"), count("test")]).toEqual([40, 10, 10]);
  for (let first = 0; first < 60; first += 10) expect(new Set(parts.slice(first, first + 10)).size).toBe(1);
});

test("groups that are larger than the share of any class still fill the splits, and no class leaves train", () => {
  // Five classes that every group has, and groups of 10 to 80 of 300 items.
  const sizes = [80, 60, 40, 30, 25, 20, 15, 10, 10, 10];
  const first = sizes.flatMap((size, g) =>
    Array<number>(size).fill(sizes.slice(0, g).reduce((a, b) => a + b, 0)),
  );
  const { items } = ungrouped(first.map((_, i) => i % 5));
  const groups = { exact: first, near: first, areNamed: true };
  for (const seed of [0, 1, 2, 3, 4]) {
    const { parts } = splitOff(items, 5, shares, groups, seed);
    for (const part of ["test", "validation"]) {
      expect(count(parts, part)).toBeGreaterThanOrEqual(15);
      expect(count(parts, part)).toBeLessThanOrEqual(45);
    }
    expect(new Set(items.filter((_, i) => parts[i] === "train").map(({ label }) => label)).size).toBe(5);
    for (const begin of new Set(first))
      expect(new Set(parts.filter((_, i) => first[i] === begin)).size).toBe(1);
  }
});

test.each([3, 4, 6])("%i recordings of each class: every split has every class", (recordings) => {
  const items = Array.from({ length: 2 * recordings * 5 }, (_, i) => ({
    sha256: `${i}`,
    label: Math.floor(i / 5 / recordings),
  }));
  const first = items.map((_, i) => i - (i % 5));
  for (const seed of [0, 1, 2, 3, 4]) {
    const { parts } = splitOff(items, 2, shares, { exact: first, near: first, areNamed: true }, seed);
    for (const part of ["train", "validation", "test"])
      expect(new Set(items.filter((_, i) => parts[i] === part).map(({ label }) => label)).size).toBe(2);
    for (const begin of first) expect(parts[begin + 4]).toBe(parts[begin]);
  }
});
