import type { Tensor as OrtTensor } from "onnxruntime-common";
import { messageOf } from "../core/errors.js";
import { float32 } from "../core/tensor.js";
import { Builder } from "../graph/builder.js";
import { Graph } from "../graph/graph.js";
import { guardName, stateOutput, stopOutput } from "../graph/loop-names.js";
import { stepModel } from "../graph/to-onnx-step.js";
import { type OrtModule, type RunOnce, toOrt } from "./ort-tensors.js";

/** onnxruntime-node's message for an output that is no tensor: after the run, and before it copies any output. */
const stopped = "Non tensor type is temporarily not supported.";

/**
 * Runs a graph whose first output is {@link stopOutput}, and returns the other outputs in the memory given for them.
 * onnxruntime-node always writes outputs there, but then copies each into a new JavaScript array, whose memory the
 * system must allocate and clear: a seventh of a step of BERT-base with AdamW. At the sequence it stops instead.
 * @param into a tensor for each requested output; its contents are lost
 * @returns true if the step ran; false if a scalar is not finite ({@link guardName}), and only the scalars are valid
 */
export async function runInto(
  run: RunOnce,
  feeds: Readonly<Record<string, OrtTensor>>,
  into: Readonly<Record<string, OrtTensor>>,
): Promise<boolean> {
  try {
    await run(feeds, { [stopOutput]: null, ...into });
  } catch (error) {
    if (isRefusal(error)) return false;
    if (messageOf(error) !== stopped) throw error;
  }
  return true;
}

/** True if a run ended at the guard of a step; nothing else gives this error. */
export function isRefusal(error: unknown): boolean {
  return messageOf(error).includes(`'${guardName}`);
}

/** True if {@link runInto} works with this runtime, found by a trial: s ← s + 1, written over s. */
export async function canWriteInPlace(ort: OrtModule): Promise<boolean> {
  try {
    const graph = new Graph("in place");
    const g = new Builder(graph);
    const next = g.add(graph.input("s", { dtype: "float32", shape: [2] }), g.number(1));
    graph.outputs.push(next);
    const model = stepModel(graph, { state: [{ input: "s", output: next }], scalars: [] }, { stop: true });
    const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
    const s = toOrt(ort, float32([2], [3, 4]));
    const run: RunOnce = (feeds, fetches) => session.run(feeds, fetches, { logSeverityLevel: 4 });
    await runInto(run, { s }, { [stateOutput("s")]: s });
    await session.release();
    const [a, b] = s.data as Float32Array;
    return a === 4 && b === 5;
  } catch {
    // Another version refuses such a graph: outputs are copied.
    return false;
  }
}
