// The recipes of textbooks here and in PyTorch, with one backbone and the same splits: `node scripts/against-pytorch/recipes.mjs
// FOLDER [RECIPE …]` (FOLDER holds data/; needs Debian's python3-torch) measures what is missing in docs/recipes.json, and writes the
// means into docs/guide/recipes.md.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withEmptyHead } from "../../dist/bases/heads.js";
import { withPixels } from "../../dist/bases/pixels.js";
import { wholeOf } from "../../dist/core/results/rows.js";
import { decodePixels } from "../../dist/data/images/decode.js";
import { pictureInputs } from "../../dist/data/index.js";
import { train, trainTasks } from "../../dist/index.js";
import { discriminativePlan } from "../../dist/methods/finetune/discriminative.js";
import { lengthOf } from "../../dist/methods/plan.js";
import { openMachine } from "../../dist/run/machine.js";
import { openBody, openData, openTrunk } from "../../dist/run/setup.js";
import { openInputs } from "../../dist/tasks/inputs/open-inputs.js";
import { openTextDataset } from "../../dist/tasks/texts/open-texts.js";
import { inParts, partOf } from "../../dist/train/features.js";
import { recipeRows, writeRecipes } from "../measure/recipes-page.mjs";
import { startProgram } from "../start-program.mjs";
import { writeNetwork } from "./write-network.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { positionals } = startProgram(import.meta.url, {
  takes: "FOLDER [RECIPE …]",
  needs: ["data", "torch"],
});
const [folder, ...asked] = positionals;
const python = process.env.PYTHON ?? "/usr/bin/python3";
const data = (name) => join(folder, "data", name);
const epochs = 10;
const pictures = { augment: "none", base: "vision-open" };
const texts = { base: "text-mini", trainSize: 1000 };

/** Each recipe: the options here, and what the PyTorch side reads. Its own part is in recipes.py. */
const recipes = {
  frozen: { options: { ...pictures, strategy: "head" } },
  hidden: { options: { ...pictures, strategy: "head", hidden: 512 } },
  two: { options: { ...pictures, base: "vision-open+vision-mini", strategy: "head" }, second: "vision-mini" },
  chinese: { options: { ...texts, strategy: "head" }, set: "zh_waimai_10k" },
  gradual: { options: { ...pictures, strategy: "gradual" }, network: true },
  all: { options: { ...pictures, strategy: "full" }, network: true },
  layers: { options: { ...pictures, strategy: "discriminative" }, network: true },
  shared: { options: { ...pictures, strategy: "finetune" }, network: true, source: "catdog" },
};

const root = join(here, "../..");
const rows = recipeRows(root);
const { platform, openRuntime } = await openMachine();
const runtime = await openRuntime({ threads: platform.cores() });
for (const seed of [0, 1, 2]) {
  for (const [recipe, how] of Object.entries(recipes)) {
    if (asked.length > 0 && !asked.includes(recipe)) continue;
    if (rows.some((row) => row.recipe === recipe && row.seed === seed)) continue;
    rows.push({ recipe, seed, ...(await both(recipe, how, seed)) });
    console.log(JSON.stringify(rows.at(-1)));
    writeRecipes(root, rows);
  }
}
await runtime.close();

/** Test accuracy here and in PyTorch. */
async function both(recipe, { options, set = "hymenoptera", source, second, network = false }, seed) {
  const work = mkdtempSync(join(tmpdir(), "engraft-recipe-"));
  try {
    const common = { ...options, seed, epochs, out: join(work, "run") };
    const paths = { target: data(set), ...(source && { source: data(source) }) };
    const ours = source
      ? (await trainTasks(paths, common)).tasks.find(({ name }) => name === "target")
      : await train(paths.target, common);
    const items = set === "zh_waimai_10k" ? await writeTexts(work, paths.target, seed) : undefined;
    const sizes =
      items ?? (await writePictures(join(work, "target"), paths.target, seed, { network, second }));
    if (source) await writePictures(join(work, "source"), paths.source, seed, { network });
    const args = [join(here, "recipes.py"), work, recipe, String(seed)];
    const theirs = JSON.parse(execFileSync(python, args, { encoding: "utf8" }));
    return { ...sizes, engraft: ours.test.accuracy, pytorch: theirs.accuracy };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Writes labels and frozen features of each split; for a network also its graph, pixels and groups of layers. */
async function writePictures(work, path, seed, { network, second }) {
  const dataset = await openData(path, { seed }, platform);
  const opened = await openBody(pictures.base, {}, platform);
  const inputs = pictureInputs(platform, opened.base.preprocessing, 0);
  const sizes = await writeFeatures(work, dataset, opened, inputs, "features");
  if (second) {
    const other = await openBody(second, {}, platform);
    await writeFeatures(work, dataset, other, pictureInputs(platform, other.base.preprocessing, 0), "second");
  }
  if (network) await writeGraph(work, dataset, opened);
  return sizes;
}

/** Writes the backbone with pixels as input and features as output, and the pixels of each split. */
async function writeGraph(work, dataset, { body, base }) {
  const examples = dataset.items.filter(({ part }) => part === "train").length;
  const model = withPixels(withEmptyHead(body, dataset.classes.length), base.preprocessing);
  const plan = discriminativePlan(model, { examples, epochs });
  const backbone = withPixels(body.graph, base.preprocessing);
  const trainable = plan.trainable.filter(({ value }) => backbone.initializers.has(value));
  const groups = plan.groups.slice(0, -1);
  writeNetwork(work, backbone, { ...plan, trainable, groups });
  const { height, width } = base.preprocessing;
  for (const part of ["train", "validation", "test"]) {
    const pixels = [];
    for (const { path } of inParts(dataset.items).filter((item) => item.part === part))
      pixels.push((await decodePixels(path, { height, width }, platform)).data);
    writeFileSync(join(work, `${part}.u8`), Buffer.concat(pixels));
  }
  writeFileSync(join(work, "picture.json"), JSON.stringify({ height, width }));
}

/** Writes the features of Chinese reviews. */
async function writeTexts(work, path, seed) {
  const onEvent = () => undefined;
  const dataset = await openTextDataset(path, { seed, platform, options: texts, onEvent });
  const { opened, inputs } = await openInputs("texts", dataset, texts, { platform, onEvent });
  return writeFeatures(join(work, "target"), dataset, opened, (await inputs()).inputs, "features");
}

async function writeFeatures(work, dataset, opened, inputs, name) {
  mkdirSync(work, { recursive: true });
  const trunk = await openTrunk(opened, runtime, platform, {}, inputs);
  const ordered = inParts(dataset.items);
  const features = await trunk.features(ordered, {});
  await trunk.close();
  const sizes = {};
  for (const part of ["train", "validation", "test"]) {
    const own = partOf(ordered, part, features);
    sizes[part] = own.items.length;
    writeFileSync(join(work, `${part}.${name}`), new Uint8Array(wholeOf(own.features).slice().buffer));
    writeFileSync(
      join(work, `${part}.i32`),
      Buffer.from(Int32Array.from(own.items, ({ label }) => label).buffer),
    );
  }
  features.close();
  const { batch } = lengthOf({ examples: sizes.train, epochs });
  writeFileSync(join(work, `${name}.json`), JSON.stringify({ width: opened.body.width, batch, epochs }));
  return sizes;
}
