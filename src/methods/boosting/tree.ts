import type { Histograms } from "../../linalg/simd/histograms.js";

/** A regression tree over binned features. Node 0 is the root; a node whose `left` is 0 is a leaf. */
export interface Tree {
  readonly feature: Uint32Array;
  /** Rows whose bin is at most this go left. */
  readonly bin: Uint8Array;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
  readonly value: Float64Array;
}

/** Most leaves of a tree: scikit-learn's default, as the next two. */
export const mostLeaves = 31;
const [fewestRows, leastHessian] = [20, 1e-3] as const;

/** Sums over the rows of a node: gradients, hessians and rows. */
interface Sums {
  readonly g: number;
  readonly h: number;
  readonly n: number;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  /** Sums of the rows that go left. */
  readonly left: Sums;
}

/** A leaf of a tree that grows. Its rows are rows[from] to rows[to - 1]. */
interface Leaf {
  readonly node: number;
  readonly sums: Sums;
  readonly from: number;
  readonly to: number;
  readonly slot: number;
  readonly split: Split | undefined;
}

/** What {@link growTree} works with, for all trees of a fit. */
export interface Grower {
  readonly histograms: Histograms;
  readonly offsets: Int32Array;
  /** Room for the rows of one side of a split, uint32[count]. */
  readonly spare: Uint32Array;
}

/**
 * Grows a tree, always at the leaf with the largest gain, to the derivatives that the histograms were given.
 *
 * G, H: sums of gradients and hessians of a node.   value = −G / H
 * gain of a split = G_l² / H_l + G_r² / H_r − G² / H
 *
 * @param rate factor of every leaf's value
 * @param take receives each leaf: its value, and its rows as a part of the histograms' `rows`
 * @see Ke et al., "LightGBM", 2017; Friedman, "Greedy Function Approximation", 2001
 */
export function growTree(
  grower: Grower,
  rate: number,
  take: (value: number, from: number, to: number) => void,
): Tree {
  const { histograms, offsets } = grower;
  const { rows } = histograms;
  for (let i = 0; i < rows.length; i++) rows[i] = i;
  const tree = emptyTree();
  let nodes = 0;
  const leafOf = (its: Sums, from: number, to: number, slot: number, isFilled: boolean): Leaf => {
    tree.value[nodes] = (-rate * its.g) / (its.h + 1e-15);
    const split = isFilled && isDivisible(its) ? bestSplit(offsets, histograms.read(slot), its) : undefined;
    return { node: nodes++, sums: its, from, to, slot, split };
  };
  histograms.fill(0, 0, rows.length);
  const open = [leafOf(totals(histograms.read(0), offsets[1]!), 0, rows.length, 0, true)];
  for (let leaves = 1; leaves < mostLeaves; leaves++) {
    const best = open.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a));
    if (!best.split) break;
    const { feature, bin, left: l } = best.split;
    const r = { g: best.sums.g - l.g, h: best.sums.h - l.h, n: best.sums.n - l.n };
    const middle = partition(grower, best, feature, bin);
    // The leaves of a full tree, and leaves of few rows, need no histogram.
    const isFilled = leaves + 1 < mostLeaves && (isDivisible(l) || isDivisible(r));
    // The larger side's histogram is the parent's less the smaller side's.
    const [small, large] = [leaves, best.slot];
    if (isFilled) {
      if (l.n < r.n) histograms.fill(small, best.from, middle);
      else histograms.fill(small, middle, best.to);
      histograms.subtract(large, small);
    }
    const left = leafOf(l, best.from, middle, l.n < r.n ? small : large, isFilled);
    const right = leafOf(r, middle, best.to, l.n < r.n ? large : small, isFilled);
    tree.feature[best.node] = feature;
    tree.bin[best.node] = bin;
    tree.left[best.node] = left.node;
    tree.right[best.node] = right.node;
    open.splice(open.indexOf(best), 1, left, right);
  }
  for (const { node, from, to } of open) take(tree.value[node]!, from, to);
  return shortened(tree, nodes);
}

const emptyTree = (nodes = 2 * mostLeaves - 1): Tree => ({
  feature: new Uint32Array(nodes),
  bin: new Uint8Array(nodes),
  left: new Uint8Array(nodes),
  right: new Uint8Array(nodes),
  value: new Float64Array(nodes),
});

const shortened = ({ feature, bin, left, right, value }: Tree, nodes: number): Tree => ({
  feature: feature.slice(0, nodes),
  bin: bin.slice(0, nodes),
  left: left.slice(0, nodes),
  right: right.slice(0, nodes),
  value: value.slice(0, nodes),
});

/** Adds the tree's values to column `k` of scores, float64[count, outputs]. @param x uint8[count, dims] */
export function addTree(
  { feature, bin, left, right, value }: Tree,
  { x, dims }: { readonly x: Uint8Array; readonly dims: number },
  scores: Float64Array,
  k: number,
  outputs: number,
): void {
  for (let from = 0, at = k; from < x.length; from += dims, at += outputs) {
    let node = 0;
    while (left[node]! > 0) node = x[from + feature[node]!]! <= bin[node]! ? left[node]! : right[node]!;
    scores[at]! += value[node]!;
  }
}

/** Orders the rows of a leaf, those that go left first. @returns where the others begin */
function partition({ histograms, offsets, spare }: Grower, leaf: Leaf, feature: number, bin: number): number {
  const { rows, x } = histograms;
  const dims = offsets.length - 1;
  let [left, right] = [leaf.from, 0];
  // Without a branch: each row is written to both sides, and the next row overwrites it on the wrong one.
  for (let i = leaf.from; i < leaf.to; i++) {
    const row = rows[i]!;
    const goesRight = x[row * dims + feature]! > bin ? 1 : 0;
    rows[left] = row;
    spare[right] = row;
    left += 1 - goesRight;
    right += goesRight;
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}

/** Sums over the bins of the first feature: those of all rows of the node. */
function totals(sums: Float64Array, bins: number): Sums {
  let [g, h, n] = [0, 0, 0];
  for (let at = 0; at < 3 * bins; at += 3) {
    g += sums[at]!;
    h += sums[at + 1]!;
    n += sums[at + 2]!;
  }
  return { g, h, n };
}

const isDivisible = ({ h, n }: Sums): boolean => n >= 2 * fewestRows && h >= leastHessian;

function bestSplit(offsets: Int32Array, sums: Float64Array, { g, h, n }: Sums): Split | undefined {
  // Numbers instead of an object, of which each better candidate would need another one.
  let [gain, feature, bin, bestG, bestH, bestN] = [0, -1, 0, 0, 0, 0];
  const whole = (g * g) / h;
  for (let d = 0; d + 1 < offsets.length; d++) {
    let [gl, hl, nl] = [0, 0, 0];
    const first = offsets[d]!;
    const last = offsets[d + 1]! - 1;
    for (let at = first; at < last; at++) {
      const rows = sums[3 * at + 2]!;
      // An empty bin divides the rows as the bin before it.
      if (rows === 0) continue;
      gl += sums[3 * at]!;
      hl += sums[3 * at + 1]!;
      nl += rows;
      if (nl < fewestRows || hl < leastHessian) continue;
      if (n - nl < fewestRows || h - hl < leastHessian) break;
      const its = (gl * gl) / hl + ((g - gl) * (g - gl)) / (h - hl) - whole;
      if (its <= gain) continue;
      [gain, feature, bin] = [its, d, at - first];
      [bestG, bestH, bestN] = [gl, hl, nl];
    }
  }
  return feature < 0 ? undefined : { gain, feature, bin, left: { g: bestG, h: bestH, n: bestN } };
}
