import type { RegressionTree } from "../../bases/architectures/index.js";
import type { LinearHead } from "../../bases/heads.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import { type Bins, binned, fitBins } from "./bins.js";
import { addTree, growTree, type Tree } from "./tree.js";

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
  const scored = (rows: Pick<TreeRows, "features" | "count">) => ({
    ...{ rows, x: binned(bins, rows.features, rows.count) },
    scores: Float64Array.from({ length: rows.count * outputs }, (_, i) => start[i % outputs]!),
  });
  const [own, held] = [scored(train), scored(validation)];
  const trees: Tree[] = [];
  const derivatives = Array.from({ length: outputs }, () => ({
    gradient: new Float32Array(train.count),
    hessian: new Float32Array(train.count),
  }));
  let best = { loss: Number.POSITIVE_INFINITY, rounds: 0 };
  for (let round = 1; round <= (options.rounds ?? 300); round++) {
    for (let i = 0; i < train.count; i++) loss.derive(own.scores, train.targets, i, derivatives);
    derivatives.forEach((of, k) => {
      const tree = growTree(bins, own.x, of, rate);
      trees.push(tree);
      for (const { x, scores } of [own, held]) addTree(tree, x, scores, k, outputs);
    });
    let sum = 0;
    for (let i = 0; i < validation.count; i++) sum += loss.value(held.scores, validation.targets, i, outputs);
    if (validation.count === 0 || sum < best.loss) best = { loss: sum, rounds: round };
    if (round - best.rounds >= patience) break;
    await new Promise((resolve) => setTimeout(resolve, 0));
    stopIf(options.signal);
  }
  const kept = trees.slice(0, best.rounds * outputs);
  return {
    rounds: best.rounds,
    trees: kept.map((tree) => withThresholds(tree, bins)),
    head: headOf(start, kept.length, data.outputs),
    predict: (features, count) => {
      const { x, scores } = scored({ features, count });
      kept.forEach((tree, i) => {
        addTree(tree, x, scores, i % outputs, outputs);
      });
      if (outputs === data.outputs) return Float32Array.from(scores);
      return Float32Array.from({ length: 2 * count }, (_, i) => ((i % 2) - 1 / 2) * scores[i >> 1]!);
    },
  };
}

const withThresholds = (tree: Tree, { thresholds }: Bins): RegressionTree => ({
  ...tree,
  threshold: tree.feature.map((feature, node) => thresholds[feature]![tree.bin[node]!]!),
});

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

/** A loss: its value for row i, and its first and second derivatives. */
interface Loss {
  readonly value: (scores: Float64Array, targets: ArrayLike<number>, i: number, outputs: number) => number;
  readonly derive: (
    scores: Float64Array,
    targets: ArrayLike<number>,
    i: number,
    to: readonly { readonly gradient: Float32Array; readonly hessian: Float32Array }[],
  ) => void;
}

// L = (s − y)² / 2      dL/ds = s − y      d²L/ds² = 1
const squared: Loss = {
  value(scores, targets, i, outputs) {
    let sum = 0;
    for (let at = i * outputs; at < (i + 1) * outputs; at++) sum += (scores[at]! - targets[at]!) ** 2;
    return sum;
  },
  derive(scores, targets, i, to) {
    to.forEach(({ gradient, hessian }, k) => {
      gradient[i] = scores[i * to.length + k]! - targets[i * to.length + k]!;
      hessian[i] = 1;
    });
  },
};

// p = σ(s), L = log(1 + e^s) − y s      dL/ds = p − y      d²L/ds² = p (1 − p)
const logistic: Loss = {
  value: (scores, targets, i) =>
    Math.max(scores[i]!, 0) + Math.log1p(Math.exp(-Math.abs(scores[i]!))) - targets[i]! * scores[i]!,
  derive(scores, targets, i, [to]) {
    const p = 1 / (1 + Math.exp(-scores[i]!));
    to!.gradient[i] = p - targets[i]!;
    to!.hessian[i] = p * (1 - p);
  },
};

// p = softmax(s), L = −log p_y      dL/ds_k = p_k − [k = y]      d²L/ds_k² = p_k (1 − p_k)
const softmax: Loss = {
  value(scores, targets, i, outputs) {
    const row = scores.subarray(i * outputs, (i + 1) * outputs);
    const most = Math.max(...row);
    return most + Math.log(row.reduce((sum, s) => sum + Math.exp(s - most), 0)) - row[targets[i]!]!;
  },
  derive(scores, targets, i, to) {
    const row = scores.subarray(i * to.length, (i + 1) * to.length);
    const most = Math.max(...row);
    const total = row.reduce((sum, s) => sum + Math.exp(s - most), 0);
    to.forEach(({ gradient, hessian }, k) => {
      const p = Math.exp(row[k]! - most) / total;
      gradient[i] = p - (targets[i] === k ? 1 : 0);
      hessian[i] = p * (1 - p);
    });
  },
};
