// Compares trained detectors and segmenters with the same recipe in PyTorch, by their scores on the test pictures: same network, start
// weights, pictures, targets and number of steps; the last weights are kept. `node scripts/against-pytorch/dense-accuracy.mjs FOLDER`
// (FOLDER holds data/ and models/; needs Debian's python3-torch and python3-torchvision) measures what is missing in
// docs/against-pytorch-dense.json and writes docs/against-pytorch.md.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { difference } from "../../dist/statistics/index.js";
import { writeAgainstPytorch } from "../measure/against-pytorch-page.mjs";
import { denseTraining } from "../measure/dense-training.mjs";
import { trainHere, trainThere } from "./dense-twin.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const [folder, only] = process.argv.slice(2);
if (!folder) throw new Error("usage: dense-accuracy.mjs FOLDER [SET]");
/** Longest side of the network's input, and the steps: smaller than those of a run, which would take PyTorch hours. */
const [side, steps] = [256, 400];
const yolox = {
  base: join(folder, "models/yolox-nano-coco/model.onnx"),
  reading: { mean: [0, 0, 0], std: [1, 1, 1], rescale: 1, channels: "bgr" },
};
const sets = {
  boxes_bccd: { kind: "boxes", name: "yolox-nano", ...yolox },
  masks_nuclei: { kind: "masks", name: "vision-open", base: "vision-open" },
};
const seeds = [0, 1];

const file = join(root, "docs/against-pytorch-dense.json");
const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
for (const seed of seeds)
  for (const [set, { kind, name, base, reading }] of Object.entries(sets)) {
    if ((only && only !== set) || rows.some((row) => row.set === set && row.seed === seed)) continue;
    const options = { base, reading, seed, steps, limit: side };
    const training = await denseTraining(kind, join(folder, "data", set), options);
    rows.push({ base: name, set, seed, steps, side, ...(await compare(kind, training)) });
    console.log(JSON.stringify(rows.at(-1)));
    writeFileSync(file, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
  }
writeAgainstPytorch(root);

/** Test scores of both, and their difference with a confidence interval over the pictures. */
async function compare(kind, training) {
  const predicts = { predicts: true };
  const here = await trainHere(training, steps, predicts);
  const [there] = await trainThere(kind, training, steps, ["float32"], predicts);
  const [engraft, pytorch] = [await scoreOf(training, here), await scoreOf(training, there)];
  const valuesOf = ({ scores }) => [Float64Array.from(scores.values)];
  const { gain, interval } = difference(valuesOf(engraft), valuesOf(pytorch));
  const rounded = ({ metric: { name, value, ci95 } }) => ({ [name]: short(value), ci95: ci95.map(short) });
  return {
    test: training.held.items.length,
    ...{ engraft: rounded(engraft), pytorch: rounded(pytorch) },
    difference: { mean: short(gain), ci95: interval?.map(short) ?? null },
  };
}

/** Scores stored outputs as a run scores the outputs of its network. */
function scoreOf({ score, held }, { outputs }) {
  let next = 0;
  const evaluate = async ({ dims: [count] }) => {
    const size = outputs[0].length;
    const out = new Float32Array(count * size);
    for (let i = 0; i < count; i++) out.set(outputs[next++], i * size);
    return out;
  };
  return score(evaluate, held);
}

function short(value) {
  return Number(value.toPrecision(4));
}
