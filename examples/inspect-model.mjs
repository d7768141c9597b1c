// Inspects an ONNX file without running it: its contents, and whether it can be fine-tuned.
//
//   node examples/inspect-model.mjs file.onnx
import { inspectModel } from "engraft";

const [file = "assets/vision-open"] = process.argv.slice(2);
const { operators, cut, fineTune, inputs, parameters } = await inspectModel(file);
console.log(`${inputs.join(", ")}; ${parameters.trainable} weights that could train`);
for (const { op, count, decision, because } of operators)
  console.log(`${String(count).padStart(5)} ${op}: ${decision}${because ? ` (${because})` : ""}`);
console.log(`new head at: ${cut ? `${cut.value}, since ${cut.because}` : "nowhere; name a value"}`);
console.log(fineTune.words);
