import { create } from "@bufbuild/protobuf";
import { EngraftError } from "../core/errors.js";
import {
  DataType,
  type GraphProto,
  NodeProtoSchema,
  ValueInfoProtoSchema,
  valueInfo,
  writeModel,
} from "../onnx/index.js";
import type { Graph } from "./graph.js";
import { overOutput, stateOutput, stopOutput } from "./loop-names.js";
import type { Value } from "./node.js";
import { graphModel, graphToProto, nameOnce, type ToOnnxOptions } from "./to-onnx.js";
import { type LoopSpec, open } from "./to-onnx-loop.js";

/**
 * Returns a model of one step, for a large state. The runtime copies the state at most once per step, when it
 * returns it. A Loop copies it at the end of a block and again when it returns it, and holds a third copy
 * meanwhile.
 *
 *     inputs   each perStep value · each state
 *     outputs  `<state>.next`, or `<state>.over` · each scalar
 *
 * @param options.over inputs of states that may be overwritten, see `overwriteState()`
 * @param options.stop put {@link stopOutput} before them, for a runtime that can then write them in place
 * @throws ModelError if a state's next value is not computed in the step, or belongs to two states
 */
export function stepModel(
  step: Graph,
  {
    state,
    perStep = [],
    scalars,
    openBatch = false,
  }: Pick<LoopSpec, "state" | "scalars"> & Partial<LoopSpec>,
  {
    stop = false,
    over = new Set(),
    ...options
  }: ToOnnxOptions & { readonly stop?: boolean; readonly over?: ReadonlySet<Value> } = {},
): Uint8Array {
  const renamed = step.withoutNodes();
  const names = new Map<Value, Value>(
    state.map((s) => [s.output, (over.has(s.input) ? overOutput : stateOutput)(s.input)]),
  );
  const made = new Set(step.nodes.flatMap((n) => n.outputs));
  const missing = state.find((s) => !made.has(s.output));
  if (missing !== undefined || names.size < state.length) {
    throw new EngraftError("ModelError", "stepModel: the next value of a state is not its own", {
      at: missing === undefined ? `graph "${step.name}"` : `"${missing.input}" becomes "${missing.output}"`,
    });
  }
  const of = (v: Value): Value => names.get(v) ?? v;
  for (const node of step.nodes) {
    const [inputs, outputs] = [node.inputs.map(of), node.outputs.map(of)];
    renamed.push({ ...node, inputs, outputs }, step.typesOf(node));
  }
  renamed.outputs.push(...state.map((s) => of(s.output)), ...scalars);
  const proto = graphToProto(renamed, options);
  nameOnce(proto.node);
  if (openBatch) {
    proto.valueInfo = [];
    proto.input = renamed.inputs.map((v) => {
      const type = renamed.types.get(v);
      return valueInfo(v, perStep.includes(v) ? open(type) : type);
    });
  }
  if (stop) putStop(proto);
  return writeModel(graphModel(renamed, proto, options));
}

function putStop(proto: GraphProto): void {
  proto.node.push(
    create(NodeProtoSchema, { name: stopOutput, opType: "SequenceEmpty", output: [stopOutput] }),
  );
  const elemType = { value: { case: "tensorType", value: { elemType: DataType.FLOAT } } } as const;
  const type = { value: { case: "sequenceType", value: { elemType } } } as const;
  proto.output.unshift(create(ValueInfoProtoSchema, { name: stopOutput, type }));
}
