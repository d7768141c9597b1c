// What sums and extended models refuse, with the reason.
// @module-tag thorough
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { exportClassifier } from "../../src/bases/export.js";
import { collectSums, extend, train } from "../../src/index.js";
import { extendFixtures } from "../support/extend-fixtures.js";
import { preprocessing, tinyBase, tinyData, tinyGraph } from "../support/fixtures.js";

const { path, quick, pictures, base, fresh, first, sumsOf, extended } = extendFixtures();

const sameSamples = "hold the same samples";
const unknownClass = (name: string): string => `no source has a class "${name}"`;

test.each<[string, () => Promise<unknown>, string]>([
  ["nothing at a path", () => extended([path("none")]), `there is nothing at "${path("none")}"`],
  [
    "a model folder",
    async () => extended([(await first()).model]),
    "is a model folder, which holds no feature sums",
  ],
  [
    "another base",
    async () => {
      tinyBase(path("other-base"), exportClassifier(tinyGraph(7), preprocessing));
      const other = await sumsOf("more", { base: path("other-base") });
      return extended([await sumsOf("insects"), other], { test: path("held") });
    },
    "are of another base",
  ],
  [
    "the same samples with another base",
    async () => {
      const other = await sumsOf("insects", { base: path("other-base") });
      return extended([await sumsOf("insects"), other], { test: path("held") });
    },
    "are of another base",
  ],
  [
    "another size of the pictures",
    async () =>
      extended([await sumsOf("insects"), await sumsOf("more", { mean: [0.1, 0.1, 0.1], std: [1, 1, 1] })], {
        test: path("held"),
      }),
    "are of another preprocessing",
  ],
  [
    "the same file twice",
    async () => {
      const own = await sumsOf("insects");
      return extended([own, own], { test: path("held") });
    },
    sameSamples,
  ],
  [
    "the same shard twice",
    async () =>
      extended([await sumsOf("insects", { shard: "1/2" }), await sumsOf("insects", { shard: "1/2" })], {
        test: path("held"),
      }),
    sameSamples,
  ],
  [
    "shards of another number",
    async () =>
      extended([await sumsOf("insects", { shard: "1/2" }), await sumsOf("insects", { shard: "2/3" })], {
        test: path("held"),
      }),
    sameSamples,
  ],
  ["data beside their sums", async () => extended([await sumsOf("insects"), path("insects")]), sameSamples],
  [
    "the data of a run beside it",
    async () => {
      await first();
      return extended([path("first"), path("insects")]);
    },
    sameSamples,
  ],
  [
    "data that an earlier source has",
    async () => {
      await first();
      cpSync(path("insects", "ant"), path("ants", "ant"), { recursive: true });
      return extended([path("first"), path("ants")]);
    },
    "another source has every sample of",
  ],
  [
    "other samples taken out of a run",
    async () => {
      await first();
      return extended([path("first")], { without: [path("held")] });
    },
    "no source has a sample of",
  ],
  [
    "a class in another case",
    async () => {
      await tinyData(path("case"), { Ant: 6, wasp: 6 }, 2000);
      await first();
      return extended([path("first"), path("case")]);
    },
    'lower case: "Ant", "ant"',
  ],
  [
    "a class that was never there",
    async () => {
      await first();
      return extended([path("first")], { forget: ["Bee"] });
    },
    unknownClass("Bee"),
  ],
  [
    "the last class but one",
    async () => {
      await first();
      return extended([path("first")], { forget: ["bee"] });
    },
    'only one class is left: "ant"',
  ],
  [
    "samples that were never added",
    async () => extended([await sumsOf("insects")], { without: [await sumsOf("three")], test: path("held") }),
    unknownClass("cow"),
  ],
  [
    "more samples than there are",
    async () => {
      await tinyData(path("many"), { ant: 60, bee: 60 }, 3000);
      return extended([await sumsOf("insects")], { without: [await sumsOf("many")], test: path("held") });
    },
    'more of class "ant" are taken out than there are',
  ],
  [
    "other samples of the same classes",
    async () => {
      await tinyData(path("few"), { ant: 6, bee: 6 }, 4000);
      return extended([await sumsOf("few")], {
        without: [await sumsOf("held", { shard: "1/4" })],
        test: path("insects"),
      });
    },
    "these samples were never added",
  ],
  [
    "samples out of a file",
    async () => extended([await sumsOf("insects")], { without: [path("three")], test: path("held") }),
    unknownClass("cow"),
  ],
  [
    "nothing to score on",
    async () => extended([await sumsOf("insects")]),
    "there are no samples to score the model on",
  ],
  [
    "a joint training of sums",
    async () => extended([await sumsOf("insects")], { test: path("held"), joint: true }),
    "are not here to train on",
  ],
  [
    "test data of another class",
    async () => extended([await sumsOf("insects")], { test: path("three") }),
    'has the class "cow", which the model does not know',
  ],
  [
    "a damaged file",
    async () => {
      const own = await sumsOf("insects");
      writeFileSync(own, readFileSync(own).subarray(0, -100));
      return extended([own], { test: path("held") });
    },
    "the file of feature sums is damaged: it has",
  ],
  [
    "a run whose data are gone",
    async () => {
      cpSync(path("held"), path("gone"), { recursive: true });
      const run = await train(path("gone"), { ...pictures, base, strategy: "probe", out: fresh() });
      rmSync(path("gone"), { recursive: true });
      return extended([run.run, path("more")]);
    },
    "keeps no feature sums, and its data are not there",
  ],
  [
    "shards that are none",
    () => sumsOf("insects", { shard: "4/3" }),
    'shard must be K/N with K from 1 to N, got "4/3"',
  ],
  [
    "samples under another class",
    async () => {
      await first();
      mkdirSync(path("swapped", "bee"), { recursive: true });
      for (const name of readdirSync(path("insects", "ant")).slice(0, 5))
        cpSync(path("insects", "ant", name), path("swapped", "bee", name));
      return extended([path("first")], { without: [path("swapped")] });
    },
    "and was learnt as",
  ],
  ["an empty path", () => extended([""]), 'sources must be texts that are not empty, got ""'],
  [
    "a text instead of a list",
    async () => extended([(await first()).run], { forget: "bee" as never }),
    'forget must be a list of texts, got "bee"',
  ],
  ["no file to write", () => collectSums(path("insects"), { out: "" }), 'out must be a path, got ""'],
  [
    "a base that a file of sums names",
    async () => extend([await sumsOf("insects")], { ...quick, test: path("held"), out: fresh() }),
    "which has to be given",
  ],
  [
    "few samples for somebody else",
    () => sumsOf("insects", { shard: "1/20", share: true }),
    "samples that --share needs",
  ],
  [
    "to forget a class of a file for somebody else",
    async () => extended([await sumsOf("three", { share: true })], { forget: ["cow"], test: path("held") }),
    'the sums of class "cow" alone were not kept',
  ],
  [
    "a table",
    async () => {
      writeFileSync(
        path("rows.csv"),
        `a,b\n${Array.from({ length: 40 }, (_, i) => `${i},${i * 2}`).join("\n")}`,
      );
      return collectSums(path("rows.csv"), { ...quick, out: `${fresh()}.sums` });
    },
    "is for classes and numbers of pictures, texts and sounds, and this is tabular-regression",
  ],
  [
    "a file of the user",
    async () => {
      writeFileSync(path("notes.txt"), "mine");
      return collectSums(path("insects"), { ...quick, base, out: path("notes.txt") });
    },
    "is there already",
  ],
])("%s", async (_, work, text) => {
  const error = await work().then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  expect(error?.message).toContain(text);
  expect(error).toMatchObject({ help: expect.any(String) });
});
