import type { CommonResult } from "../../core/results/common-result.js";

/** The training whose model a run kept, and the epoch of the kept weights. */
export interface KeptCurve {
  /** "own": the run's training. "scratch": the baseline from random weights. "none": the kept model comes from no epoch. */
  readonly training: "own" | "scratch" | "none";
  /** Missing: an average of several epochs, or no epoch. */
  readonly epoch?: "best" | "last";
}

type KeptFacts = Pick<CommonResult, "safe" | "epochs" | "best_epoch" | "kept" | "average">;

/** Returns which curve belongs to the model of a result. All other curves are those of candidates. */
export function keptCurve({ safe, epochs, best_epoch: best, kept, average }: KeptFacts): KeptCurve {
  if (safe?.kept === "scratch") return { training: "scratch", epoch: "best" };
  if (epochs === 0 || best === 0) return { training: "none" };
  return average?.kept ? { training: "own" } : { training: "own", epoch: kept ?? "best" };
}
