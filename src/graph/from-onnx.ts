import { type DType, isFloat } from "../core/dtype.js";
import { EngraftError } from "../core/errors.js";
import type { Shape } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import { type ExternalData, type ModelProto, readModel } from "../onnx/index.js";
import type { Graph } from "./graph.js";
import { symbolicBatch } from "./import/batch/symbolic-batch.js";
import { emptyCache, withoutCache } from "./import/empty-cache.js";
import { Importer } from "./import/importer.js";
import { inlineFunctions } from "./import/inline-functions.js";
import { refuseLongSignatures } from "./import/limits.js";
import { sortNodes } from "./import/sort.js";
import type { Value } from "./node.js";
import { removeDeadCode } from "./passes/dead-code.js";
import { foldConstants } from "./passes/fold-constants.js";
import { recognize } from "./passes/recognize.js";
import { canonicalOpset } from "./to-onnx.js";

export interface FromOnnxOptions {
  /** Reads weights in files next to the model. Without it, a model with such files is refused. */
  readonly externalData?: ExternalData;
  /** User-defined operators. They become custom nodes instead of opaque ones. */
  readonly operators?: readonly { readonly domain: string; readonly name: string }[];
  /** Shapes for inputs whose sizes the file leaves open, e.g. the image size. */
  readonly inputShapes?: Readonly<Record<Value, Shape>>;
  /**
   * True: a decoder is read as it computes a whole text. Inputs with keys and values of earlier tokens (`past_key_values.0.key`, …) are
   * left out, and so are the outputs for the next call. A merged decoder runs its branch without them. Default false.
   */
  readonly emptyCache?: boolean;
  /** Replaces a fixed batch size by a symbolic one where the model permits it. Default true. */
  readonly freeBatch?: boolean;
  /**
   * Unrolls LSTM, GRU and RNN of known length into their steps. Default false: they stay whole, which loads and
   * runs faster. `unrollRecurrent()` later unrolls those that a gradient passes through.
   */
  readonly unroll?: boolean;
}

/** A model read from a file. */
export interface Imported {
  readonly graph: Graph;
  /** Opset of the file. The graph itself is in the form of opset 18. */
  readonly opset: number;
  readonly irVersion: number;
  /** Program that wrote the file, with its version. May be empty. */
  readonly producer: string;
  /** Weights that the file stores as 16-bit floats; the graph holds them as float32. */
  readonly storedAs: ReadonlyMap<Value, DType>;
  /** Inputs with keys and values of earlier tokens that `emptyCache` left out, with their sizes in the file. */
  readonly cache?: ReadonlyMap<Value, Shape>;
  /** Sentences about what was changed or could not be changed. */
  readonly notes: readonly string[];
}

/** Opset 7 introduced today's broadcasting. Older files give the same attributes another meaning. */
const oldest = 7;

/**
 * Reads an ONNX file of opset 7 or later into the canonical form of graph/ops.ts.
 *
 * - Operators that Engraft does not know stay as opaque nodes: they run, but cannot be trained through.
 * - Written-out LayerNormalization, Gelu and HardSwish become one operator each.
 * - 16-bit floats become float32. A fixed batch becomes symbolic if that is safe.
 * - Sizes computed in the graph are folded as far as they are known.
 *
 * Most weights are views of `bytes` if they are aligned: do not change those.
 *
 * @throws ModelError if the file is damaged, or its graph has a cycle, a missing or a doubled value.
 * @throws ShapeError if shapes in it do not fit.
 */
export function fromOnnx(bytes: Uint8Array, options: FromOnnxOptions = {}): Imported {
  const model = readModel(bytes);
  const proto = model.graph!;
  const opset = opsetOf(model);
  const cache = options.emptyCache ? emptyCache(proto) : new Map<Value, Shape>();
  const importer = new Importer(proto, options);
  const nodes = inlineFunctions(model, opset, importer.fresh);
  refuseLongSignatures(
    proto,
    nodes.map(({ node }) => node),
  );
  importer.begin(nodes.map(({ node }) => node));
  const given = new Set([...importer.graph.inputs, ...importer.graph.initializers.keys()]);
  for (const each of sortNodes(nodes, given)) importer.add(each.node, each.opset);
  let graph = importer.finish();
  markConstants(graph, importer.constants);
  graph.opsets.set("", Math.max(opset, canonicalOpset));
  for (const { domain, version } of model.opsetImport)
    if (domain !== "" && domain !== "ai.onnx") graph.opsets.set(domain, Number(version));

  const notes = [...importer.notes];
  if (cache.size > 0) {
    graph = withoutCache(graph);
    notes.push(
      `texts are read as a whole: ${cache.size} inputs with keys and values of earlier tokens are left out`,
    );
  }
  if (options.freeBatch ?? true) {
    const free = symbolicBatch(graph);
    if (typeof free === "string") notes.push(`the batch stays fixed: ${free}`);
    else if (free) graph = free;
  }
  graph = recognize(removeDeadCode(foldConstants(graph)));
  ownWeights(graph, bytes);
  const storedAs = new Map([...importer.storedAs].filter(([name]) => graph.initializers.has(name)));
  if (storedAs.size > 0)
    notes.push(`${storedAs.size} weights are stored as 16-bit floats; they are used as float32`);
  return {
    graph,
    opset,
    irVersion: Number(model.irVersion),
    producer: [model.producerName, model.producerVersion].filter((s) => s !== "").join(" "),
    storedAs,
    ...(cache.size > 0 && { cache }),
    notes,
  };
}

/**
 * Copies views of the file if there are few: they would keep the whole file in memory, in addition to the copied weights.
 */
function ownWeights({ initializers }: Graph, { buffer, length }: Uint8Array): void {
  const views = [...initializers].filter(
    ([, { data }]) => (data as Float32Array).buffer === buffer && ArrayBuffer.isView(data),
  );
  const viewed = views.reduce((n, [, { data }]) => n + (data as Float32Array).byteLength, 0);
  if (2 * viewed > length) return;
  for (const [name, value] of views)
    initializers.set(name, { ...value, data: (value.data as Float32Array).slice() } as Tensor);
}

function opsetOf(model: ModelProto): number {
  const entry = model.opsetImport.find((o) => o.domain === "" || o.domain === "ai.onnx");
  if (!entry) refuseOtherDomains(model);
  // A file of IR version 1 or 2 has no opset entry; its opset is 1.
  const opset = entry ? Number(entry.version) : 1;
  if (opset >= oldest && opset < 1000) return opset;
  throw new EngraftError(
    "ModelError",
    `the model is of opset ${opset}; Engraft reads opset ${oldest} and later`,
    {
      help: "export it with a newer opset, or convert it with onnx.version_converter",
      details: { opset },
    },
  );
}

/** @throws ModelError for a file that names only the opsets of other domains, such as one of trees by scikit-learn */
function refuseOtherDomains({ opsetImport, graph }: ModelProto): void {
  const domains = [...new Set(opsetImport.map(({ domain }) => domain))];
  if (domains.length === 0) return;
  const operators = [...new Set(graph?.node.map(({ opType }) => opType))];
  const classic = domains.includes("ai.onnx.ml");
  throw new EngraftError(
    "ModelError",
    `the model has no operators of ONNX itself, only of ${domains.join(" and ")}: ${operators.slice(0, 8).join(", ")}`,
    {
      help: classic
        ? "trees and linear models, as scikit-learn exports them, have no layers to transfer: give a neural network"
        : "give a model with standard operators",
      details: { domains, operators },
    },
  );
}

/**
 * Marks the tensors of Constant nodes, so that they are never trained. PyTorch writes parameters and buffers as
 * initializers, and numbers of its program as Constant nodes. Paddle2ONNX writes parameters as Constant nodes too:
 * if Constant nodes hold more floats than initializers do, nothing is marked.
 */
export function markConstants({ initializers }: Graph, constants: ReadonlySet<Tensor>): void {
  let [inNodes, inInitializers] = [0, 0];
  for (const tensor of new Set(initializers.values())) {
    if (!isFloat(tensor.dtype)) continue;
    if (constants.has(tensor)) inNodes += tensor.data.length;
    else inInitializers += tensor.data.length;
  }
  if (inNodes > inInitializers) return;
  for (const [name, tensor] of initializers)
    if (constants.has(tensor) && isFloat(tensor.dtype)) initializers.set(name, { ...tensor, constant: true });
}
