import type { EarlyStopping, EpochEvent } from "../../core/events/events.js";
import type { Validation } from "../../core/results/metric.js";
import type { Tensor } from "../../core/tensor.js";
import type { Divergence } from "../fit-options.js";
import type { Leg } from "../step/clock.js";
import type { AverageReport } from "./average-weights.js";
import type { Checkpoint } from "./checkpoint.js";
import type { WatchState } from "./divergence.js";

/** Content of a checkpoint besides its tensors. */
export interface ProgressNote {
  readonly step: number;
  readonly seconds: number;
  readonly best: Validation & { readonly epoch: number };
  readonly epochs: readonly EpochEvent[];
  /** See `FitResult.details`. */
  readonly details?: readonly object[];
  /** Sums over the steps of the current epoch. */
  readonly partial: Readonly<Record<string, number>>;
  readonly finished: boolean;
  /** Number of perfect epochs in a row. */
  readonly perfect?: number;
  /** Why the fit ended before its last epoch. */
  readonly stopped?: EarlyStopping;
  /** Step at which validation stopped improving, see `Plateau`. */
  readonly plateau?: number;
  /** Planned end of the run, and how it was moved. */
  readonly legs: readonly Leg[];
  /** Number of extensions that were begun, and the seconds at which the last one ends if it has a limit. */
  readonly extensions?: number;
  readonly until?: number;
  /** Steps of an epoch that a time limit ended, which an extension skips. */
  readonly skipped?: number;
  /** Collected weights for an average, see `GatheredWeights`. */
  readonly gathered?: unknown;
  readonly average?: AverageReport;
  /** State of the watch for a diverging loss. */
  readonly seen?: WatchState;
  readonly diverged?: Divergence;
  /** How often the training began again with lower rates. */
  readonly lowered?: number;
}

/** Returns the tensors of a checkpoint whose names have a prefix, without the prefix. */
export function tensorsOf({ tensors }: Checkpoint, prefix: string): Map<string, Tensor> {
  return new Map(
    [...tensors].filter(([n]) => n.startsWith(prefix)).map(([n, t]) => [n.slice(prefix.length), t]),
  );
}

/** Returns tensors with a prefix on their names. */
export function named(prefix: string, tensors: ReadonlyMap<string, Tensor>): [string, Tensor][] {
  return [...tensors].map(([name, tensor]): [string, Tensor] => [`${prefix}${name}`, tensor]);
}
