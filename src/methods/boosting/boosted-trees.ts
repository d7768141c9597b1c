import type { RegressionTree } from "../../bases/architectures/index.js";
import type { LinearHead } from "../../bases/heads.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import { openHistograms } from "../../linalg/simd/histograms.js";
import { type Derivatives, logistic, softmax, squared } from "./losses.js";
import { addTree, growTree, mostLeaves, type Tree } from "./tree.js";

/** Rows of one split with their targets. */
export interface TreeRows {
  /** float32[count, dims] */
  readonly features: Float32Array;
  /** Class of each row, or float64[count, outputs]. */
  readonly targets: ArrayLike<number>;
  readonly count: number;
}

export interface TreesData {
  readonly train: TreeRows;
  /** Chooses the number of rounds. Without rows, all rounds are kept. */
  readonly validation: TreeRows;
  readonly dims: number;
  /** Number of classes or of targets. */
  readonly outputs: number;
  /** The loss: cross-entropy over classes, or squared error of numbers. */
  readonly learns: "classes" | "numbers";
}

/** Options of {@link fitBoostedTrees}. */
export interface TreesOptions {
  /** Most rounds of boosting. Default 300. */
  readonly rounds?: number;
  /** Receives the number of trees so far, and the most trees that there can be. */
  readonly onProgress?: (trees: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** A fitted sum of trees. */
export interface BoostedTrees {
  /** Rounds that were kept. */
  readonly rounds: number;
  /** The trees of these rounds. */
  readonly trees: readonly RegressionTree[];
  /** The linear head on the values of the trees that gives the predictions: weight float32[outputs, trees]. */
  readonly head: LinearHead;
  /** Returns the logits of classes or the values of numbers, float32[count, outputs]. */
  readonly predict: (features: Float32Array, count: number) => Float32Array;
}

/** Learning rate (scikit-learn's default), and rounds without a better validation loss before the end. */
const [rate, patience] = [0.1, 20] as const;
/** Default of the most rounds. */
export const mostRounds = 300;
/** Milliseconds between two pauses, in which other work, progress and an interruption have their turn. */
const pauseEvery = 100;

/**
 * Gradient boosting over histograms: every round adds a tree that is fitted to the gradient of the loss.
 *
 * scores ← scores + η tree(−∂L/∂scores)
 *
 * Trees as in scikit-learn's HistGradientBoosting with its defaults: η = 0.1, at most 31 leaves of at least 20 rows, 255
 * bins. Nothing is drawn at random. Two classes have one tree a round, K classes have K.
 *
 * @throws ShapeError if lengths differ, Interrupted
 * @see Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", 2001
 */
export async function fitBoostedTrees(data: TreesData, options: TreesOptions = {}): Promise<BoostedTrees> {
  const { train, validation, dims, learns } = data;
  for (const { features, count } of [train, validation])
    if (features.length !== count * dims)
      throw new EngraftError(
        "ShapeError",
        `trees need float32[${count}, ${dims}], got ${features.length} numbers`,
      );
  const outputs = learns === "classes" && data.outputs === 2 ? 1 : data.outputs;
  const loss = learns === "classes" ? (outputs === 1 ? logistic : softmax) : squared;
  const start = startOf(train, outputs, learns);
  const bins = fitBins(train.features, train.count, dims);
  const scoresOf = (count: number): Float64Array =>
    Float64Array.from({ length: count * outputs }, (_, i) => start[i % outputs]!);
  const binned = ({ features }: Pick<TreeRows, "features">) => ({
    x: binRows(bins, features, new Uint8Array(features.length)),
    dims,
  });
  const held = { ...binned(validation), scores: scoresOf(validation.count) };
  const scores = scoresOf(train.count);
  const grow = treeGrower(bins, train.features, train.count);
  const trees: Tree[] = [];
  const derivatives = Array.from({ length: outputs }, () => ({
    gradient: new Float32Array(train.count),
    hessian: new Float32Array(train.count),
  }));
  const rounds = options.rounds ?? mostRounds;
  let best = { loss: Number.POSITIVE_INFINITY, rounds: 0 };
  const pause = pauses(options, rounds * outputs);
  for (let round = 1; round <= rounds; round++) {
    loss.derive(scores, train.targets, train.count, derivatives);
    for (const [k, of] of derivatives.entries()) {
      const tree = grow(of, scores, k, outputs);
      trees.push(tree);
      addTree(tree, held, held.scores, k, outputs);
      await pause(trees.length);
    }
    const total = loss.total(held.scores, validation.targets, validation.count, outputs);
    if (validation.count === 0 || total < best.loss) best = { loss: total, rounds: round };
    if (round - best.rounds >= patience) break;
  }
  const kept = trees.slice(0, best.rounds * outputs);
  return {
    rounds: best.rounds,
    trees: kept.map((tree) => withThresholds(tree, bins)),
    head: headOf(start, kept.length, data.outputs),
    predict: (features, count) => {
      const [rows, scores] = [binned({ features }), scoresOf(count)];
      for (const [i, tree] of kept.entries()) addTree(tree, rows, scores, i % outputs, outputs);
      if (outputs === data.outputs) return Float32Array.from(scores);
      return Float32Array.from({ length: 2 * count }, (_, i) => ((i % 2) - 1 / 2) * scores[i >> 1]!);
    },
  };
}

/** Returns a function that ends an interrupted fit, and now and then reports progress and lets other work have its turn. */
function pauses({ onProgress, signal }: TreesOptions, total: number): (done: number) => Promise<void> {
  let paused = performance.now();
  return async (done) => {
    stopIf(signal);
    if (performance.now() - paused < pauseEvery) return;
    onProgress?.({ done, total });
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(signal);
    paused = performance.now();
  };
}

/** Returns a function that grows a tree to derivatives and adds its values to column `k` of the scores. */
export function treeGrower(bins: Bins, features: Float32Array, count: number) {
  const { offsets } = bins;
  const histograms = openHistograms({ count, offsets, slots: mostLeaves });
  binRows(bins, features, histograms.x);
  const grower = { histograms, offsets, spare: new Uint32Array(count) };
  const { rows } = histograms;
  return ({ gradient, hessian }: Derivatives, scores: Float64Array, k: number, outputs: number): Tree => {
    histograms.setDerivatives(gradient, hessian);
    return growTree(grower, rate, (value, from, to) => {
      for (let i = from; i < to; i++) scores[rows[i]! * outputs + k]! += value;
    });
  };
}

function withThresholds({ feature, bin, left, right, value }: Tree, { thresholds }: Bins): RegressionTree {
  const tree = { feature: [], threshold: [], left: [], right: [], value: [...value] } as {
    [K in keyof RegressionTree]: number[];
  };
  for (let node = 0; node < value.length; node++) {
    if (left[node] === 0) continue;
    tree.feature[node] = feature[node]!;
    tree.threshold[node] = thresholds[feature[node]!]![bin[node]!]!;
    tree.left[node] = left[node]!;
    tree.right[node] = right[node]!;
  }
  return tree;
}

/** Returns the head that sums the trees of each output. Two classes share the trees: ∓ s / 2, so that neither is special. */
function headOf(start: Float64Array, trees: number, outputs: number): LinearHead {
  const share = (k: number, i: number): number => {
    if (start.length < outputs) return k - 1 / 2;
    return i % outputs === k ? 1 : 0;
  };
  return {
    weight: Float32Array.from({ length: outputs * trees }, (_, at) =>
      share(Math.floor(at / trees), at % trees),
    ),
    bias: Float32Array.from({ length: outputs }, (_, k) => share(k, k) * (start[k] ?? start[0]!)),
  };
}

/** Scores before the first round: means of numbers, or log-odds of the classes' frequencies. */
function startOf({ targets, count }: TreeRows, outputs: number, learns: TreesData["learns"]): Float64Array {
  const shares = new Float64Array(outputs);
  for (let i = 0; i < count; i++)
    if (learns === "numbers")
      for (let k = 0; k < outputs; k++) shares[k]! += targets[i * outputs + k]! / count;
    else if (outputs === 1) shares[0]! += targets[i]! / count;
    else shares[targets[i]!]! += 1 / count;
  if (learns === "numbers") return shares;
  // A class without a row has a finite score.
  const inside = (p: number): number => Math.min(1 - 1e-9, Math.max(1e-9, p));
  return shares.map((p) => Math.log(inside(p)) - (outputs === 1 ? Math.log(1 - inside(p)) : 0));
}

/** Features of rows as small integers: bin b of a feature holds the values in (thresholds[b − 1], thresholds[b]]. */
interface Bins {
  /** Upper ends of all bins but the last, by feature. */
  readonly thresholds: readonly Float64Array[];
  /** Place of each feature's first bin in a histogram; the last element is the number of all bins. */
  readonly offsets: Int32Array;
}

/** Most bins of a feature, as in LightGBM and scikit-learn. */
const mostBins = 255;
/** Most bins of a histogram: with more than 1,000 features, each has fewer than {@link mostBins}. */
const mostInAll = 2 ** 18;

/**
 * Divides each feature into bins: one for each distinct value, or of equally many rows if there are too many values.
 * @param x float32[count, dims]
 * @see scikit-learn ensemble/_hist_gradient_boosting/binning.py
 */
function fitBins(x: Float32Array, count: number, dims: number): Bins {
  const most = Math.max(2, Math.min(mostBins, Math.floor(mostInAll / dims)));
  const offsets = new Int32Array(dims + 1);
  const sorted = new Float32Array(count);
  const thresholds = Array.from({ length: dims }, (_, d) => {
    for (let i = 0; i < count; i++) sorted[i] = x[i * dims + d]!;
    sorted.sort();
    const ends =
      middles(sorted, most) ??
      Float64Array.from({ length: most - 1 }, (_, b) => middleQuantile(sorted, (b + 1) / most));
    offsets[d + 1] = offsets[d]! + ends.length + 1;
    return ends;
  });
  return { thresholds, offsets };
}

/** Returns the middles between distinct values; undefined if there are more than `most` values. */
function middles(sorted: Float32Array, most: number): Float64Array | undefined {
  const ends: number[] = [];
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i] === sorted[i - 1]) continue;
    ends.push((sorted[i - 1]! + sorted[i]!) / 2);
    if (ends.length === most) return undefined;
  }
  return Float64Array.from(ends);
}

/** NumPy's `percentile(…, method="midpoint")`: the mean of the two values around the quantile. */
function middleQuantile(sorted: Float32Array, q: number): number {
  const at = q * (sorted.length - 1);
  return (sorted[Math.floor(at)]! + sorted[Math.ceil(at)]!) / 2;
}

/**
 * Writes the bins of rows, uint8[count, dims].
 * @param x float32[count, dims]
 */
function binRows<T extends Uint8Array>({ thresholds }: Bins, x: Float32Array, into: T): T {
  const dims = thresholds.length;
  for (let d = 0; d < dims; d++) {
    const ends = thresholds[d]!;
    for (let at = d; at < x.length; at += dims) {
      const value = x[at]!;
      let [low, high] = [0, ends.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (ends[middle]! < value) low = middle + 1;
        else high = middle;
      }
      into[at] = low;
    }
  }
  return into;
}
