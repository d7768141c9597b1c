// Writes assets/vision-mini from the state of the pretraining: weights, configuration, licence, and the facts for the
// card. Then scripts/vision-mini/measure.mjs measures the base, and scripts/vision-mini/card.mjs writes the card.
//
//   node scripts/build.mjs && node scripts/vision-mini/export.mjs FOLDER [--state DIR]
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { residualNet } from "../../dist/bases/architectures/index.js";
import { modelConfig } from "../../dist/bases/model-folder/model-folder.js";
import { withPixels } from "../../dist/bases/pixels.js";
import { writePreprocessing } from "../../dist/bases/preprocessing.js";
import { wilsonInterval } from "../../dist/evaluate/index.js";
import { fromOnnx } from "../../dist/graph/from-onnx.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { sha256 } from "../../dist/platform/node.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { decodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { startProgram } from "../start-program.mjs";
import { bytesEach, loadPictures, side } from "./pictures.mjs";
import { mean, std } from "./recipe.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data", "state"],
  options: { state: { type: "string", about: "folder of the saved state (default .cache/pretrain)" } },
});
const [folder] = positionals;
const stateDir = values.state ?? join(root, ".cache/pretrain");
const { tensors, note } = decodeCheckpoint(readFileSync(join(stateDir, "last.safetensors")), stateDir);
const { recipe } = note;
const unfinished = recipe.stages.length - 1 - note.stage;
if (unfinished > 0 || note.done < note.totalSteps)
  throw new Error(
    `pretraining is not complete: stage ${note.stage + 1}, step ${note.done} of ${note.totalSteps}`,
  );
const held = await loadPictures(join(folder, "data/pretrain_images"), "val", stateDir);
const classes = held.classes;

const net = residualNet({ ...recipe.network, classes: classes.length });
for (const value of net.initializers.keys()) {
  const trained = tensors.get(value);
  if (trained) net.initializers.set(value, trained);
}
const preprocessing = { height: side, width: side, rescale: 1 / 255, mean, std, channels: "rgb" };
const onnx = toOnnx(net, { fp16Initializers: true });
const out = join(root, "assets/vision-mini");
mkdirSync(join(out, "onnx"), { recursive: true });
writeFileSync(join(out, "onnx/model.onnx"), onnx);
writeFileSync(join(out, "config.json"), `${JSON.stringify(modelConfig(classes, "classes"), undefined, 2)}\n`);
writeFileSync(
  join(out, "preprocessor_config.json"),
  `${JSON.stringify(writePreprocessing(preprocessing), undefined, 2)}\n`,
);

// Accuracy of the published file (16-bit weights) on held-back images.
const runtime = await nodeRuntime({ threads: 2 });
const session = await runtime.session(toOnnx(withPixels(fromOnnx(onnx).graph, preprocessing)));
let correct = 0;
for (let first = 0; first < held.labels.length; first += 99) {
  const n = Math.min(99, held.labels.length - first);
  const pixels = new Uint8Array(held.pixels.subarray(first * bytesEach, (first + n) * bytesEach));
  const { data: logits } = Object.values(
    await session.run({ pixels: { dtype: "uint8", dims: [n, side, side, 3], data: pixels } }),
  )[0];
  for (let i = 0; i < n; i++) {
    const row = logits.subarray(i * classes.length, (i + 1) * classes.length);
    if (row.indexOf(Math.max(...row)) === held.labels[first + i]) correct++;
  }
}
await runtime.close();
const n = held.labels.length;
const facts = {
  sha256: sha256(onnx),
  bytes: onnx.length,
  parameters: [...net.initializers.values()].reduce(
    (sum, t) => sum + (t.dtype === "float32" ? t.data.length : 0),
    0,
  ),
  held_back: { n, accuracy: correct / n, ci95: wilsonInterval(correct, n) },
  pretraining: {
    seconds: Math.round(note.seconds),
    recipe,
    teacher: JSON.parse(readFileSync(join(stateDir, "teacher.json"), "utf8")),
  },
};
writeFileSync(join(out, "facts.json"), `${JSON.stringify(facts, undefined, 2)}\n`);
copyFileSync(join(stateDir, "log.jsonl"), join(out, "training-log.jsonl"));
console.log(JSON.stringify(facts));
