import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { type Body, oldScoresOf } from "./body.js";
import type { LinearHead } from "./heads.js";

/** A classifier's last layer with the names of its classes. */
export interface OldHead extends LinearHead {
  readonly classes: readonly string[];
}

/**
 * Returns the linear layer that computes a model's logits from the features of its body.
 * @param labels names of its classes, in order
 * @returns undefined if there is no such linear layer, or the names do not fit
 */
export function oldHeadOf(graph: Graph, body: Body, labels: readonly string[]): OldHead | undefined {
  const scores = oldScoresOf(graph, body) ?? oldScoresOf(graph, body, 3);
  if (scores === undefined) return undefined;
  const made = graph.producers();
  const dataOf = (v: Value | undefined) => (v === undefined ? undefined : graph.initializers.get(v));
  let node = made.get(scores);
  // Rows of all tokens, made a row of tokens for each text.
  while (node?.kind === "op" && node.op === "Reshape") node = made.get(node.inputs[0]!);
  let bias: Float32Array | undefined;
  if (node?.kind === "op" && node.op === "Add") {
    const constant = node.inputs.find((v) => graph.initializers.has(v));
    const other = node.inputs.find((v) => !graph.initializers.has(v));
    bias = dataOf(constant)?.data as Float32Array | undefined;
    node = other === undefined ? undefined : made.get(other);
  }
  if (node?.kind !== "op" || (node.op !== "Gemm" && node.op !== "MatMul")) return undefined;
  const matrix = dataOf(node.inputs[1]);
  if (matrix?.dtype !== "float32" || matrix.dims.length !== 2) return undefined;
  const across = node.op === "Gemm" && node.attributes.transB;
  if (node.op === "Gemm") {
    if (node.attributes.alpha !== 1 || node.attributes.beta !== 1 || node.attributes.transA) return undefined;
    bias ??= dataOf(node.inputs[2])?.data as Float32Array | undefined;
  }
  const [classes, width] = across ? matrix.dims : [matrix.dims[1], matrix.dims[0]];
  if (classes !== labels.length || width !== body.width) return undefined;
  const data = matrix.data as Float32Array;
  const weight = across
    ? data
    : Float32Array.from(
        { length: data.length },
        (_, i) => data[(i % width) * classes + Math.floor(i / width)]!,
      );
  if (bias !== undefined && bias.length !== classes) return undefined;
  return { weight, bias: bias ?? new Float32Array(classes), classes: labels };
}

/** Normalises a class name: "Golden_retriever" -> "golden retriever". */
const plain = (name: string): string =>
  name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[_\-/]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();

/**
 * Returns the old classes that match a class name. A name with commas lists synonyms, as in ImageNet ("tench, Tinca
 * tinca"). First those of the same name; else those that end with it ("retriever": "golden retriever", "Labrador
 * retriever"); else those whose name it ends with ("my golden retriever").
 * @returns indices of old classes, [] if none matches
 */
function closestClasses(name: string, old: readonly string[]): number[] {
  const names = new Set([plain(name), ...name.split(",").map(plain)]);
  const synonyms = old.map((one) => [plain(one), ...one.split(",").map(plain)].filter((s) => s !== ""));
  const where = (holds: (synonym: string, wanted: string) => boolean): number[] =>
    synonyms.flatMap((list, i) =>
      list.some((s) => [...names].some((n) => n !== "" && holds(s, n))) ? [i] : [],
    );
  const same = where((s, n) => s === n);
  if (same.length > 0) return same;
  const kinds = where((s, n) => s.endsWith(` ${n}`));
  if (kinds.length > 0) return kinds;
  return where((s, n) => n.endsWith(` ${s}`));
}

/** Returns a head with the old rows of matching classes, and the given rows for others. */
export function withOldRows(
  classes: readonly string[],
  solved: LinearHead,
  old: OldHead,
): { readonly head: LinearHead; readonly from: readonly (readonly string[])[] } {
  const width = solved.weight.length / classes.length;
  const weight = Float32Array.from(solved.weight);
  const bias = Float32Array.from(solved.bias);
  const from = classes.map((name, c) => {
    const rows = closestClasses(name, old.classes);
    if (rows.length === 0) return [];
    for (let d = 0; d < width; d++)
      weight[c * width + d] = rows.reduce((s, r) => s + old.weight[r * width + d]!, 0) / rows.length;
    bias[c] = rows.reduce((s, r) => s + old.bias[r]!, 0) / rows.length;
    return rows.map((r) => old.classes[r]!);
  });
  return { head: { weight, bias }, from };
}
