// Writes assets/vision-open from the state of the training: weights, configuration, attribution, and the facts for the
// card. Then scripts/vision-open/measure.mjs measures the base, and scripts/vision-open/card.mjs writes the card.
//
//   node scripts/build.mjs && node scripts/vision-open/export.mjs TEACHER.onnx [--state DIR] [--out DIR]
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writePreprocessing } from "../../dist/bases/preprocessing.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { sha256 } from "../../dist/platform/node.js";
import { decodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { startProgram } from "../start-program.mjs";
import { packages } from "./packages.mjs";
import { mean, std } from "./recipe.mjs";
import { network } from "./student.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "TEACHER.onnx",
  needs: ["models", "state"],
  options: {
    state: { type: "string", about: "folder of the saved state (default .cache/vision-open)" },
    out: { type: "string", about: "folder to write (default assets/vision-open)" },
    unfinished: { type: "boolean", about: "write a training that is not complete" },
  },
});
const [teacherFile] = positionals;
const state = values.state ?? join(root, ".cache/vision-open");
const out = values.out ?? join(root, "assets/vision-open");
const { tensors, note } = decodeCheckpoint(readFileSync(join(state, "last.safetensors")), state);
const { recipe, done } = note;
if (done < recipe.steps && !values.unfinished)
  throw new Error(`training is not complete: step ${done} of ${recipe.steps}`);

const { size } = recipe;
const net = network(teacherFile, { size: ["height", "width"], dropped: recipe.dropped });
/** |w - w0| / |w0| of each convolution: how far training moved it from where it started. */
const moved = [];
let parameters = 0;
for (const [value, before] of net.initializers) {
  const now = tensors.get(value);
  if (!now) continue;
  let [change, length] = [0, 0];
  before.data.forEach((w, i) => {
    change += (now.data[i] - w) ** 2;
    length += w * w;
  });
  if (now.dims.length === 4) moved.push(Math.sqrt(change / length));
  parameters += now.data.length;
  net.initializers.set(value, now);
}
const onnx = toOnnx(net, { fp16Initializers: true });
mkdirSync(join(out, "onnx"), { recursive: true });
writeFileSync(join(out, "onnx/model.onnx"), onnx);
writeFileSync(
  join(out, "config.json"),
  `${JSON.stringify({ architectures: ["MobileNetV2Model"], model_type: "mobilenet_v2" }, undefined, 2)}\n`,
);
const preprocessing = { height: size, width: size, rescale: 1 / 255, mean, std, channels: "rgb" };
const config = writePreprocessing(preprocessing);
writeFileSync(join(out, "preprocessor_config.json"), `${JSON.stringify(config, undefined, 2)}\n`);
copyFileSync(join(state, "ATTRIBUTION.txt"), join(out, "ATTRIBUTION.txt"));
copyFileSync(join(state, "log.jsonl"), join(out, "training-log.jsonl"));
const index = JSON.parse(readFileSync(join(state, "pictures.json"), "utf8"));
const counts = packages.map(({ name, version }) => {
  const own = index.filter((p) => p.package === name);
  const photographs = own.filter((p) => p.kind === "photograph").length;
  const licenses = [...new Set(own.map((p) => p.license))].sort();
  return { name, version, photographs, cutOuts: own.length - photographs, licenses };
});
moved.sort((a, b) => a - b);
const facts = {
  sha256: sha256(onnx),
  bytes: onnx.length,
  parameters,
  moved: { least: moved[0], median: moved[moved.length >> 1], most: moved.at(-1) },
  teacher: { sha256: sha256(readFileSync(teacherFile)) },
  pretraining: { seconds: Math.round(note.seconds), steps: done, recipe, packages: counts },
};
writeFileSync(join(out, "facts.json"), `${JSON.stringify(facts, undefined, 2)}\n`);
console.log(JSON.stringify({ ...facts, pretraining: undefined }));
