import { arePictures } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import type { TrivialFeatures } from "./trivial-features.js";

/** Returns the trivial features of the samples of a run: pixels of pictures, or log-mel statistics of sounds. */
export async function computeTrivialFeatures(context: Context): Promise<TrivialFeatures> {
  if (!arePictures(context.inputs))
    return (await import("./log-mel-statistics.js")).logMelStatistics(context);
  return (await import("./small-pixels.js")).smallPixels(context);
}
