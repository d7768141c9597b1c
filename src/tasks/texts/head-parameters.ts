import { usesNgrams } from "../../methods/registry.js";
import type { Context } from "../../run/context.js";

/** Returns the number of weights of a solved head with n-grams. Undefined: a linear head on the features. */
export const headParameters = async (context: Context): Promise<number | undefined> =>
  usesNgrams(context.options.strategy)
    ? (await import("./solve-ngrams.js")).ngramParameters(context)
    : undefined;
