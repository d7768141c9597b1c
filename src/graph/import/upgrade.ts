import { clone, create } from "@bufbuild/protobuf";
import type { DType } from "../../core/dtype.js";
import type { Dim, Shape } from "../../core/shape.js";
import { castTensor, float32, int64, scalar, type Tensor, toNumbers } from "../../core/tensor.js";
import {
  type AttributeProto,
  attribute,
  type GraphProto,
  type NodeProto,
  NodeProtoSchema,
  tensorProto,
} from "../../onnx/index.js";
import { Attributes, nodeError, whereOf } from "./attributes.js";
import { subgraphsOf } from "./subgraphs.js";

/** Queries and additions that an upgrade may make. */
export interface UpgradeContext {
  /** Shape of a value, if known. */
  shapeOf(v: string): Shape | undefined;
  dtypeOf(v: string): DType | undefined;
  constantOf(v: string): Tensor | undefined;
  /** Adds a constant and returns its name. */
  constant(hint: string, value: Tensor): string;
  fresh(hint: string): string;
  /** Records an assumption, in a sentence. */
  note(text: string): void;
}

/** Additional queries of a rewrite. */
export interface RewriteContext extends UpgradeContext {
  /** Sizes that an integer list holds, symbolic names included, if they could be followed. */
  sizesOf(v: string): readonly Dim[] | undefined;
}

/** Converts a node of an older opset to nodes of opset 18. */
type Upgrade = (node: NodeProto, a: Attributes, c: UpgradeContext) => NodeProto[];

/** [opset since which the operator has the form of opset 18, conversion of older forms]. */
const upgrades: Readonly<Record<string, readonly [since: number, Upgrade]>> = {
  BatchNormalization: [14, batchNormalization],
  Clip: [11, clip],
  Dropout: [12, dropout],
  Hardmax: [13, coerced],
  LogSoftmax: [13, coerced],
  Pad: [11, pad],
  ReduceL1: [18, reduce],
  ReduceL2: [18, reduce],
  ReduceLogSum: [18, reduce],
  ReduceLogSumExp: [18, reduce],
  ReduceMax: [18, reduce],
  ReduceMean: [18, reduce],
  ReduceMin: [18, reduce],
  ReduceProd: [18, reduce],
  ReduceSum: [13, reduce],
  ReduceSumSquare: [18, reduce],
  Resize: [11, resize],
  RoiAlign: [16, roiAlign],
  Scan: [9, scan],
  Scatter: [11, scatter],
  Slice: [10, slice],
  Softmax: [13, coerced],
  Split: [18, split],
  Squeeze: [13, axesToInput],
  TopK: [10, topK],
  Unsqueeze: [13, axesToInput],
  Upsample: [19, upsample],
};

/**
 * Converts a node of an older opset, subgraphs included, to equivalent nodes of opset 18. Opaque nodes are
 * converted too, so that they can be in one file with nodes that Engraft writes.
 * @throws ModelError for an operator whose old form has no equivalent
 */
export function upgradeNode(node: NodeProto, opset: number, context: UpgradeContext): NodeProto[] {
  if (opset >= 18 || !(node.domain === "" || node.domain === "ai.onnx")) return [node];
  for (const graph of subgraphsOf(node)) upgradeGraph(graph, opset, context);
  const entry = Object.hasOwn(upgrades, node.opType) ? upgrades[node.opType] : undefined;
  if (!entry || opset >= entry[0]) return [node];
  return entry[1](node, new Attributes(node), context);
}

function upgradeGraph(graph: GraphProto, opset: number, outer: UpgradeContext): void {
  const context: UpgradeContext = {
    fresh: outer.fresh,
    note: outer.note,
    shapeOf: () => undefined,
    dtypeOf: () => undefined,
    constantOf: () => undefined,
    constant(hint, value) {
      const name = outer.fresh(hint);
      graph.initializer.push(tensorProto(name, value));
      return name;
    },
  };
  graph.node = graph.node.flatMap((n) => upgradeNode(n, opset, context));
}

/** Returns the node with other inputs, and without some attributes. */
export function changed(
  node: NodeProto,
  inputs: readonly string[],
  dropped: readonly string[] = [],
  added: readonly AttributeProto[] = [],
): NodeProto {
  const copy = clone(NodeProtoSchema, create(NodeProtoSchema, { ...node, attribute: [] }));
  copy.input = [...inputs];
  copy.attribute = [...node.attribute.filter((x) => !dropped.includes(x.name)), ...added];
  return copy;
}

function ints(
  c: UpgradeContext,
  node: NodeProto,
  what: string,
  values: readonly (number | bigint)[],
): string {
  return c.constant(`${node.output[0] || node.opType}.${what}`, int64([values.length], values as bigint[]));
}
/** Adds a 0-d constant of the type of the node's first input. */
function number(c: UpgradeContext, node: NodeProto, what: string, value: number): string {
  const dtype = c.dtypeOf(node.input[0] ?? "") === "float64" ? "float64" : "float32";
  return c.constant(`${node.output[0] || node.opType}.${what}`, castTensor(scalar(value), dtype));
}
/** Creates a node of a standard operator, named after its first output. */
export function make(
  opType: string,
  input: string[],
  output: string[],
  attributes: AttributeProto[] = [],
): NodeProto {
  return create(NodeProtoSchema, { opType, name: output[0] ?? "", input, output, attribute: attributes });
}

/** Converts to inference form with one output. The other outputs held running statistics that nothing reads. */
function batchNormalization(node: NodeProto, a: Attributes): NodeProto[] {
  if (a.int("spatial") === 0)
    throw nodeError(
      node,
      "statistics per position (spatial = 0) are not supported",
      "export the model again with opset 9 or later",
    );
  const copy = changed(node, node.input, ["spatial"]);
  copy.output = node.output.slice(0, 1);
  return [copy];
}

function clip(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const bound = (name: string): string => {
    const value = a.float(name);
    return value === undefined ? "" : number(c, node, name, value);
  };
  return [changed(node, [node.input[0] ?? "", bound("min"), bound("max")], ["min", "max"])];
}

function dropout(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  // Dropout's default ratio (ONNX, Dropout-12).
  const ratio = a.float("ratio") ?? 0.5;
  return [changed(node, [node.input[0] ?? "", number(c, node, "ratio", ratio)], ["ratio"])];
}

function pad(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const pads = a.bigints("pads");
  if (!pads) throw nodeError(node, 'attribute "pads" is missing');
  const inputs = [
    node.input[0] ?? "",
    ints(c, node, "pads", pads),
    number(c, node, "value", a.float("value") ?? 0),
  ];
  return [changed(node, inputs, ["pads", "value"])];
}

/** ReduceSum takes its axes as an input since opset 13, the other reductions since 18. */
function reduce(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const axes = a.bigints("axes");
  const x = node.input[0] ?? "";
  return [changed(node, axes && axes.length > 0 ? [x, ints(c, node, "axes", axes)] : [x], ["axes"])];
}

function axesToInput(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const axes = a.bigints("axes");
  if (!axes && node.opType === "Unsqueeze") throw nodeError(node, 'attribute "axes" is missing');
  const x = node.input[0] ?? "";
  return [changed(node, axes ? [x, ints(c, node, "axes", axes)] : [x], ["axes"])];
}

function slice(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const [starts, ends] = [a.bigints("starts"), a.bigints("ends")];
  if (!starts || !ends) throw nodeError(node, 'attributes "starts" and "ends" are missing');
  const axes = a.bigints("axes") ?? starts.map((_, i) => BigInt(i));
  const inputs = [
    node.input[0] ?? "",
    ints(c, node, "starts", starts),
    ints(c, node, "ends", ends),
    ints(c, node, "axes", axes),
  ];
  return [changed(node, inputs, ["starts", "ends", "axes"])];
}

/** Without sizes, opset 18 needs the number of parts. */
function split(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const sizes = a.bigints("split");
  if (sizes) return [changed(node, [node.input[0] ?? "", ints(c, node, "split", sizes)], ["split"])];
  if (node.input[1]) return [node];
  return [changed(node, node.input, [], [attribute.int("num_outputs", node.output.length)])];
}

function topK(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const k = a.int("k");
  if (k === undefined) throw nodeError(node, 'attribute "k" is missing');
  return [changed(node, [node.input[0] ?? "", ints(c, node, "k", [k])], ["k"])];
}

function scatter(node: NodeProto): NodeProto[] {
  const copy = changed(node, node.input);
  copy.opType = "ScatterElements";
  return [copy];
}

function roiAlign(node: NodeProto): NodeProto[] {
  return [
    changed(node, node.input, [], [attribute.string("coordinate_transformation_mode", "output_half_pixel")]),
  ];
}

function scan(node: NodeProto): NodeProto[] {
  throw nodeError(
    node,
    "Scan of opset 8 has no equal in later versions",
    "export the model again with opset 9 or later",
  );
}

/** Opset 10 computes positions without half-pixel centres. Shrinking by nearest took the upper neighbour. */
function resize(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const [x = "", scales = ""] = node.input;
  return interpolation(node, a, c, x, scales);
}

function upsample(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const [x = "", given] = node.input;
  const listed = a.floats("scales");
  const scales =
    given || (listed && c.constant(`${node.output[0]}.scales`, float32([listed.length], listed)));
  if (!scales) throw nodeError(node, "it has no scales");
  return interpolation(node, a, c, x, scales);
}

function interpolation(
  node: NodeProto,
  a: Attributes,
  c: UpgradeContext,
  x: string,
  scales: string,
): NodeProto[] {
  const mode = a.string("mode") ?? "nearest";
  const known = c.constantOf(scales);
  const values = known ? toNumbers(known) : [];
  const part = (from: string, to: string, by: string, nearest: "floor" | "ceil"): NodeProto => {
    const copy = changed(
      node,
      [from, "", by],
      ["mode", "scales"],
      [
        attribute.string("mode", mode === "bilinear" ? "linear" : mode),
        attribute.string("coordinate_transformation_mode", "asymmetric"),
        attribute.string("nearest_mode", nearest),
      ],
    );
    copy.opType = "Resize";
    copy.output = [to];
    return copy;
  };
  const y = node.output[0] ?? "";
  const shrinks = values.some((s) => s < 1);
  if (mode === "nearest" && !known)
    c.note(
      `${whereOf(node)} is read as one that enlarges: its scales are computed, and opset 10 rounded in another way where it shrinks`,
    );
  if (mode !== "nearest" || !shrinks || values.every((s) => s <= 1))
    return [part(x, y, scales, shrinks ? "ceil" : "floor")];
  // If some axes shrink and some grow, they are resized one after the other.
  const only = (what: string, keep: (s: number) => boolean): string =>
    c.constant(
      `${y}.${what}`,
      float32(
        [values.length],
        values.map((s) => (keep(s) ? s : 1)),
      ),
    );
  const between = c.fresh(`${y}.smaller`);
  return [
    part(
      x,
      between,
      only("shrinks", (s) => s < 1),
      "ceil",
    ),
    part(
      between,
      y,
      only("grows", (s) => s > 1),
      "floor",
    ),
  ];
}

/**
 * Before opset 13, Softmax flattens its input to a matrix: all axes from `axis` on are one. If at most one axis
 * is larger than 1, the operator of opset 13 is the same. Else it becomes Flatten, the operator, and Reshape.
 */
function coerced(node: NodeProto, a: Attributes, c: UpgradeContext): NodeProto[] {
  const axis = a.int("axis") ?? 1;
  const [x = ""] = node.input;
  const shape = c.shapeOf(x);
  const on = (at: number) => [changed(node, node.input, ["axis"], [attribute.int("axis", at)])];
  if (axis === -1) return on(-1);
  if (shape) {
    const from = axis < 0 ? axis + shape.length : axis;
    if (from < 0 || from > shape.length)
      throw nodeError(node, `axis ${axis} is out of range for rank ${shape.length}`);
    const wide = shape.flatMap((d, i) => (i >= from && d !== 1 ? [i] : []));
    if (from === shape.length - 1) return on(from);
    if (wide.length <= 1 && shape.length > 0) return on(wide[0] ?? shape.length - 1);
  }
  const y = node.output[0] ?? "";
  const [flat, soft, size] = [c.fresh(`${y}.flat`), c.fresh(`${y}.soft`), c.fresh(`${y}.shape`)];
  return [
    make("Shape", [x], [size]),
    make("Flatten", [x], [flat], [attribute.int("axis", axis)]),
    make(node.opType, [flat], [soft], [attribute.int("axis", 1)]),
    make("Reshape", [soft, size], [y]),
  ];
}
