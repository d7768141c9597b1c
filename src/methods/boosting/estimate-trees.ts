import { draws } from "../../core/random.js";
import { median } from "../../linalg/quantile.js";
import { fitBins } from "./bins.js";
import { mostRounds, treeGrower } from "./boosted-trees.js";

/** What the time of boosted trees depends on. */
export interface TreesWork {
  /** Training rows. */
  readonly rows: number;
  /** Inputs of a row. */
  readonly columns: number;
  /** Number of classes or of targets. */
  readonly outputs: number;
  readonly learns: "classes" | "numbers";
  /** Rounds of boosting. Default 300, the most. */
  readonly rounds?: number;
}

/** Rows of the measured trees. The first ones are not measured, since they also compile the code. */
const [fewRows, manyRows, warmUp, timed] = [1000, 10_000, 3, 5] as const;
/** Most columns of a measured tree. */
const mostColumns = 64;

/**
 * Estimates the seconds of one fit of boosted trees, from trees that it grows on this machine in about a tenth of a second.
 *
 * A tree of n rows takes s₀ + s₁ n seconds: s₀ for the search of splits, s₁ for the histograms. Both grow with the columns. Early
 * stopping may end a fit sooner, so this is the most that it takes.
 * @param measure returns the seconds of one tree of some rows and columns
 */
export function estimateTreeSeconds(work: TreesWork, measure = secondsOfTree): number {
  const { rows, columns, outputs, learns, rounds = mostRounds } = work;
  const measured = Math.max(1, Math.min(columns, mostColumns));
  const [few, many] = [measure(fewRows, measured), measure(manyRows, measured)];
  const perRow = Math.max(0, many - few) / (manyRows - fewRows);
  const tree = rows < fewRows ? few : few + perRow * (rows - fewRows);
  const trees = rounds * (learns === "classes" && outputs === 2 ? 1 : outputs);
  return (trees * tree * columns) / measured;
}

/** Returns the seconds of one tree on random rows: the median, which a pause of the machine does not change. */
function secondsOfTree(count: number, dims: number): number {
  const draw = draws(0, "estimate-trees", count);
  const features = Float32Array.from({ length: count * dims }, () => draw.uniform());
  const gradient = Float32Array.from({ length: count }, () => draw.normal());
  const derivatives = { gradient, hessian: new Float32Array(count).fill(1) };
  const grow = treeGrower(fitBins(features, count, dims), features, count);
  const scores = new Float64Array(count);
  const seconds = Array.from({ length: warmUp + timed }, () => {
    const begin = performance.now();
    grow(derivatives, scores, 0, 1);
    return (performance.now() - begin) / 1000;
  });
  return median(seconds.slice(warmUp))!;
}
