import type { ClassSample, TargetItem } from "../../data/index.js";
import { collectClassSums, collectNumberSums, type FeatureSums } from "../../methods/sums/feature-sums.js";
import type { PartFeatures } from "../../train/features.js";

/** What a head learns from feature sums. */
export interface SumsTargets {
  readonly task: string;
  /** Classes or numbers, in the order of the outputs. */
  readonly names: readonly string[];
  /** True if the samples have numbers. Default: classes. */
  readonly areNumbers?: boolean;
  /** What the rows are projected on. Default: they are whole. */
  readonly directions?: FeatureSums["directions"];
}

/** Adds up the features of samples with classes or numbers. */
export const sumsOfRows = (
  { features, items }: PartFeatures,
  { names, areNumbers, directions }: Omit<SumsTargets, "task">,
  signal: AbortSignal | undefined,
): Promise<FeatureSums> =>
  areNumbers
    ? collectNumberSums(
        features,
        items.flatMap((item) => (item as TargetItem).values),
        names,
        { signal, directions },
      )
    : collectClassSums(
        features,
        items.map((item) => (item as ClassSample).label),
        names,
        { signal, directions },
      );
