// Pairs of a source and a target text: recognised, described by inspect, refused by train. Other forms of data are read as they are.
import { join } from "node:path";
import { expect, test } from "vitest";
import { inFolder, writeTree } from "../../test/support/pictures.js";
import { inspectPairs } from "../cli/commands/inspect-pairs.js";
import type { EngraftError } from "../core/errors.js";
import { nodePlatform } from "../platform/node.js";
import { taskOf } from "./detect.js";

const words = "amber bridge copper dust engine forest garden harbour island jungle".split(" ");
const text = (i: number): string => `${words[i % 10]} and ${words[(i >> 2) % 10]} are ${words[(i * 3) % 10]}`;
const other = (i: number): string =>
  `${words[(i * 7) % 10]} von ${words[(i >> 2) % 10]}, das ist ${words[i % 10]}`;
const rows = (n: number, row: (i: number) => readonly unknown[]): string =>
  Array.from({ length: n }, (_, i) => `${row(i).join("\t")}\n`).join("");
const lines = (n: number, row: (i: number) => object): string =>
  Array.from({ length: n }, (_, i) => `${JSON.stringify(row(i))}\n`).join("");
type Tree = Readonly<Record<string, string>>;

const taskOfTree = (tree: Tree, path: string, options: Parameters<typeof taskOf>[2] = {}) =>
  inFolder(async (folder) => {
    await writeTree(folder, tree);
    return taskOf(nodePlatform, join(folder, path), options).catch((error: EngraftError) => error);
  });
const refusedAs = (source: string, target: string, data: string) => ({
  ...{ kind: "DataError", code: "pairs-not-learnt", details: { data, source, target } },
});

test.each<[string, Tree, string, string, string]>([
  [
    "a TSV",
    { "p.tsv": `source\ttarget\n${rows(40, (i) => [text(i), other(i)])}` },
    "p.tsv",
    "source",
    "target",
  ],
  ["a CSV", { "p.csv": `en,de\n${rows(40, (i) => [`"${text(i)}","${other(i)}"`])}` }, "p.csv", "en", "de"],
  [
    ...([
      "JSON lines",
      { "p.jsonl": lines(40, (i) => ({ translation: { en: text(i), de: other(i) } })) },
    ] as const),
    ...(["p.jsonl", "en", "de"] as const),
  ],
  [
    "no names of columns",
    { "p.tsv": rows(40, (i) => [`${text(i)}.`, `${other(i)}.`]) },
    ...(["p.tsv", `${text(0)}.`, `${other(0)}.`] as const),
  ],
  [
    "files of splits",
    {
      "p/train.tsv": `src\ttgt\n${rows(40, (i) => [text(i), other(i)])}`,
      "p/test.tsv": `src\ttgt\n${rows(9, (i) => [text(i), other(i)])}`,
    },
    ...(["p", "src", "tgt"] as const),
  ],
])("%s: train says that pairs are recognised, and not learnt", async (_, tree, path, source, target) => {
  expect(await taskOfTree(tree, path)).toMatchObject(refusedAs(source, target, path));
});

test("a folder with one list has the pairs of that list", async () => {
  const tree = {
    "d/README.md": "# Pairs",
    "d/p.tsv": `source\ttarget\n${rows(40, (i) => [text(i), other(i)])}`,
  };
  expect(await taskOfTree(tree, "d")).toMatchObject(refusedAs("source", "target", "p.tsv"));
});

const table = (header: string, n: number, row: (i: number) => readonly unknown[]): Tree => ({
  "d.tsv": `${header.replaceAll(",", "\t")}\n${rows(n, row)}`,
});
const kind = (i: number): string => ["pet", "wild"][i % 2]!;

test.each<[string, Tree, string, Parameters<typeof taskOf>[2]?]>([
  ["prompts and completions", table("prompt,completion", 40, (i) => [text(i), other(i)]), "text-generation"],
  ["questions and answers", table("question,answer", 40, (i) => [text(i), other(i)]), "text-generation"],
  ["Alpaca", table("instruction,input,output", 40, (i) => [text(i), i, other(i)]), "text-generation"],
  ["texts with labels", table("text,label", 40, (i) => [text(i), kind(i)]), "text-classification"],
  ["texts with numbers", table("text,score", 40, (i) => [text(i), i * 1.5]), "text-regression"],
  [
    ...([
      "pairs of texts with labels",
      table("text_a,text_b,label", 40, (i) => [text(i), other(i), kind(i)]),
    ] as const),
    ...(["text-classification", { text: "text_a,text_b" }] as const),
  ],
  [
    ...([
      "source and target as pairs",
      table("source,target,label", 40, (i) => [text(i), other(i), kind(i)]),
    ] as const),
    ...(["text-classification", { text: "source,target", target: "label" }] as const),
  ],
  [
    "premises",
    table("premise,hypothesis,label", 40, (i) => [text(i), other(i), kind(i)]),
    "text-classification",
  ],
  [
    "words with tags",
    { "d.tsv": rows(40, (i) => (i % 4 ? [words[i % 10], "O"] : [])) },
    "token-classification",
  ],
  [
    ...([
      "a source of few values",
      table("source,size,target", 60, (i) => [kind(i), i, kind(i >> 1)]),
    ] as const),
    "tabular-classification",
  ],
  ["numbers", table("source,target", 60, (i) => [i % 7, ((i * 37) % 61) + 0.5]), "tabular-regression"],
  [
    "a chosen target",
    table("en,de", 60, (i) => [i % 7, kind(i)]),
    "tabular-classification",
    { target: "de" },
  ],
])("%s keep their task", async (_, tree, task, options) => {
  expect(await taskOfTree(tree, "d.tsv", options)).toBe(task);
});

test("inspect describes pairs, and throws any other refusal again", async () => {
  await inFolder(async (folder) => {
    const tree = { "p.tsv": `word\tphonemes\tmore\n${rows(40, (i) => [text(i), other(i), ""])}` };
    await writeTree(folder, tree);
    const path = join(folder, "p.tsv");
    const refusal = await taskOf(nodePlatform, path, {}).catch((error: unknown) => error);
    const { result, lines } = await inspectPairs(path, {}, refusal);
    expect(result).toMatchObject({
      ...{ form: "pairs", pairs: 40, unused: ["more"], equal: 0, swapped: 0, leaks: [], skipped: [] },
      source: { column: "word", characters: { longest: expect.any(Number) } },
      target: { column: "phonemes", scripts: [{ script: "Latin", share: 1 }] },
      splits: { train: 28, validation: 6, test: 6 },
    });
    expect(result.samples[0]).toEqual({
      id: expect.stringMatching(/^p\.tsv, line/),
      source: expect.any(String),
      target: expect.any(String),
    });
    const shown = lines.join("\n");
    for (const label of ["data", "source", "target", "not used", "pairs", "split", "groups", "samples"])
      expect(shown).toMatch(new RegExp(`^${label} +\\S`, "m"));
    const another = new Error("another");
    await expect(inspectPairs(path, {}, another)).rejects.toBe(another);
  });
});
