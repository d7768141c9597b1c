import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { inFolder, platformIn, writeTree } from "../../../test/support/pictures.js";
import { EngraftError } from "../../core/errors.js";
import { nodePlatform } from "../../platform/node.js";
import { openPairs, type PairData, type PairDataOptions } from "./pair-data.js";
import { groupPairs, normalSide } from "./pair-groups.js";

const digits = "zero one two three four five six seven eight nine".split(" ");
const ziffern = "null eins zwei drei vier fünf sechs sieben acht neun".split(" ");
const inWords = (words: readonly string[], i: number): string =>
  [...String(i).padStart(3, "0")].map((digit) => words[Number(digit)]).join(" ");
const english = (i: number): string => inWords(digits, i);
const german = (i: number): string => inWords(ziffern, i);
const tsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.join("\t")}\n`).join("");
const jsonl = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const pairs = (n: number, from = 0): [string, string][] =>
  Array.from({ length: n }, (_, i) => [english(from + i), german(from + i)]);
const named = ["source", "target"] as const;

const opened = (
  tree: Readonly<Record<string, string>>,
  path = Object.keys(tree)[0]!,
  options: Partial<PairDataOptions> = {},
): Promise<PairData> =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    return openPairs(platformIn(folder), join(folder, path), { seed: 0, ...options });
  });
const refused = async (work: Promise<unknown>): Promise<EngraftError> => {
  const error = await work.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(EngraftError);
  return error as EngraftError;
};
const sizes = ({ items }: PairData): number[] =>
  (["train", "validation", "test"] as const).map((part) => items.filter((one) => one.part === part).length);
const codes = ({ warnings }: PairData): string[] => warnings.map(({ code }) => code);
const warned = ({ warnings }: PairData, code: string) =>
  warnings.find((one) => one.code === code)?.sentence as { readonly values?: object } | undefined;

test("pairs are divided 70/15/15, and the seed says how", async () => {
  const tree = { "a.tsv": tsv([named, ...pairs(100)]) };
  const [first, again, other] = [
    await opened(tree),
    await opened(tree),
    await opened(tree, "a.tsv", { seed: 1 }),
  ];
  expect(sizes(first)).toEqual([70, 15, 15]);
  expect(first.items[0]).toMatchObject({ id: "a.tsv, line 2", source: english(0), target: german(0) });
  expect(first.items[0]!.group).toBeUndefined();
  expect([first.columns, first.languages, first.unused]).toEqual([
    { source: "source", target: "target" },
    {},
    [],
  ]);
  expect(first.facts.groups).toBe(100);
  expect(again.fingerprint).toBe(first.fingerprint);
  expect(other.fingerprint).not.toBe(first.fingerprint);
  expect(codes(first)).toEqual([]);
});

test("pairs with an equal source or target stay in one split, in any number of steps", async () => {
  // Three pairs in a chain: one source with two targets, one of which has another source. 40 chains.
  const chains = Array.from({ length: 40 }, (_, i): [string, string][] => [
    [english(i), german(i)],
    [` ${english(i).toUpperCase()}`, german(100 + i)],
    [english(200 + i), german(100 + i).replace(/ /g, "  ")],
  ]);
  const data = await opened({ "a.tsv": tsv([named, ...chains.flat()]) });
  const parts = new Map<string, Set<string>>();
  for (const { group, part } of data.items) parts.set(group!, (parts.get(group!) ?? new Set()).add(part));
  expect(parts.size).toBe(40);
  expect([...parts.values()].every(({ size }) => size === 1)).toBe(true);
  expect(data.facts).toMatchObject({ groups: 40, largest_group: 3 });
  expect(data.items[1]).toMatchObject({ source: english(0).toUpperCase(), group: "a.tsv, line 2" });
});

test("groups are the connected components of equal texts", () => {
  // Small random graphs, whose components a search through all neighbours finds.
  for (let seed = 1; seed < 30; seed++) {
    const draw = (k: number) => (seed * 7919 + k * 104_729) % 13;
    const found = Array.from({ length: 20 }, (_, i) => ({
      ...{ id: `${i}`, source: `S${draw(i)}`, target: `T${draw(i * i + 3)}`, given: undefined },
    }));
    const reached = (from: number): number[] => {
      const seen = new Set([from]);
      for (const i of seen)
        for (const [j, one] of found.entries())
          if (one.source === found[i]!.source || one.target === found[i]!.target) seen.add(j);
      return [...seen];
    };
    const expected = found.map((_, i) => {
      const members = reached(i);
      return members.length > 1 ? `${Math.min(...members)}` : undefined;
    });
    expect(groupPairs({ found, groups: found.map(() => undefined) })).toEqual(expected);
  }
});

test("texts that differ in capitals, white space and the form of Unicode are equal", () => {
  expect(normalSide(" E\u0301te\u0301 \t a\u00a0la  MER\n")).toBe("été a la mer");
});

test("a column of groups keeps pairs together, and joins with equal texts", async () => {
  const rows = pairs(60).map(([source, target], i) => [source, target, `book ${i >> 1}`]);
  const data = await opened({ "a.tsv": tsv([[...named, "group"], ...rows]) });
  expect(data.facts).toMatchObject({ groups: 30, largest_group: 2 });
  expect(data.unused).toEqual([]);
  const none = await opened({ "a.tsv": tsv([[...named, "group"], ...rows]) }, "a.tsv", { groupFrom: "none" });
  expect(none.facts.groups).toBe(60);
  const pattern = await opened({ "a.tsv": tsv([named, ...pairs(60)]) }, "a.tsv", {
    groupFrom: "line ([0-9])",
  });
  expect(pattern.facts.groups).toBe(9);
});

test("official files give the splits, and groups across them are counted", async () => {
  const files = {
    "d/train.tsv": tsv([named, ...pairs(40)]),
    // The source of the second pair is in train, as is the whole third pair.
    "d/validation.tsv": tsv([named, ...pairs(8, 40), [english(1), "eins und sonst nichts"]]),
    "d/test.tsv": tsv([named, ...pairs(8, 60), [english(2), german(2)]]),
  };
  const data = await opened(files, "d");
  expect(sizes(data)).toEqual([39, 9, 9]);
  expect(data.duplicates).toEqual({ exact: 1, near: 0, acrossParts: 1 });
  expect(codes(data)).toEqual(["exact_duplicates", "groups_across_parts"]);
  expect(warned(data, "groups_across_parts")!.values).toMatchObject({ samples: 1, unit: "pair", groups: 1 });
  expect(data.leaks).toContainEqual({
    ...{ kind: "group", item: "train.tsv, line 3", part: "train" },
    ...{ other: "validation.tsv, line 10", other_part: "validation" },
  });
});

test("a column of splits gives the splits", async () => {
  const rows = pairs(40).map(([source, target], i) => [
    source,
    target,
    ["train", "dev", "test", "train"][i % 4]!,
  ]);
  expect(sizes(await opened({ "a.tsv": tsv([[...named, "split"], ...rows]) }))).toEqual([20, 10, 10]);
});

test("the same pair twice counts once", async () => {
  const data = await opened({ "a.tsv": tsv([named, ...pairs(40), ...pairs(3)]) });
  expect([data.items.length, data.duplicates.exact]).toEqual([40, 3]);
  expect(codes(data)).toEqual(["exact_duplicates"]);
});

test("a row without one of its texts is left out with the reason, and a tenth is too many", async () => {
  const some = await opened({ "a.tsv": tsv([named, ["one", ""], ["", "zwei"], ...pairs(40)]) });
  expect(some.skipped).toEqual([
    { item: "a.tsv, line 2", reason: 'has no "target"' },
    { item: "a.tsv, line 3", reason: 'has no "source"' },
  ]);
  const many = [...Array.from({ length: 5 }, (_, i) => [`${i} one`, ""]), ...pairs(40)];
  const error = await refused(opened({ "a.tsv": tsv([named, ...many]) }));
  expect([error.kind, (error.details.skipped as unknown[]).length]).toEqual(["DataError", 5]);
});

test("data that only score a model may have empty splits", async () => {
  expect((await refused(opened({ "a.tsv": tsv([named, ...pairs(2)]) }))).kind).toBe("DataError");
  expect(
    (await opened({ "a.tsv": tsv([named, ...pairs(2)]) }, "a.tsv", { emptyParts: true })).items,
  ).toHaveLength(2);
});

test("one column only, and nothing, are no pairs", async () => {
  for (const tree of [
    { "a.tsv": tsv([["source"], ...pairs(30).map(([one]) => [one])]) },
    { "a.tsv": tsv([named]) },
  ])
    expect((await refused(opened(tree))).kind).toBe("DataError");
  expect((await refused(opened({ "a.tsv": "" }, "b.tsv"))).kind).toBe("DataError");
  expect(
    (await refused(opened({ "a.tsv": tsv([named, ...pairs(9)]) }, "a.tsv", { source: "source" }))).kind,
  ).toBe("OptionError");
});

test("Hugging Face's translation is read from JSON lines and from Parquet", async () => {
  const rows = pairs(40).map(([en, de], i) => ({ id: `${i}`, translation: { de, en } }));
  const lines = await opened({ "a.jsonl": jsonl(rows) });
  expect(lines.languages).toEqual({ source: "de", target: "en" });
  expect(lines.items[0]).toMatchObject({ source: german(0), target: english(0) });
  expect(lines.unused).toEqual(["id"]);
  const turned = await opened({ "a.jsonl": jsonl(rows) }, "a.jsonl", { source: "en", target: "de" });
  expect(turned.items[0]).toMatchObject({ source: english(0), target: german(0) });
  // Written by arrow-rs: see scripts/golden/make-parquet.mjs.
  const path = fileURLToPath(new URL("../../../test/golden/parquet/translation.parquet", import.meta.url));
  const parquet = await openPairs(nodePlatform, path, { seed: 0 });
  expect(parquet.columns).toEqual({ source: "en", target: "de", inside: "translation" });
  expect(parquet.items).toHaveLength(23);
  expect(parquet.items[9]).toMatchObject({ source: "three and two birds", target: "drei und zwei Vögel" });
  expect(parquet.skipped).toEqual([{ item: "translation.parquet, line 6", reason: 'has no "de"' }]);
});

test("a file without names of columns keeps its first line, in each file of a folder", async () => {
  const note = "CC-BY 2.0 (France) Attribution: tatoeba.org";
  const lines = (n: number, from: number) =>
    tsv(pairs(n, from).map(([source, target], i) => [`${source}.`, `${target}.`, `${note} #${i}`]));
  const one = await opened({ "deu.txt.tsv": lines(40, 0) });
  expect(one.items).toHaveLength(40);
  expect(one.items[0]).toMatchObject({ id: "deu.txt.tsv, line 1", source: `${english(0)}.` });
  expect(codes(one)).toEqual(["first_line_is_pair"]);
  const files = await opened({ "d/train.tsv": lines(40, 0), "d/test.tsv": lines(9, 50) }, "d");
  expect(files.items).toHaveLength(49);
  expect(files.items.filter(({ part }) => part === "test").map(({ source }) => source)).toContain(
    `${english(50)}.`,
  );
});

test("columns of languages name them, and several are a warning", async () => {
  const rows = (source: (i: number) => string) =>
    jsonl(pairs(40).map(([src, tgt], i) => ({ src, tgt, source_lang: source(i), target_lang: "de" })));
  const one = await opened({ "a.jsonl": rows(() => "en") });
  expect([one.languages, one.unused, codes(one)]).toEqual([{ source: "en", target: "de" }, [], []]);
  const several = await opened({ "a.jsonl": rows((i) => (i % 4 ? "en" : "nl")) });
  expect(several.languages).toEqual({ target: "de" });
  expect(warned(several, "pairs_of_languages")!.values).toMatchObject({
    column: "source_lang",
    names: ["en", "nl"],
  });
});

test("numbers are texts, lists are not, and names of a prototype are keys like others", async () => {
  const rows = pairs(40).map(([source, target]) => ({ source, target }) as Record<string, unknown>);
  rows[3] = { source: 7, target: ["sieben"] };
  rows[4] = { source: 8, target: true };
  const data = await opened({
    "a.jsonl": `${jsonl(rows)}{"__proto__": {"source": "x", "target": "y"}, "constructor": "z"}\n`,
  });
  expect(data.skipped).toEqual([
    { item: "a.jsonl, line 4", reason: expect.stringMatching(/object in "target"$/) },
    { item: "a.jsonl, line 41", reason: "has no texts" },
  ]);
  expect(data.items[3]).toMatchObject({ source: "8", target: "true" });
});

test("a pair of a megabyte is a pair", async () => {
  const long = "ein langer Satz ".repeat(2 ** 16).trim();
  const data = await opened({ "a.tsv": tsv([named, ["long", long], ...pairs(40)]) });
  expect(data.facts.target.characters).toMatchObject({ longest: long.length, longest_id: "a.tsv, line 2" });
  expect(data.items[0]!.target).toBe(long);
});

test("the time for pairs grows with their number, not with its square", { tags: ["thorough"] }, async () => {
  // One target for each 50 pairs, and long chains: 100,000 pairs would take hours if each was compared with all.
  const rows = Array.from({ length: 100_000 }, (_, i) => [`s ${i >> 1}`, `t ${(i + 1) >> 1} of ${i % 50}`]);
  const started = performance.now();
  const data = await opened({ "a.tsv": tsv([named, ...rows]) });
  expect(data.items.length).toBe(100_000);
  expect(performance.now() - started).toBeLessThan(60_000);
});
