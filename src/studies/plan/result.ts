import type { SplitCounts } from "../../core/events/events.js";
import type { StrategyFacts } from "../../core/messages/message.js";
import type { BaseFacts } from "../../core/results/base-facts.js";
import type { ForecastFacts } from "../../core/results/counts.js";
import type { BaseClassification } from "../../core/results/task.js";
import type { Augmentation } from "../../data/dataset.js";
import type { StrategyName } from "../../methods/registry.js";
import type { DecidedBy } from "../../options/command-options.js";
import type { TrainOptions } from "../../options/options.js";
import type { Trial } from "../../tasks/classes/choose/trials.js";

/** Options of `plan`: those of the training, and those of the choice. */
export interface PlanOptions extends Omit<TrainOptions, DecidedBy<"plan">> {
  /** Candidate bases: names, files, folders, hf:org/name. Default: `base`, or all bundled and downloaded bases but those for research only. */
  readonly bases?: readonly string[];
  /** Compare strategies by short trainings if rules cannot decide and there are enough items. Default true. */
  readonly trials?: boolean;
}

/** A candidate base with its scores. */
export interface CandidateBase {
  /** Name or path, as for `train`. */
  readonly base: string;
  readonly name: string;
  readonly license: string;
  readonly features: number;
  /** Mean rank over the scores of the ensemble; 1 is best. */
  readonly mean_rank: number;
  /** Accuracy of a cross-validated probe on a sample of the training items. */
  readonly probe: number;
  readonly seconds: number;
}

/** Plan of a training, with reasons. Nothing is trained yet. */
export interface PlanResult {
  readonly event: "result";
  readonly task: "plan";
  /** Task of the training. */
  readonly learns: BaseClassification;
  readonly data: {
    readonly path: string;
    readonly fingerprint: string;
    readonly classes: readonly string[];
    readonly split: SplitCounts;
  };
  readonly base: BaseFacts;
  readonly strategy: StrategyFacts & { readonly name: StrategyName };
  /** Value of the base graph at which the new head starts, with the reason. */
  readonly cut: string;
  /** Number of epochs; 0 for a probe, which is solved. */
  readonly epochs: number;
  readonly batch: number;
  /** Peak learning rate, that of the head; null for a probe. */
  readonly rate: number | null;
  /** Augmentation of pictures; null for texts. */
  readonly augmentation: Augmentation | null;
  /** Options with which `train` follows the plan. */
  readonly options: TrainOptions;
  /** Command that follows the plan. */
  readonly command: string;
  readonly forecast: ForecastFacts & { readonly words: string };
  /** All candidates, the best first. */
  readonly bases: readonly CandidateBase[];
  readonly failed: readonly { readonly base: string; readonly message: string }[];
  readonly trials: readonly Trial[];
  /** Seconds for making the plan. */
  readonly seconds: number;
}
