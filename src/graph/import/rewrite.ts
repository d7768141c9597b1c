import { int64, toNumbers } from "../../core/tensor.js";
import { attribute, type NodeProto } from "../../onnx/index.js";
import { Attributes, nodeError } from "./attributes.js";
import { einsum } from "./einsum.js";
import { resizeInputs } from "./resize.js";
import { make, type RewriteContext } from "./upgrade.js";

/** A node of opset 18 in operators that ops.ts lists; or why it can only be passed on as it came. */
type Rewrite = (node: NodeProto, a: Attributes, c: RewriteContext) => readonly NodeProto[] | string;

const rewrites: Readonly<Record<string, Rewrite>> = {
  Compress: compress,
  DepthToSpace: depthToSpace,
  Einsum: einsum,
  Resize: resizeInputs,
  SpaceToDepth: spaceToDepth,
};

/** Nodes that mean the same as this one; itself where there is nothing to do. @throws ModelError */
export function rewriteNode(node: NodeProto, c: RewriteContext): readonly NodeProto[] | string {
  if (!(node.domain === "" || node.domain === "ai.onnx")) return [node];
  const rewrite = Object.hasOwn(rewrites, node.opType) ? rewrites[node.opType] : undefined;
  return rewrite ? rewrite(node, new Attributes(node), c) : [node];
}

/** Channels, height and width of a batch of pictures, and the block size; or why they are not known. */
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

/** Reshape, Transpose, Reshape: x is seen with more axes, they change places, and are joined again. */
function rearranged(
  node: NodeProto,
  c: RewriteContext,
  apart: readonly number[],
  perm: readonly number[],
  joined: readonly number[],
): NodeProto[] {
  const [x = "", y = ""] = [node.input[0], node.output[0]];
  const [split, moved] = [c.fresh(`${y}.blocks`), c.fresh(`${y}.moved`)];
  const list = (what: string, values: readonly number[]) =>
    c.constant(`${y}.${what}`, int64([values.length], values));
  return [
    // 0 copies the batch.
    make("Reshape", [x, list("apart", [0, ...apart])], [split]),
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

/** The way back from DCR. */
function spaceToDepth(node: NodeProto, a: Attributes, context: RewriteContext) {
  const size = blocksOf(node, a, context);
  if (typeof size === "string") return size;
  const { c, h, w, b } = size;
  if (h % b !== 0 || w % b !== 0)
    throw nodeError(node, `${h} × ${w} is no multiple of blocks of ${b} × ${b}`);
  return rearranged(node, context, [c, h / b, b, w / b, b], [0, 3, 5, 1, 2, 4], [c * b * b, h / b, w / b]);
}

/** With a condition that is known, the elements to keep are: Gather. Without an axis, of x in one line. */
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
