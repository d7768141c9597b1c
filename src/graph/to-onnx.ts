import { create, fromBinary } from "@bufbuild/protobuf";
import { EngraftError } from "../core/errors.js";
import { castTensor, type Tensor } from "../core/tensor.js";
import {
  type AttributeProto,
  AttributeProtoSchema,
  attribute,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  tensorProto,
  valueInfo,
  writeModel,
} from "../onnx/index.js";
import { type Graph, readsOf } from "./graph.js";
import type { Node, Value } from "./node.js";
import type { OpName } from "./ops.js";
import { customAttributeProtos, opAttributeProtos } from "./to-onnx-attributes.js";

export interface ToOnnxOptions {
  /** Opset of the file, 18 to 25. Default: 18, or the opset of the graph's opaque nodes. */
  readonly opset?: number;
  /** Free text stored in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Store float32 weights of 256 elements or more as float16, cast back when the model is loaded. Default false. */
  readonly fp16Initializers?: boolean;
  /** Store these float32 weights as 16-bit floats, cast back when the model is loaded. */
  readonly storeAs?: ReadonlyMap<Value, HalfType>;
}
/** Formats in which a float32 weight may be stored. */
export type HalfType = "float16" | "bfloat16";

/** Opset of the canonical form in graph/ops.ts. */
export const canonicalOpset = 18;
/** IR version of each opset (ONNX's docs/Versioning.md). A runtime refuses IR versions newer than it knows. */
const irVersions: Readonly<Record<number, bigint>> = {
  18: 8n,
  19: 9n,
  20: 9n,
  21: 10n,
  22: 10n,
  23: 11n,
  24: 12n,
  25: 13n,
};
/** Operators introduced after the canonical opset. */
const since: { readonly [Op in OpName]?: number } = { Gelu: 20 };
const microsoft = "com.microsoft";

/**
 * Returns the bytes of a standard ONNX file for a graph. Weights that nothing reads are left out.
 *
 * @throws OptionError for an opset that cannot express the graph
 * @throws ModelError if the file would be larger than 2 GB
 */
export function toOnnx(graph: Graph, options: ToOnnxOptions = {}): Uint8Array {
  return writeModel(graphModel(graph, graphToProto(graph, options), options));
}

/** Wraps a graph message in a model message: versions, domains, metadata. */
export function graphModel(graph: Graph, proto: GraphProto, options: ToOnnxOptions = {}) {
  const opset = emissionOpset(graph, options);
  const domains = new Map<string, number>([["", opset]]);
  for (const node of graph.nodes) {
    if (node.kind === "op" && node.op === "FusedMatMul") domains.set(microsoft, 1);
    if (node.kind !== "op" && !standard(node.domain))
      domains.set(node.domain, graph.opsets.get(node.domain) ?? 1);
  }
  // Subgraphs of opaque nodes may hold nodes of any domain of the file.
  if (graph.nodes.some((n) => n.kind === "opaque" && n.attributes.length > 0))
    for (const [domain, version] of graph.opsets) if (!standard(domain)) domains.set(domain, version);
  return create(ModelProtoSchema, {
    irVersion: irVersions[opset]!,
    producerName: "engraft",
    graph: proto,
    opsetImport: [...domains].map(([domain, version]) => ({ domain, version: BigInt(version) })),
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) => ({ key, value })),
  });
}

function standard(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

/** Returns the lowest opset in which a node has this meaning. */
function neededBy(node: Node, graph: Graph): number {
  if (node.kind === "opaque") return graph.opsets.get("") ?? canonicalOpset;
  if (node.kind !== "op") return canonicalOpset;
  const later = (opset: number, when: boolean): number => (when ? opset : canonicalOpset);
  switch (node.op) {
    case "Pad":
      return later(19, node.attributes.mode === "wrap");
    case "AveragePool":
      return later(
        19,
        node.attributes.dilations.some((d) => d !== 1),
      );
    case "Resize":
      return later(19, node.attributes.coordinate_transformation_mode === "half_pixel_symmetric");
    case "Equal":
      return later(19, graph.types.get(node.inputs[0]!)?.dtype === "string");
    case "ReduceMax":
    case "ReduceMin":
      return later(20, graph.types.get(node.inputs[0]!)?.dtype === "bool");
    default:
      return since[node.op] ?? canonicalOpset;
  }
}

/** Returns the lowest opset that can express the graph, or the requested one. */
function emissionOpset(graph: Graph, { opset }: ToOnnxOptions): number {
  const needed = graph.nodes.reduce((most, node) => Math.max(most, neededBy(node, graph)), canonicalOpset);
  const chosen = opset ?? needed;
  if (chosen >= needed && chosen in irVersions) return chosen;
  throw new EngraftError(
    "OptionError",
    `the graph cannot be written at opset ${chosen}: it needs ${needed} to 25`,
    {
      help: `leave the opset out, or use ${needed}`,
      details: { opset: chosen, needed },
    },
  );
}

/** Returns the message of a graph, for a model or as the body of a Loop. */
export function graphToProto(
  graph: Graph,
  options: Pick<ToOnnxOptions, "fp16Initializers" | "storeAs"> = {},
): GraphProto {
  const used = new Set<Value>(graph.outputs);
  for (const node of graph.nodes) for (const value of readsOf(node)) used.add(value);
  const proto = create(GraphProtoSchema, { name: graph.name });
  proto.input = graph.inputs.map((v) => valueInfo(v, graph.types.get(v)));
  proto.output = graph.outputs.map((v) => valueInfo(v, graph.types.get(v)));
  for (const [name, value] of graph.initializers) {
    if (!used.has(name)) continue;
    const type = options.storeAs?.get(name) ?? (options.fp16Initializers && worthHalving(value) && "float16");
    if (type) {
      const half = graph.fresh(`${name}.${type === "float16" ? "fp16" : "bf16"}`);
      proto.initializer.push(tensorProto(half, castTensor(value, type)));
      const to = attribute.int("to", 1);
      proto.node.push(
        create(NodeProtoSchema, {
          opType: "Cast",
          name: half,
          input: [half],
          output: [name],
          attribute: [to],
        }),
      );
    } else proto.initializer.push(tensorProto(name, value));
  }
  const given = new Set(graph.outputs);
  for (const node of graph.nodes) {
    proto.node.push(nodeToProto(node));
    // A later reader cannot infer more than Engraft can.
    if (node.kind === "op") continue;
    for (const output of node.outputs) {
      const type = graph.types.get(output);
      if (type && !given.has(output)) proto.valueInfo.push(valueInfo(output, type));
    }
  }
  nameOnce(proto.node);
  return proto;
}

/** Makes node names unique: onnxruntime refuses duplicates, but accepts empty names. */
export function nameOnce(nodes: readonly NodeProto[]): void {
  const seen = new Set<string>();
  for (const node of nodes) {
    if (seen.has(node.name)) node.name = "";
    seen.add(node.name);
  }
}

/** True for weights worth halving. Below 256 elements (biases, norms) it saves little and costs precision. */
export function worthHalving({ dtype, data }: Tensor): boolean {
  return dtype === "float32" && data.length >= 256;
}

function nodeToProto(node: Node): NodeProto {
  return create(NodeProtoSchema, {
    name: node.name,
    opType: node.op,
    domain: node.kind === "op" ? (node.op === "FusedMatMul" ? microsoft : "") : node.domain,
    input: withoutTrailingNone(node.inputs),
    output: withoutTrailingNone(node.outputs),
    attribute: attributesOf(node),
  });
}

function attributesOf(node: Node): AttributeProto[] {
  if (node.kind === "opaque") return node.attributes.map((bytes) => fromBinary(AttributeProtoSchema, bytes));
  return node.kind === "op" ? opAttributeProtos(node) : customAttributeProtos(node);
}

function withoutTrailingNone(values: readonly Value[]): Value[] {
  let end = values.length;
  while (end > 0 && values[end - 1] === "") end--;
  return values.slice(0, end);
}
