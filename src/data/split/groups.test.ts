import { expect, test } from "vitest";
import { inEnglish } from "../../core/messages/message.js";
import { draws } from "../../core/random.js";
import { groupDuplicates, thumbnailSide } from "../images/duplicate-groups.js";
import { checkClasses, type Known } from "./class-checks.js";
import { type Copies, divide } from "./divide.js";
import { groupsOfItems, joined } from "./groups.js";
import { groupsOfNames } from "./named-groups.js";

const side = thumbnailSide;
function noise(key: string): Uint8Array {
  const draw = draws(0, "thumbnail", key);
  return Uint8Array.from({ length: 3 * side * side }, () => draw.integer(256));
}
const picture = (id: string, more: Partial<Known> = {}): Known => ({
  ...{ id, path: id, label: id.split("/")[0]!, given: undefined, sha256: id, thumbnail: noise(id) },
  ...more,
});
const options = { seed: 0, validationFraction: 0.2, testFraction: 0.2 };

test("a group from file names stays in one split", async () => {
  const all = ["a", "b"].flatMap((label) =>
    Array.from({ length: 20 }, (_, i) => picture(`${label}/p${Math.floor(i / 4)}_${i}.jpg`)),
  );
  const groups = await groupsOfNames(
    all.map(({ id }) => id),
    "([^/]+)_[0-9]+[.]jpg$",
    { what: "picture" },
  );
  const named = all.map((one, i) => ({ ...one, group: groups[i]! }));
  expect(named[0]!.group).toBe("p0");
  const warnings: { code: string; message: string }[] = [];
  const { pictures, parts, origin, leaks } = assignParts(
    named,
    groupDuplicates(named),
    options,
    [],
    warnings,
    "data",
  );
  const seen = new Map<string, Set<string>>();
  for (const [i, one] of pictures.entries())
    seen.set(one.group!, (seen.get(one.group!) ?? new Set()).add(parts[i]!));
  expect([...seen.values()].every((set) => set.size === 1)).toBe(true);
  expect(new Set(parts)).toEqual(new Set(["train", "validation", "test"]));
  expect(inEnglish(origin)).toContain("groups kept together");
  expect(leaks).toEqual([]);
});

test("reports groups across given splits, with the pairs", () => {
  const part = (i: number) => (i < 6 ? "train" : i < 8 ? "validation" : "test") as "train";
  const all = ["a", "b"].flatMap((label) =>
    Array.from({ length: 10 }, (_, i) =>
      picture(`${label}/${i}.jpg`, {
        given: part(i),
        group: i === 0 || i === 9 ? `${label} anna` : `${label}${i}`,
      }),
    ),
  );
  const warnings: { code: string; message: string }[] = [];
  const { leaks } = assignParts(all, groupDuplicates(all), options, [], warnings, "data");
  expect(leaks).toEqual([
    { kind: "group", item: "a/0.jpg", part: "train", other: "a/9.jpg", other_part: "test" },
    { kind: "group", item: "b/0.jpg", part: "train", other: "b/9.jpg", other_part: "test" },
  ]);
  expect(warnings.find(({ code }) => code === "groups_across_parts")?.message).toBe(
    "2 pictures of 2 groups on two sides of the given split: the test score may be optimistic; leave the split out, and groups stay together",
  );
});

test("lists copies across given splits: the same file, and a mirror image", () => {
  const all = ["a", "b"].flatMap((label) =>
    Array.from({ length: 10 }, (_, i) => picture(`${label}/${i}.jpg`, { given: i < 6 ? "train" : "test" })),
  );
  const exact = all.map((one) =>
    one.id === "a/1.jpg" ? { ...one, sha256: "a/8.jpg", thumbnail: noise("a/8.jpg") } : one,
  );
  const flipped = noise("b/7.jpg").slice();
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++)
        flipped[3 * (y * side + x) + c] = noise("b/7.jpg")[3 * (y * side + side - 1 - x) + c]!;
  const planted = exact.map((one) => (one.id === "b/2.jpg" ? { ...one, thumbnail: flipped } : one));
  const skipped: { item: string; reason: string }[] = [];
  const { leaks, near } = assignParts(planted, groupDuplicates(planted), options, skipped, [], "data");
  expect(near).toBe(1);
  expect(leaks).toEqual([
    { kind: "exact", item: "a/1.jpg", part: "train", other: "a/8.jpg", other_part: "test", left_out: true },
    { kind: "near", item: "b/2.jpg", part: "train", other: "b/7.jpg", other_part: "test" },
  ]);
  expect(skipped.map(({ item }) => item)).toEqual(["a/1.jpg"]);
});

test("different pictures are no copies, mirrored or not", () => {
  const all = Array.from({ length: 60 }, (_, i) => picture(`a/${i}`));
  expect([...groupDuplicates(all).near]).toEqual(all.map((_, i) => i));
});

test("merges groups of copies that share a named group", () => {
  expect([...joined(Int32Array.of(0, 1, 1, 3, 4), ["x", undefined, "x", undefined, "y"])]).toEqual([
    0, 0, 0, 3, 4,
  ]);
});

function assignParts(
  all: readonly Known[],
  copies: Copies,
  options: { seed: number; validationFraction: number; testFraction: number },
  skipped: { item: string; reason: string }[],
  warnings: Parameters<typeof divide>[5],
  root: string,
) {
  const names = [...new Set(all.map(({ label }) => label))].sort();
  const check = (kept: readonly number[], given: readonly Known["given"][]) =>
    checkClasses(
      kept.map((i) => ({ ...all[i]!, part: given[i] })),
      root,
    );
  const divided = divide(
    all,
    { bin: all.map(({ label }) => names.indexOf(label)), bins: names.length },
    copies,
    { ...options, unit: "picture", root, check },
    skipped,
    warnings,
  );
  return { ...divided, pictures: divided.kept.map((i) => all[i]!) };
}

test("near copies are a group of the interval, unless samples have named groups", () => {
  const items = ["a", "b", "c", "d"].map((id) => ({ id, copyOf: id < "c" ? "a" : undefined }));
  expect(groupsOfItems(items)).toEqual(["copies of a", "copies of a", "item c", "item d"]);
  // The other copy is in another split.
  expect(groupsOfItems(items.slice(1))).toBeUndefined();
  expect(groupsOfItems(items.map((one) => ({ ...one, group: one.id })))).toEqual(
    ["a", "b", "c", "d"].map((id) => `group ${id}`),
  );
});
