import type { LinearModel } from "../../core/messages/recipe-en.js";
import type { Sample } from "../../data/index.js";

/** Features of pictures or sounds that need no network. The trivial baselines are linear models on them. */
export interface TrivialFeatures {
  readonly width: number;
  /** What they are, for recipes. */
  readonly recipe: Pick<LinearModel, "inputs" | "side" | "features">;
  /** float32[items, width] of each split. */
  readonly rows: Readonly<Record<Sample["part"], Float32Array>>;
}
