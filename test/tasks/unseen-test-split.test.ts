// The test split decides nothing: with half of it gone and the labels wrong, the same model comes out.
// @module-tag thorough
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type ResultOf, type TrainOptions, train } from "../../src/index.js";
import { type ToyName, toysIn } from "../characterisation/toys.js";
import { weightsOf } from "../characterisation/weights.js";
import { taggedSentences, writeTagged } from "../support/entity-data.js";

const root = mkdtempSync(join(tmpdir(), "engraft-unseen-"));
const toy = toysIn(join(root, "toys"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What is done to the labels of the test split; `undefined` removes the sample. */
type Change = (labels: readonly string[]) => readonly (string | undefined)[];
const asGiven: Change = (labels) => labels;
const halfAndWrong: Change = (labels) =>
  labels.map((_, i) => (i % 2 === 0 ? labels.toSorted().toReversed()[i] : undefined));

const trainSamples = 40;

/** Writes a folder with `train.csv` and `test.csv`, from a list whose last column holds the labels. */
async function listed(name: ToyName, folder: string, change: Change): Promise<string> {
  const [header, ...rows] = readFileSync(await toy(name), "utf8")
    .trimEnd()
    .split("\n");
  const tests = rows.slice(trainSamples).map((row) => /^(.*),([^,]*)$/.exec(row)!);
  const labels = change(tests.map((match) => match[2]!));
  const changed = tests.flatMap((match, i) => (labels[i] === undefined ? [] : [`${match[1]},${labels[i]}`]));
  mkdirSync(folder);
  const pictures = name === "picture-numbers" ? "tints" : "pictures";
  if (name.startsWith("picture"))
    cpSync(join(root, "toys", pictures), join(folder, pictures), { recursive: true });
  for (const [file, lines] of Object.entries({ train: rows.slice(0, trainSamples), test: changed }))
    writeFileSync(join(folder, `${file}.csv`), [header, ...lines, ""].join("\n"));
  return folder;
}

/** Writes class folders in `train` and `test`. */
async function classFolders(folder: string, change: Change): Promise<string> {
  const from = await toy("pictures");
  for (const part of ["train", "test"]) cpSync(from, join(folder, part), { recursive: true });
  for (const name of readdirSync(from))
    for (const [i, file] of readdirSync(join(from, name)).entries())
      rmSync(join(folder, i < trainSamples / 2 ? "test" : "train", name, file));
  const files = ["ant", "bee"].flatMap((name) =>
    readdirSync(join(folder, "test", name)).map((file) => [name, file]),
  );
  const labels = change(files.map(([name]) => name!));
  for (const [i, [name, file]] of files.entries()) {
    const at = join(folder, "test", name!, file!);
    if (labels[i] === undefined) rmSync(at);
    else renameSync(at, join(folder, "test", labels[i], `${i}-${file}`));
  }
  return folder;
}

/** Writes tagged sentences in `train.txt` and `test.txt`. */
async function tagged(folder: string, change: Change): Promise<string> {
  const sentences = taggedSentences(60);
  const tests = sentences.slice(trainSamples);
  const tags = change(tests.flatMap((sentence) => sentence.map(([, tag]) => tag)));
  let at = 0;
  const changed = tests.map((sentence) => sentence.map(([word]) => [word, tags[at++] ?? "O"] as const));
  return writeTagged(folder, sentences.slice(0, trainSamples), changed);
}

const make = {
  "picture classes": { data: classFolders, base: "picture-base" },
  "picture labels": { data: (...to) => listed("picture-labels", ...to), base: "picture-base" },
  "picture numbers": { data: (...to) => listed("picture-numbers", ...to), base: "picture-base" },
  "text classes": { data: (...to) => listed("texts", ...to), base: "text-base" },
  "text labels": { data: (...to) => listed("text-labels", ...to), base: "text-base" },
  entities: { data: tagged, base: "text-base" },
  "table classes": { data: (...to) => listed("table-classes", ...to), target: "size" },
  "table numbers": { data: (...to) => listed("table-numbers", ...to), target: "price" },
} as const satisfies Readonly<
  Record<
    string,
    { data: (folder: string, change: Change) => Promise<string>; base?: ToyName; target?: string }
  >
>;

/** What training decided: weights, scores on the validation split, and all other facts of the model folder. */
async function decided(name: keyof typeof make, change: Change, options: TrainOptions) {
  const { data, ...row } = make[name];
  const folder = mkdtempSync(join(root, "run-"));
  const base = "base" in row ? { base: await toy(row.base) } : {};
  const target = "target" in row ? { target: row.target } : {};
  const result = (await train(await data(join(root, `data-${folder.slice(-6)}`), change), {
    ...{ ...base, ...target, ...options, epochs: 2, seed: 3, threads: 1, cache: false, out: folder },
  })) as ResultOf;
  const {
    data: _data,
    split: _split,
    test: scores,
    ...facts
  } = JSON.parse(readFileSync(join(result.model, "engraft.json"), "utf8"));
  const weights = weightsOf(join(result.model, "onnx/model.onnx"));
  return { scores, decisions: { weights, validation: result.validation, facts } };
}

test.each(Object.keys(make) as (keyof typeof make)[])("%s", async (name) => {
  // The product's own choice of a strategy; once also the choice among models that `--safe` trains.
  const safe: readonly TrainOptions[] = name === "text classes" ? [{ safe: true, scratchSteps: 24 }] : [];
  for (const options of [{}, ...safe]) {
    const usual = await decided(name, asGiven, options);
    const other = await decided(name, halfAndWrong, options);
    expect(other.decisions).toEqual(usual.decisions);
    expect(other.scores).not.toEqual(usual.scores);
  }
});
