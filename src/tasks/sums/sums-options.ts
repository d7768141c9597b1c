import type { OptionName } from "../../options/option-table.js";
import type { TrainOptions } from "../../options/options.js";

/** Options of `train` that open data and base, for features alone. */
export const optionsOfFeatures = [
  ...(["base", "cut", "pooling", "maxLength", "imageSize", "mean", "std", "rescale", "channels"] as const),
  ...(["task", "target", "text", "quotes", "classNames", "groupFrom", "seed", "threads", "device"] as const),
] as const satisfies readonly OptionName[];

/** Options of `train` that feature sums need. */
export const optionsOfSums = [
  ...optionsOfFeatures,
  ...(["splitBy", "gap", "cache"] as const),
] as const satisfies readonly OptionName[];

/** Options of `train` that an extended model takes besides. */
export const optionsOfExtend = [
  ...optionsOfSums,
  ...(["weights", "calibrate", "coverage", "out", "pictures"] as const),
] as const satisfies readonly OptionName[];

type Listened = Pick<TrainOptions, "onEvent" | "signal">;

/** Options of {@link collectSums}. */
export interface CollectOptions extends Pick<TrainOptions, (typeof optionsOfSums)[number]>, Listened {
  /** File to write. */
  readonly out: string;
  /** A share of the samples, "3/20": the third of 20, by the hash of a sample. Default: all. */
  readonly shard?: string;
  /** For a file that goes to somebody else: classes with fewer than 5 samples are refused, and Σ z zᵀ is of all classes together only. Default false. */
  readonly share?: boolean;
  /** Adds up along so many directions of `like` instead of all features, so that a single sample is hard to tell. Default: all features. */
  readonly directions?: number;
  /** File of feature sums of samples that are no secret, whose strongest directions are used. All holders use the same file. */
  readonly like?: string;
}

/** Options of {@link cacheFeatures}. */
export interface CacheFeaturesOptions
  extends Pick<TrainOptions, (typeof optionsOfFeatures)[number]>,
    Listened {
  /** A share of the samples, "3/20": the third of 20, by the hash of a sample's id. Default: all. */
  readonly shard?: string;
  /** Folder of the cache, which several machines may share. Default: that of the environment variable ENGRAFT_CACHE, or of the system. */
  readonly cacheDir?: string;
  /** Largest size of all cached features in GB. Default: that of the environment variable ENGRAFT_CACHE_LIMIT, or 4. */
  readonly cacheLimit?: number;
}

/** Options of {@link extend}. */
export interface ExtendOptions extends Pick<TrainOptions, (typeof optionsOfExtend)[number]>, Listened {
  /** Sums, runs or data to take out. */
  readonly without?: readonly string[];
  /** Classes to forget. */
  readonly forget?: readonly string[];
  /** Labelled data that only score the model. Default: the test splits of the sources. */
  readonly test?: string;
  /** Also train a linear probe on the samples of all sources. Default false. */
  readonly joint?: boolean;
}
