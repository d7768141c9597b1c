// Compares trained detectors and segmenters with the same recipe in PyTorch, by their scores on the test pictures: same network, start
// weights, pictures, targets and number of steps; the last weights are kept. `node scripts/against-pytorch/dense-accuracy.mjs FOLDER`
// (FOLDER holds data/ and models/; needs Debian's python3-torch and python3-torchvision) measures what is missing in
// docs/against-pytorch-dense.json and writes docs/against-pytorch.md.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeAgainstPytorch } from "../measure/against-pytorch-page.mjs";
import { denseTraining } from "../measure/dense-training.mjs";
import { writeDense } from "./dense-rows.mjs";
import { compareScores, measureMissing, trainHere, trainThere } from "./twin.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: dense-accuracy.mjs FOLDER");
/** Longer side of the network's input, and the steps: smaller than those of a run, which would take PyTorch hours. */
const [side, steps] = [256, 400];
const yolox = {
  base: join(folder, "models/yolox-nano-coco/model.onnx"),
  reading: { mean: [0, 0, 0], std: [1, 1, 1], rescale: 1, channels: "bgr" },
};
const sets = {
  boxes_bccd: { kind: "boxes", name: "yolox-nano", ...yolox },
  masks_nuclei: { kind: "masks", name: "vision-open", base: "vision-open" },
};
const keys = [0, 1].flatMap((seed) => Object.keys(sets).map((set) => ({ set, seed })));
await measureMissing(join(root, "docs/against-pytorch-dense.json"), keys, async ({ set, seed }) => {
  const { kind, name, base, reading } = sets[set];
  const options = { base, reading, seed, steps, longerSide: side };
  const training = await denseTraining(kind, join(folder, "data", set), options);
  const here = await trainHere(training, steps, { scored: true });
  const write = (to) => writeDense(to, kind, training, steps);
  const there = await trainThere("dense.py", training, { write, args: ["float32"], tests: here.tests });
  const test = training.held.items.length;
  return { base: name, steps, side, test, ...compareScores(here.scores, there.scores) };
});
writeAgainstPytorch(root);
