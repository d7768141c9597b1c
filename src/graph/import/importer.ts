import type { DType } from "../../core/dtype.js";
import { EngraftError } from "../../core/errors.js";
import type { Dim, Shape, TensorType } from "../../core/shape.js";
import { type Tensor, toNumbers } from "../../core/tensor.js";
import {
  type ExternalData,
  type GraphProto,
  type NodeProto,
  readTensor,
  readType,
} from "../../onnx/index.js";
import { Graph } from "../graph.js";
import { inferNode, type ShapeValues } from "../infer/index.js";
import { shapeValue } from "../infer/shape-value.js";
import { type AnyOpNode, none, type Value } from "../node.js";
import type { OpAttributes, OpName } from "../ops.js";
import { Attributes, nodeError, whereOf } from "./attributes.js";
import { inlineBranch, knownTruth } from "./branches.js";
import { canonical } from "./canonical.js";
import { type Expanded, expandNode, type Surroundings } from "./expand/expand-node.js";
import { place } from "./expand/place.js";
import { refuseLongLists, refuseManyAxes } from "./limits.js";
import { constantValue } from "./node-values.js";
import { opaqueTypes } from "./opaque-types.js";
import { nameOutputs } from "./outputs.js";
import { rewriteNode } from "./rewrite.js";
import { capturesOf } from "./subgraphs.js";
import { customNode, opaqueNode, trimmed, wholeRecurrence } from "./unknown-nodes.js";
import { type RewriteContext, upgradeNode } from "./upgrade.js";
import { widenInfo, widenNode, widenTensor } from "./widen.js";

export interface ImporterOptions {
  readonly externalData?: ExternalData;
  readonly operators?: readonly { readonly domain: string; readonly name: string }[];
  readonly inputShapes?: Readonly<Record<Value, Shape>>;
  readonly unroll?: boolean;
}

/**
 * Most nodes that all expansions of a file may add. onnxruntime's load time of a training step grows with the
 * square of their number: measured 11 s for an LSTM of 128 steps, 7 minutes for a bidirectional one of 512.
 */
const mostExpanded = 4096;

/** Converts the messages of a file to a graph, node by node, and infers types on the way. */
export class Importer implements RewriteContext {
  readonly graph: Graph;
  readonly storedAs = new Map<Value, DType>();
  readonly notes = new Set<string>();
  /** Tensors of the file's Constant nodes. */
  readonly constants = new Set<Tensor>();
  /** All names of the file and of added values. */
  private readonly names = new Set<Value>();
  /** How often each name was requested: n requests take n steps, not n². */
  private readonly counts = new Map<string, number>();
  /** Values that a node reads or that are outputs of the graph. */
  private readonly read = new Set<Value>();
  /** Values that subgraphs read by name; they must keep their name. */
  private readonly pinned = new Set<Value>();
  /** Values that equal another value: outputs of Identity. */
  private readonly alias = new Map<Value, Value>();
  private readonly shapeValues: ShapeValues = new Map();
  /** Number of nodes that expansions have added. */
  private expanded = 0;
  /** Conditions known before anything runs. */
  private readonly truths = new Map<Value, boolean>();
  /** Types stated in the file, for values whose type cannot be inferred. */
  private readonly stated = new Map<Value, TensorType>();

  constructor(
    private readonly proto: GraphProto,
    private readonly options: ImporterOptions,
  ) {
    this.graph = new Graph(proto.name || "graph");
    for (const { name } of [...proto.input, ...proto.initializer]) this.names.add(name);
    for (const node of proto.node) for (const v of node.output) this.names.add(v);
  }

  /** Records the names that nodes read. */
  private readBy(nodes: readonly NodeProto[]): void {
    for (const node of nodes) {
      for (const v of node.output) this.names.add(v);
      for (const v of node.input) this.read.add(v);
      for (const v of capturesOf(node)) {
        this.read.add(v);
        this.pinned.add(v);
      }
    }
  }

  /** Adds inputs and weights. Files before IR version 4 list weights as inputs too; those are weights. */
  begin(nodes: readonly NodeProto[]): void {
    const { graph, proto } = this;
    this.readBy(nodes);
    for (const { name } of proto.output) this.read.add(name);
    for (const info of [...proto.valueInfo, ...proto.output]) {
      widenInfo(info);
      const type = readType(info);
      if (type) this.stated.set(info.name, type);
    }
    if (proto.sparseInitializer.length > 0)
      throw new EngraftError("ModelError", "the model has sparse weights, which are not supported", {
        help: "export it with dense weights",
      });
    const weights = new Set(proto.initializer.map((t) => t.name));
    for (const info of proto.input) {
      if (weights.has(info.name)) continue;
      widenInfo(info);
      const type = readType(info);
      if (type === undefined || info.name === "")
        throw new EngraftError("ModelError", `input "${info.name}" is not a tensor of a known type`, {
          help: "only models whose inputs are tensors can be used",
        });
      graph.input(info.name, {
        dtype: type.dtype,
        shape: new Map(Object.entries(this.options.inputShapes ?? {})).get(info.name) ?? type.shape,
      });
    }
    for (const each of proto.initializer) {
      if (each.name === "") throw new EngraftError("ModelError", "a weight of the graph has no name");
      this.weight(each.name, readTensor(each, this.options.externalData));
    }
  }

  /** A weight; 16-bit floats become float32. */
  private weight(name: Value, value: Tensor): Tensor {
    const half = value.dtype === "float16" || value.dtype === "bfloat16";
    if (half) this.storedAs.set(name, value.dtype);
    const wide = half ? widenTensor(value) : value;
    this.graph.initializer(name, wide);
    return wide;
  }

  // Queries of upgrades (RewriteContext).
  shapeOf = (v: Value): Shape | undefined => this.graph.types.get(this.resolve(v))?.shape;
  dtypeOf = (v: Value): DType | undefined => this.graph.types.get(this.resolve(v))?.dtype;
  sizesOf = (v: Value): readonly Dim[] | undefined => {
    const known = this.shapeValues.get(this.resolve(v));
    const constant = known ? undefined : this.constantOf(v);
    // Limits the length of a list to a rank: see limits.ts.
    return (
      known ?? (constant?.dtype === "int64" && constant.data.length <= 64 ? toNumbers(constant) : undefined)
    );
  };
  constantOf = (v: Value): Tensor | undefined => this.graph.initializers.get(this.resolve(v));
  fresh = (hint: string): string => {
    let name = hint;
    let count = this.counts.get(hint) ?? 0;
    while (name === "" || this.names.has(name)) name = `${hint}_${++count}`;
    this.counts.set(hint, count);
    this.names.add(name);
    return name;
  };
  note = (text: string): void => {
    this.notes.add(text);
  };
  /** Adds a 0-d number as a constant. A list may be a weight in another shape. */
  constant = (hint: string, value: Tensor): Value =>
    this.graph.initializer(this.fresh(hint), value.dims.length === 0 ? { ...value, constant: true } : value);

  private resolve(v: Value): Value {
    return this.alias.get(v) ?? v;
  }

  /** Adds a node of the file, in the form of its opset. */
  add(node: NodeProto, opset: number): void {
    if (node.output.every((v) => v === none)) return;
    const condition =
      node.opType === "If" && isStandard(node.domain) ? this.truthOf(node.input[0]) : undefined;
    if (condition !== undefined) {
      this.addBranch(node, condition, opset);
      return;
    }
    widenNode(node, this.options.externalData);
    for (const each of upgradeNode(node, opset, this)) this.addOne(each, opset);
  }

  /** Adds the branch of an If whose condition is known. */
  private addBranch(node: NodeProto, condition: boolean, opset: number): void {
    const { weights, nodes } = inlineBranch(node, condition, this.fresh);
    for (const each of weights) this.weight(each.name, readTensor(each, this.options.externalData));
    this.readBy(nodes);
    for (const each of nodes) this.add(each, opset);
  }

  /** Returns a condition, if known. */
  private truthOf(v: Value | undefined): boolean | undefined {
    const constant = v === undefined ? undefined : this.constantOf(v);
    if (constant) return constant.data.length === 1 ? Boolean(Number(constant.data[0])) : undefined;
    return v === undefined ? undefined : this.truths.get(this.resolve(v));
  }

  /** Returns the one number that a value holds, if known; a truth value is 0 or 1. */
  private numberOf(v: Value): number | undefined {
    const list = this.sizesOf(v);
    const [only] = list?.length === 1 ? list : [];
    if (typeof only === "number") return only;
    const truth = this.truthOf(v);
    return truth === undefined || this.dtypeOf(v) !== "bool" ? undefined : Number(truth);
  }

  /** Adds a node of opset 18, or its expansion. User-defined operators are not expanded. */
  private addOne(node: NodeProto, opset: number): void {
    const made = this.isCustom(node) ? undefined : expandNode(node, this.surroundings(node, opset));
    if (made && "whole" in made && made.whole && !("graph" in made && this.options.unroll))
      this.addWhole(node, made);
    else if (made && "graph" in made) this.addExpanded(node, made);
    else if (made && "nodes" in made) for (const each of made.nodes) this.addRewritten(each);
    else this.addRewritten(node, made?.stays);
  }

  /** Adds nodes whose operator or form has a simpler equivalent. */
  private addRewritten(node: NodeProto, stays?: string): void {
    const own = this.isCustom(node) && !Object.hasOwn(canonical, node.opType);
    const made = own ? [node] : rewriteNode(node, this);
    if (typeof made === "string") this.addUnknown(node, made);
    else for (const each of made) this.addCanonical(each, stays);
  }

  private surroundings(node: NodeProto, opset: number): Surroundings {
    const inputs = this.inputsOf(node);
    const budget = mostExpanded - this.expanded;
    return { opset, context: this, inputs, graph: this.graph, reads: this.reads, budget };
  }
  private inputsOf(node: NodeProto): Value[] {
    return trimmed(node.input.map((v) => this.resolve(v)));
  }
  private reads = (v: Value): boolean => v !== none && this.read.has(v);
  private isCustom({ domain, opType }: NodeProto): boolean {
    const same = (d: string): boolean => d === domain || (isStandard(domain) && d === "");
    return this.options.operators?.some((o) => o.name === opType && same(o.domain)) ?? false;
  }

  /** @param stays reason why the node was not expanded */
  private addCanonical(node: NodeProto, stays?: string): void {
    const { domain, opType } = node;
    const inputs = this.inputsOf(node);
    const standard = isStandard(domain);
    if (standard && this.expand(node, inputs)) return;
    const known =
      Object.hasOwn(canonical, opType) &&
      (opType === "FusedMatMul" ? domain === "com.microsoft" : standard) &&
      (opType as OpName);
    const reason = known ? this.addOp(node, known, inputs) : stays;
    if (!known || reason !== undefined) this.addUnknown(node, reason);
  }

  /** Adds a recurrence that could be unrolled. It counts with the size of its expansion. */
  private addWhole(node: NodeProto, made: Partial<Expanded> & { readonly stays?: string }): void {
    this.expanded += made.graph?.nodes.length ?? 0;
    if (made.stays !== undefined) this.passedOn(node, made.stays);
    const whole = wholeRecurrence(node, this.inputsOf(node), this.constantOf, made.stays);
    const types = inferNode(this.graph, whole);
    this.graph.push(
      whole,
      node.output.map((v, i) => types[i] ?? this.stated.get(v)),
    );
  }

  private addExpanded(node: NodeProto, made: Expanded): void {
    this.expanded += made.graph.nodes.length;
    place(node, made, {
      graph: this.graph,
      reads: this.reads,
      fresh: this.fresh,
      constant: this.constant,
      push: ({ op, name, inputs, outputs, attributes }) => this.push(op, name, inputs, outputs, attributes),
      same: (v, y) => this.same(node, v, y),
    });
  }

  /** Expands a node. Returns false if it has no expansion. */
  private expand(node: NodeProto, inputs: readonly Value[]): boolean {
    const [x] = inputs;
    const y = node.output[0] ?? none;
    const a = new Attributes(node);
    switch (node.opType) {
      case "Constant":
        if (inputs.length > 0 || y === none) throw nodeError(node, "a constant has no inputs and one output");
        this.constants.add(this.weight(y, constantValue(node)));
        return true;
      case "Dropout":
        if (node.output[1] && this.read.has(node.output[1])) return false;
        if (x === undefined || x === none) throw nodeError(node, "it has no input");
        return !this.dropsAtRandom(node, inputs[1] ?? none, inputs[2] ?? none) && this.same(node, x, y);
      case "Identity":
        return x !== undefined && x !== none && this.same(node, x, y);
      case "Cast": {
        const to = a.int("to");
        if (x === undefined || x === none || to === undefined) return false;
        // 1 is float32, which float16 was converted to.
        return to === 1 && this.dtypeOf(x) === "float32" && this.same(node, x, y);
      }
      default:
        return false;
    }
  }

  /** True for a Dropout in training mode: the model's results are random, and removing it would change them. */
  private dropsAtRandom(node: NodeProto, ratio: Value, mode: Value): boolean {
    const training = mode === none ? 0 : this.constantOf(mode)?.data[0];
    if (training !== undefined && !training) return false;
    // torchvision's Swin exports its dropout in training mode with ratio 0.
    const share = this.constantOf(ratio);
    if (share?.data.length === 1 && toNumbers(share)[0] === 0) return false;
    const why = training ? "training_mode is true" : `training_mode ("${mode}") is computed`;
    this.notes.add(
      `${whereOf(node)} is passed on as it came: ${why}, so that it drops values at random; export the model in inference mode`,
    );
    return true;
  }

  /** Records that y equals x. A weight is stored again under its name; other values are read in place of y. */
  private same(node: NodeProto, x: Value, y: Value): boolean {
    const weight = this.graph.initializers.get(x);
    if (weight) {
      this.graph.initializer(y, weight);
      const dtype = this.storedAs.get(x);
      if (dtype) this.storedAs.set(y, dtype);
    } else if (this.pinned.has(y)) this.push("Identity", node.name, [x], [y], {});
    else {
      this.graph.claim(y);
      this.alias.set(y, x);
    }
    return true;
  }

  /** Adds a node of a known operator. Returns the reason if this form is not supported. */
  private addOp<Op extends OpName>(node: NodeProto, op: Op, inputs: readonly Value[]): string | undefined {
    const [min, max, read, mostOutputs = 1] = canonical[op];
    if (inputs.length < min || inputs.slice(0, min).includes(none) || inputs.length > max) {
      const range =
        min === max ? `${min}` : max === Number.POSITIVE_INFINITY ? `${min} or more` : `${min} to ${max}`;
      throw nodeError(node, `it has ${inputs.filter((v) => v !== none).length} inputs, expected ${range}`);
    }
    const outputs = trimmed(node.output.map((v, i) => (i === 0 || this.read.has(v) ? v : none)));
    if (outputs[0] === none || outputs.length > mostOutputs)
      return `it has ${node.output.length} outputs, of which ${mostOutputs} can be used`;
    const attributes = read({
      node,
      a: new Attributes(node),
      typeOf: (i) => this.graph.types.get(inputs[i] ?? none),
      constantOf: (i) => this.graph.initializers.get(inputs[i] ?? none),
    });
    if (typeof attributes === "string") return attributes;
    this.push(
      op,
      node.name,
      inputs,
      op === "Split" || op === "TopK" ? node.output.map((v) => v || this.fresh("unused")) : outputs,
      attributes,
    );
    return undefined;
  }

  private push<Op extends OpName>(
    op: Op,
    name: string,
    inputs: readonly Value[],
    outputs: readonly Value[],
    attributes: OpAttributes[Op],
  ): void {
    const node = { kind: "op", op, name, inputs, outputs, attributes } as unknown as AnyOpNode;
    refuseLongLists(this.graph, node);
    const types = inferNode(this.graph, node, this.shapeValues);
    refuseManyAxes(node, types);
    this.graph.push(
      node,
      outputs.map((v, i) => types[i] ?? this.stated.get(v)),
    );
    const sizes = shapeValue(this.graph, node, this.shapeValues);
    if (sizes && outputs[0]) this.shapeValues.set(outputs[0], sizes);
    const truth = outputs[0] && knownTruth(node, (i) => this.numberOf(inputs[i] ?? none));
    if (typeof truth === "boolean") this.truths.set(outputs[0]!, truth);
  }

  private addUnknown(node: NodeProto, why: string | undefined): void {
    const inputs = this.inputsOf(node);
    if (why !== undefined) this.passedOn(node, why);
    const types = this.isCustom(node) ? [] : opaqueTypes(node, inputs, this.graph.types);
    this.graph.push(
      this.isCustom(node) ? customNode(node, inputs) : opaqueNode(node, inputs, why),
      node.output.map((v, i) => this.stated.get(v) ?? types[i]),
    );
  }

  private passedOn(node: NodeProto, why: string): void {
    this.notes.add(`${whereOf(node)} is passed on as it came: ${why}`);
  }

  /** Adds the outputs of the graph under the names of the file. */
  finish(): Graph {
    const names = this.proto.output.map((each) => each.name);
    return nameOutputs(this.graph, names, this.alias, this.pinned);
  }
}

function isStandard(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}
