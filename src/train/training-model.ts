import { bytesPerElement } from "../core/dtype.js";
import type { Graph } from "../graph/graph.js";
import { type LoopSpec, loopModel } from "../graph/to-onnx-loop.js";
import { stepModel } from "../graph/to-onnx-step.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Step } from "./step.js";

/**
 * From so many bytes of state on, a step is run by itself. Below, a Loop over a block saves the way to the runtime and
 * back, which counts where steps take milliseconds; above, the Loop's own copies count, and the third state it holds.
 */
const largeState = 2 ** 24;

/** A step as the runtime runs it best. */
export interface TrainingModel {
  readonly bytes: Uint8Array;
  /** Bytes that a longer block moves less often: the whole state, or none. For `stepsPerBlock()`. */
  readonly movedBytes: number;
}

/**
 * @param graph the step's graph, after the passes for the runtime
 * @param options.openBatch see {@link LoopSpec}: a Loop then
 */
export function trainingModel(
  graph: Graph,
  { state, perStep, scalars }: Pick<Step, "state" | "perStep" | "scalars">,
  runtime: Pick<Runtime, "copiesOnce" | "keepsState">,
  { openBatch = false }: { readonly openBatch?: boolean } = {},
): TrainingModel {
  const stateBytes = state.reduce(
    (n, { initial }) => n + initial.data.length * bytesPerElement[initial.dtype],
    0,
  );
  const large = runtime.copiesOnce === true && !openBatch && stateBytes >= largeState;
  if (large || runtime.keepsState === true)
    return { bytes: stepModel(graph, { state, scalars }), movedBytes: 0 };
  return {
    bytes: loopModel(graph, { state, perStep, scalars, steps: "steps", openBatch }),
    movedBytes: stateBytes,
  };
}
