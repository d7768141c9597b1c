import { castTensor, int64, scalar, toNumbers } from "../../core/tensor.js";
import { attribute, type NodeProto } from "../../onnx/index.js";
import { Attributes, nodeError } from "./attributes.js";
import { einsum } from "./einsum.js";
import { resizeInputs } from "./resize.js";
import { changed, make, type RewriteContext } from "./upgrade.js";

/** Rewrites a node of opset 18 to operators of ops.ts, or returns the reason why it stays opaque. */
type Rewrite = (node: NodeProto, a: Attributes, c: RewriteContext) => readonly NodeProto[] | string;

const rewrites: Readonly<Record<string, Rewrite>> = {
  Compress: compress,
  DepthToSpace: depthToSpace,
  Einsum: einsum,
  Max: chain,
  Mean: chain,
  Min: chain,
  Resize: resizeInputs,
  SpaceToDepth: spaceToDepth,
  Split: equalSplit,
  Sum: chain,
};

/** Returns nodes equivalent to this one, or the node itself if there is nothing to do. @throws ModelError */
export function rewriteNode(node: NodeProto, c: RewriteContext): readonly NodeProto[] | string {
  if (!(node.domain === "" || node.domain === "ai.onnx")) return [node];
  const rewrite = Object.hasOwn(rewrites, node.opType) ? rewrites[node.opType] : undefined;
  return rewrite ? rewrite(node, new Attributes(node), c) : [node];
}

/** Returns channels, height and width of a batch of images, and the block size; or why they are not known. */
function blocksOf(
  node: NodeProto,
  a: Attributes,
  c: RewriteContext,
): { c: number; h: number; w: number; b: number } | string {
  const b = a.int("blocksize");
  if (b === undefined || !(b >= 1)) throw nodeError(node, `attribute "blocksize" is ${b ?? "missing"}`);
  const shape = c.shapeOf(node.input[0] ?? "");
  if (shape && shape.length !== 4)
    throw nodeError(node, `its input has ${shape.length} axes, expected batch, channels, height and width`);
  const [, channels, h, w] = shape ?? [];
  if (typeof channels !== "number" || typeof h !== "number" || typeof w !== "number")
    return "the size of its input is not known";
  return { c: channels, h, w, b };
}

/** Reshape, Transpose, Reshape: splits axes of x, permutes them, and joins them again. */
function rearranged(
  node: NodeProto,
  c: RewriteContext,
  splitDims: readonly number[],
  perm: readonly number[],
  joined: readonly number[],
): NodeProto[] {
  const [x = "", y = ""] = [node.input[0], node.output[0]];
  const [split, moved] = [c.fresh(`${y}.blocks`), c.fresh(`${y}.moved`)];
  const list = (what: string, values: readonly number[]) =>
    c.constant(`${y}.${what}`, int64([values.length], values));
  return [
    // 0 copies the batch.
    make("Reshape", [x, list("apart", [0, ...splitDims])], [split]),
    make("Transpose", [split], [moved], [attribute.ints("perm", perm)]),
    make("Reshape", [moved, list("joined", [0, ...joined])], [y]),
  ];
}

/** DCR: channel = (row, column, depth); CRD: channel = (depth, row, column) of the block. */
function depthToSpace(node: NodeProto, a: Attributes, context: RewriteContext) {
  const size = blocksOf(node, a, context);
  if (typeof size === "string") return size;
  const { c, h, w, b } = size;
  const mode = a.string("mode") ?? "DCR";
  if (mode !== "DCR" && mode !== "CRD") throw nodeError(node, `its mode is ${JSON.stringify(mode)}`);
  if (c % (b * b) !== 0) throw nodeError(node, `${c} channels are not a multiple of ${b} × ${b}`);
  const depth = c / (b * b);
  return mode === "DCR"
    ? rearranged(node, context, [b, b, depth, h, w], [0, 3, 4, 1, 5, 2], [depth, h * b, w * b])
    : rearranged(node, context, [depth, b, b, h, w], [0, 1, 4, 2, 5, 3], [depth, h * b, w * b]);
}

/** Inverse of DCR. */
function spaceToDepth(node: NodeProto, a: Attributes, context: RewriteContext) {
  const size = blocksOf(node, a, context);
  if (typeof size === "string") return size;
  const { c, h, w, b } = size;
  if (h % b !== 0 || w % b !== 0)
    throw nodeError(node, `${h} × ${w} is no multiple of blocks of ${b} × ${b}`);
  return rearranged(node, context, [c, h / b, b, w / b, b], [0, 3, 5, 1, 2, 4], [c * b * b, h / b, w / b]);
}

/** Replaces Compress by Gather if the condition is known. Without an axis, x is flattened first. */
function compress(node: NodeProto, a: Attributes, c: RewriteContext) {
  const [x = "", condition = ""] = node.input;
  const known = c.constantOf(condition);
  if (known?.dtype !== "bool") return "the shape of its output depends on the data";
  const kept = toNumbers(known).flatMap((v, i) => (v !== 0 ? [i] : []));
  const y = node.output[0] ?? "";
  const indices = c.constant(`${y}.kept`, int64([kept.length], kept));
  const axis = a.int("axis");
  if (axis !== undefined) return [make("Gather", [x, indices], [y], [attribute.int("axis", axis)])];
  const line = c.fresh(`${y}.line`);
  return [
    make("Reshape", [x, c.constant(`${y}.all`, int64([1], [-1]))], [line]),
    make("Gather", [line, indices], [y], [attribute.int("axis", 0)]),
  ];
}

/** Sum(a, b, c) = (a + b) + c; Mean divides by the number of inputs. Sum of two is Add. */
function chain(node: NodeProto, _: Attributes, c: RewriteContext): NodeProto[] {
  const inputs = [...node.input];
  while (inputs.at(-1) === "") inputs.pop();
  const y = node.output[0] ?? "";
  if (inputs.length === 0 || inputs.includes("")) throw nodeError(node, "an input is missing");
  const mean = node.opType === "Mean";
  const op = node.opType === "Min" || node.opType === "Max" ? node.opType : "Add";
  if (inputs.length === 1) return [named(node, make("Identity", inputs, [y]))];
  const nodes: NodeProto[] = [];
  let sum = inputs[0]!;
  for (let i = 1; i < inputs.length; i++) {
    const last = i === inputs.length - 1 && !mean;
    const next = last ? y : c.fresh(`${y}.${i}`);
    nodes.push(named(node, make(op, [sum, inputs[i]!], [next])));
    sum = next;
  }
  if (!mean) return nodes;
  const dtype = c.dtypeOf(inputs[0]!) === "float64" ? "float64" : "float32";
  const share = c.constant(`${y}.share`, castTensor(scalar(1 / inputs.length), dtype));
  return [...nodes, named(node, make("Mul", [sum, share], [y]))];
}

function named(like: NodeProto, node: NodeProto): NodeProto {
  node.name = like.name;
  return node;
}

/** Splits into parts of ceil(size / parts) each; the last may be smaller. */
function equalSplit(node: NodeProto, a: Attributes, c: RewriteContext): NodeProto[] | string {
  const [x = "", sizes = ""] = node.input;
  if (sizes !== "" || x === "") return [node];
  const shape = c.shapeOf(x);
  const axis = a.int("axis") ?? 0;
  const size = shape?.[axis < 0 ? axis + shape.length : axis];
  const parts = node.output.length;
  if (typeof size !== "number") return "the size that it splits is not known";
  const each = Math.ceil(size / parts);
  const list = Array.from({ length: parts }, (_, i) => Math.max(0, Math.min(each, size - i * each)));
  const name = node.output.find((v) => v !== "") ?? "";
  return [changed(node, [x, c.constant(`${name}.split`, int64([parts], list))], ["num_outputs"])];
}
