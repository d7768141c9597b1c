import type { Bins } from "./bins.js";

/** A regression tree over binned features. Node 0 is the root; a node without `left` is a leaf. */
export interface Tree {
  readonly feature: readonly number[];
  /** Rows whose bin is at most this go left. */
  readonly bin: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
}

/** Gradient and hessian of the loss, one number for each row. */
export interface Derivatives {
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
}

/** Sizes of a tree: scikit-learn's defaults. */
const [mostLeaves, fewestRows, leastHessian] = [31, 20, 1e-3] as const;

/** Sums of gradients, hessians and rows: one triple for each bin. */
type Histogram = Float64Array;

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
}

interface Leaf {
  readonly node: number;
  readonly rows: Uint32Array;
  readonly histogram: Histogram;
  readonly split: Split | undefined;
}

/**
 * Grows a tree, always at the leaf with the largest gain.
 *
 * G, H: sums of gradients and hessians of a node.   value = −G / H
 * gain of a split = G_l² / H_l + G_r² / H_r − G² / H
 *
 * @param x bins of the rows, uint8[dims, count]
 * @param rate factor of every leaf's value
 * @see Ke et al., "LightGBM", 2017; Friedman, "Greedy Function Approximation", 2001
 */
export function growTree(bins: Bins, x: Uint8Array, of: Derivatives, rate: number): Tree {
  const count = of.gradient.length;
  const tree = { feature: [], bin: [], left: [], right: [], value: [] } as {
    [K in keyof Tree]: number[];
  };
  const leafOf = (rows: Uint32Array, histogram: Histogram): Leaf => {
    const [g, h] = totals(histogram, bins.offsets[1]!);
    const node = tree.value.push((-rate * g) / (h + 1e-15)) - 1;
    return { node, rows, histogram, split: bestSplit(bins, histogram) };
  };
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  const open = [leafOf(all, histogramOf(bins, x, count, all, of))];
  for (let leaves = 1; leaves < mostLeaves; leaves++) {
    const best = open.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a));
    if (!best.split) break;
    const { feature, bin } = best.split;
    const goesLeft = (row: number): boolean => x[feature * count + row]! <= bin;
    const [a, b] = [best.rows.filter(goesLeft), best.rows.filter((row) => !goesLeft(row))];
    // The larger side's histogram is the parent's less the smaller side's.
    const smaller = histogramOf(bins, x, count, a.length < b.length ? a : b, of);
    const larger = best.histogram;
    for (let i = 0; i < larger.length; i++) larger[i]! -= smaller[i]!;
    const left = leafOf(a, a.length < b.length ? smaller : larger);
    const right = leafOf(b, a.length < b.length ? larger : smaller);
    tree.feature[best.node] = feature;
    tree.bin[best.node] = bin;
    tree.left[best.node] = left.node;
    tree.right[best.node] = right.node;
    open.splice(open.indexOf(best), 1, left, right);
  }
  return tree;
}

/** Adds the tree's values to column `k` of float64[count, outputs]. */
export function addTree(tree: Tree, x: Uint8Array, scores: Float64Array, k: number, outputs: number): void {
  const count = scores.length / outputs;
  for (let i = 0; i < count; i++) {
    let node = 0;
    while (tree.left[node] !== undefined)
      node = (x[tree.feature[node]! * count + i]! <= tree.bin[node]! ? tree.left : tree.right)[node]!;
    scores[i * outputs + k]! += tree.value[node]!;
  }
}

function histogramOf(
  { offsets }: Bins,
  x: Uint8Array,
  count: number,
  rows: Uint32Array,
  { gradient, hessian }: Derivatives,
): Histogram {
  const dims = offsets.length - 1;
  const sums = new Float64Array(3 * offsets[dims]!);
  for (let d = 0; d < dims; d++) {
    const first = offsets[d]!;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const at = 3 * (first + x[d * count + row]!);
      sums[at]! += gradient[row]!;
      sums[at + 1]! += hessian[row]!;
      sums[at + 2]! += 1;
    }
  }
  return sums;
}

/** Sums over the bins of the first feature: those of all rows of the node. */
function totals(sums: Histogram, bins: number): [number, number, number] {
  const total: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < 3 * bins; at++) total[at % 3]! += sums[at]!;
  return total;
}

function bestSplit({ offsets }: Bins, sums: Histogram): Split | undefined {
  const [g, h, n] = totals(sums, offsets[1]!);
  if (n < 2 * fewestRows || h < leastHessian) return undefined;
  let best: Split | undefined;
  for (let feature = 0; feature + 1 < offsets.length; feature++) {
    let [gl, hl, nl] = [0, 0, 0];
    for (let at = offsets[feature]!; at < offsets[feature + 1]! - 1; at++) {
      gl += sums[3 * at]!;
      hl += sums[3 * at + 1]!;
      nl += sums[3 * at + 2]!;
      if (nl < fewestRows || hl < leastHessian) continue;
      if (n - nl < fewestRows || h - hl < leastHessian) break;
      const gain = gl ** 2 / hl + (g - gl) ** 2 / (h - hl) - g ** 2 / h;
      if (gain > (best?.gain ?? 0)) best = { gain, feature, bin: at - offsets[feature]! };
    }
  }
  return best;
}
