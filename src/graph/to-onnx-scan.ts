import { toBinary } from "@bufbuild/protobuf";
import { AttributeProtoSchema, attribute } from "../onnx/index.js";
import { Builder } from "./builder.js";
import { Graph } from "./graph.js";
import type { Value } from "./node.js";
import { graphToProto } from "./to-onnx.js";

/** Inputs of a {@link appendScan}. */
export interface ScanInputs {
  /** The state before the first step. */
  readonly state: Value;
  /** float32[T, …]: each step reads one entry of the first axis. */
  readonly sequence: Value;
  /** Values that every step reads whole. */
  readonly constants: readonly Value[];
}
/** One step: returns the next state, and the values to keep of the step. */
export type ScanStep = (
  g: Builder,
  step: { readonly state: Value; readonly entry: Value; readonly constants: readonly Value[] },
) => { readonly state: Value; readonly kept: readonly Value[] };

/**
 * Appends a recurrence over the first axis of `sequence` as one ONNX Scan, which is a loop inside the runtime. Unrolled,
 * 500 steps would be 12,000 nodes. No gradient passes a Scan: put its input in the objective's `constants`.
 *
 * @returns the kept values, each stacked over the steps: float32[T, …]
 */
export function appendScan(g: Builder, { state, sequence, constants }: ScanInputs, step: ScanStep): Value[] {
  const { graph } = g;
  const name = graph.fresh(`${g.prefix}/Scan`);
  const { dtype, shape } = graph.typeOf(sequence);
  const body = new Graph(`${name}/body`);
  // Names of a subgraph must differ from those outside.
  const inner = new Builder(body, `${name}/step`);
  const before = body.input(`${name}/state`, graph.typeOf(state));
  const entry = body.input(`${name}/entry`, { dtype, shape: shape!.slice(1) });
  for (const constant of constants) body.input(constant, graph.typeOf(constant));
  const made = step(inner, { state: before, entry, constants });
  const kept = made.kept.map((v) => inner.identity(v));
  body.outputs.push(made.state, ...kept);

  const proto = graphToProto(body);
  // The body reads constants from the graph around it.
  proto.input = proto.input.slice(0, 2);
  const stacked = kept.map((v) => ({ dtype: body.typeOf(v).dtype, shape: [shape![0]!, ...body.dims(v)] }));
  const [last, ...outputs] = ["last", ...kept.map((_, i) => `kept.${i}`)].map((o) =>
    graph.fresh(`${name}/${o}`),
  );
  graph.push(
    {
      kind: "opaque",
      op: "Scan",
      domain: "",
      name,
      captures: [...constants],
      inputs: [state, sequence],
      outputs: [last!, ...outputs],
      attributes: [attribute.graph("body", proto), attribute.int("num_scan_inputs", 1)].map((a) =>
        toBinary(AttributeProtoSchema, a),
      ),
    },
    [graph.typeOf(state), ...stacked],
  );
  return outputs;
}
