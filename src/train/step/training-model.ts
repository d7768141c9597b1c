import { bytesPerElement } from "../../core/dtype.js";
import type { Tensor } from "../../core/tensor.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { overwriteState } from "../../graph/passes/overwrite-state.js";
import { promote } from "../../graph/surgery/index.js";
import { type LoopSpec, loopModel } from "../../graph/to-onnx-loop.js";
import { stepModel } from "../../graph/to-onnx-step.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { Step } from "./step.js";

/**
 * State size in bytes from which a step runs by itself. Below, a Loop over a block saves the overhead of calls, which
 * matters if steps take milliseconds. Above, the Loop's own copies matter, and the third state that it holds.
 */
const largeState = 2 ** 24;

/** True if a step runs by itself, with its state overwritten in place if the runtime can. */
export function isSingleStep(
  { state }: Pick<Step, "state">,
  { copiesOnce }: Pick<Runtime, "copiesOnce">,
): boolean {
  return copiesOnce === true && bytesOf(state) >= largeState;
}

function bytesOf(state: Step["state"]): number {
  return state.reduce((n, { initial }) => n + initial.data.length * bytesPerElement[initial.dtype], 0);
}

/** A step in the form that suits the runtime best. */
export interface TrainingModel {
  readonly bytes: Uint8Array;
  /** Bytes that a longer block copies less often: the whole state, or none. For `stepsPerBlock()`. */
  readonly movedBytes: number;
  /** Frozen weights that are inputs, for `TrainingSpec.frozen`. */
  readonly frozen: ReadonlyMap<Value, Tensor>;
}

/**
 * Operators that read a matrix equally fast from an input as from the file; for others the runtime makes a form of its
 * own.
 */
const readsAsItIs: ReadonlySet<string> = new Set(["MatMul", "FusedMatMul", "Gemm", "Gather", "Add", "Mul"]);
/** Smallest matrix that becomes an input, in elements. */
const largeMatrix = 2 ** 16;

/**
 * Returns large frozen matrices if they are most of the model, as with adapters. Loading them from the file takes five
 * times their bytes: the file, its copy in the runtime's thread, the parsed file, the tensors, and a packed form for
 * each reader (BERT with LoRA: 2.2 of 3.9 GB).
 */
function largeFrozen(graph: Graph): ReadonlyMap<Value, Tensor> {
  const consumers = graph.consumers();
  const found = [...graph.initializers].filter(
    ([name, { dtype, dims, data }]) =>
      dtype === "float32" &&
      dims.length === 2 &&
      data.length >= largeMatrix &&
      !graph.outputs.includes(name) &&
      (consumers.get(name) ?? []).every(
        (n) => n.kind === "op" && readsAsItIs.has(n.op) && n.inputs.some((v) => !graph.initializers.has(v)),
      ),
  );
  const bytes = found.reduce((n, [, { data }]) => n + 4 * data.length, 0);
  return new Map(bytes >= largeState ? found : []);
}

/**
 * @param step the step's graph, after the passes for the runtime
 * @param options.openBatch see {@link LoopSpec}
 * @param options.held values that are held and fed already; those that the graph has are used
 */
export function trainingModel(
  step: Graph,
  { state, perStep, scalars }: Pick<Step, "state" | "perStep" | "scalars">,
  runtime: Pick<Runtime, "copiesOnce" | "keepsState">,
  {
    openBatch = false,
    held,
  }: { readonly openBatch?: boolean; readonly held?: ReadonlyMap<Value, Tensor> } = {},
): TrainingModel {
  const frozen = held
    ? new Map([...held].filter(([name, value]) => step.initializers.get(name) === value))
    : runtime.copiesOnce === true
      ? largeFrozen(step)
      : new Map<Value, Tensor>();
  const graph = frozen.size > 0 ? promote(step, [...frozen.keys()]) : step;
  if (isSingleStep({ state }, runtime) || runtime.keepsState === true) {
    const stop = runtime.copiesOnce === true;
    const { graph: ordered, over } = stop
      ? overwriteState(graph, { state, scalars })
      : { graph, over: undefined };
    return {
      bytes: stepModel(ordered, { state, perStep, scalars, openBatch }, { stop, over }),
      movedBytes: 0,
      frozen,
    };
  }
  return {
    bytes: loopModel(graph, { state, perStep, scalars, steps: "steps", openBatch }),
    movedBytes: bytesOf(state),
    frozen,
  };
}
