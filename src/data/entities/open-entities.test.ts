import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import { openEntities } from "./open-entities.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-entities-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, text: string): string => {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const open = (path: string, seed = 0) => openEntities(nodePlatform, path, { seed });
/** Sentences like "Ada 3 slept", a person each. */
const many = (n: number, from = 0): string =>
  Array.from({ length: n }, (_, i) => `Ada B-PER\n${from + i} O\nslept O\n`).join("\n");

test("reads columns with word first and tag last, and skips comments and document lines", async () => {
  const path = write(
    "conll.txt",
    `-DOCSTART- -X- O O\n\n# id 1\nAda NNP B-NP B-PER\nLovelace NNP I-NP I-PER\nslept VBD B-VP O\n\n${Array.from({ length: 9 }, (_, i) => `${i} CD B-NP O\n# NN B-NP O\n`).join("\n")}`,
  );
  const data = await open(path);
  expect(data.labels).toEqual(["O", "B-PER", "I-PER"]);
  expect(data.items[0]).toMatchObject({
    id: "conll.txt, line 4",
    words: ["Ada", "Lovelace", "slept"],
    tags: [1, 2, 0],
  });
  // A word may be "#".
  expect(data.items[1]!.words).toEqual(["0", "#"]);
  expect(data.splitWords).toBe(
    "80 / 10 / 10 instead of 70 / 15 / 15, since there are few samples of a kind, stratified by type, 10 sentences, seed 0",
  );
});

test("reads columns in GB18030 with one character for each word", async () => {
  // 北京 and 我 in GB18030, as Python's "北京我".encode("gb18030") says: b1b1 bea9 ced2
  const [bei, jing, wo] = [
    [0xb1, 0xb1],
    [0xbe, 0xa9],
    [0xce, 0xd2],
  ] as const;
  const line = (character: readonly number[], tag: string) => [...character, ...Buffer.from(`\t${tag}\n`)];
  const bytes = [
    ...[...line(bei, "B-LOC"), ...line(jing, "I-LOC"), 0x0a],
    ...[...line(wo, "O"), ...line(bei, "B-LOC"), 0x0a],
    ...line(wo, "O"),
  ];
  const path = join(folder, "gb");
  mkdirSync(path);
  writeFileSync(join(path, "train.txt"), Uint8Array.from(bytes));
  writeFileSync(join(path, "test.txt"), Uint8Array.from([...line(jing, "O"), ...line(bei, "B-LOC")]));
  const data = await open(path);
  expect(data.items.map(({ words }) => words.join("")).sort()).toEqual(["京北", "北京", "我", "我北"].sort());
  expect(data.types).toEqual(["LOC"]);
});

test("reads JSONL with tokens, tags and splits, and converts BIOES to BIO", async () => {
  const row = (i: number, split: string) =>
    JSON.stringify({ tokens: ["Ada", "Lovelace", String(i)], tags: ["B-PER", "E-PER", "O"], split });
  const data = await open(write("a.jsonl", [row(1, "train"), row(2, "dev"), row(3, "test")].join("\n")));
  expect(data.scheme).toBe("BIOES");
  expect(data.repaired.tags).toBe(0);
  expect(data.items.map(({ tags, part }) => [...tags, part])).toEqual([
    [1, 2, 0, "train"],
    [1, 2, 0, "validation"],
    [1, 2, 0, "test"],
  ]);
  expect(data.splitMessages).toMatchObject([{ code: "splits-given" }]);
});

test("reads a folder of splits, and keeps the test copy of a repeated sentence", async () => {
  write("parts/train.txt", many(20));
  write("parts/test.txt", many(5, 18));
  const data = await open(join(folder, "parts"));
  const part = (name: string) => data.items.filter((item) => item.part === name).length;
  expect([part("train"), part("validation"), part("test")]).toEqual([15, 3, 5]);
  expect(data.duplicates).toMatchObject({ exact: 2, acrossParts: 2 });
  expect(data.warnings[0]!.message).toBe(
    "2 sentences left out: the same words are there already, 2 of them in another split",
  );
  expect(data.leaks.map(({ item, left_out }) => [item, left_out])).toEqual([
    ["train.txt, line 73", true],
    ["train.txt, line 77", true],
  ]);
  expect(data.splitMessages).toMatchObject([
    { code: "test-given" },
    { code: "validation-taken", values: { percent: 15, stratified: "type", seed: 0 } },
  ]);
});

test("a given validation split becomes the test split if there is none", async () => {
  write("two/train.txt", many(20));
  write("two/dev.txt", many(5, 20));
  const data = await open(join(folder, "two"));
  expect(data.items.filter(({ part }) => part === "test")).toHaveLength(5);
  expect(data.splitMessages).toMatchObject([
    { code: "validation-becomes-test" },
    { code: "validation-taken" },
  ]);
});

test("repairs and counts invalid tags, with a warning that names file and line", async () => {
  const data = await open(write("broken.txt", `${many(9)}\nof O\nAda I-PER\nLovelace I-PER\n`));
  expect(data.repaired).toEqual({ tags: 1, sentences: 1 });
  expect(data.items.at(-1)!.tags).toEqual([0, 1, 2]);
  expect(data.warnings.map(({ message }) => message)).toEqual([
    "1 tag in 1 sentence not valid in BIO (I-PER in broken.txt, line 38): repaired as conlleval does, so a tag that continues no entity begins one",
  ]);
});

test("errors name file, line and reason", async () => {
  const refused = async (text: string, name = "bad.txt") => {
    const error: Error = await open(write(name, text)).then(
      () => new Error("was read"),
      (e: unknown) => e as Error,
    );
    return error.message;
  };
  expect(await refused("Ada B-PER\nslept\n")).toBe(
    '"bad.txt", line 2 has one column: a word without its tag',
  );
  expect(await refused("Ada B-PER\nslept well O\n")).toBe(
    '"bad.txt", line 2 has 3 columns, the lines before have 2',
  );
  expect(await refused("Ada PER\n")).toBe('"bad.txt", line 1 has the tag "PER", which marks no entity');
  expect(await refused("Ada O\n")).toBe('"bad.txt" marks no entity: every tag is O');
  expect(await refused("Ada B-PER\n")).toBe('nothing is left for the validation part of "bad.txt"');
  expect(await refused("\n\n")).toBe('"bad.txt" has no sentences');
  const json = (value: object) => refused(JSON.stringify(value), "bad.jsonl");
  expect(await json({ tokens: ["a", "b"], tags: ["O"] })).toBe('"bad.jsonl", line 1 has 2 words and 1 tag');
  const noTexts = (field: string): string => `"bad.jsonl", line 1 has no list of texts in "${field}"`;
  expect(await json({ tokens: ["a"], tags: [3] })).toBe(noTexts("tags"));
  expect(await json({ tokens: "a b", tags: ["O"] })).toBe(noTexts("tokens"));
  expect(await json({ text: "a" })).toBe('"bad.jsonl" has no field of words');
  expect(await json({ tokens: ["a"] })).toBe('"bad.jsonl" has no tags');
  write("only/test.txt", many(3));
  await expect(open(join(folder, "only"))).rejects.toThrow('no sentence of the train part in "only"');
  await expect(open(write("a.csv", "x"))).rejects.toThrow('"a.csv" is no file of words and tags');
});
