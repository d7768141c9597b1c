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

/** What `plan` may be told: what the training will be told, and where it may choose. */
export interface PlanOptions extends Omit<TrainOptions, DecidedBy<"plan">> {
  /** What it chooses from: names, files, folders, hf:org/name. Default: `base`, or what is bundled and downloaded. */
  readonly bases?: readonly string[];
  /** Try strategies for a short time where rules cannot tell and enough items choose. Default true. */
  readonly trials?: boolean;
}

/** A base that was looked at. */
export interface CandidateBase {
  /** As `train` takes it. */
  readonly base: string;
  readonly name: string;
  readonly license: string;
  readonly features: number;
  /** Mean of its places by the scores of the ensemble, 1 for the best of all. */
  readonly mean_rank: number;
  /** Accuracy of a cross-validated probe on the training items that were looked at. */
  readonly probe: number;
  readonly seconds: number;
}

/** What would be done, and why. Nothing of it has been done. */
export interface PlanResult {
  readonly event: "result";
  readonly task: "plan";
  /** What will be learnt. */
  readonly learns: BaseClassification;
  readonly data: {
    readonly path: string;
    readonly fingerprint: string;
    readonly classes: readonly string[];
    readonly split: SplitCounts;
  };
  readonly base: BaseFacts;
  readonly strategy: StrategyFacts & { readonly name: StrategyName };
  /** The value of the base where the new head begins, and why there. */
  readonly cut: string;
  /** 0 for a probe, which is solved. */
  readonly epochs: number;
  readonly batch: number;
  /** Highest rate, that of the head; null for a probe. */
  readonly rate: number | null;
  /** null for texts. */
  readonly augmentation: Augmentation | null;
  /** What `train` is to be told: with these it does exactly this. */
  readonly options: TrainOptions;
  /** The same as a command. */
  readonly command: string;
  readonly forecast: ForecastFacts & { readonly words: string };
  /** All that were looked at, the best first. */
  readonly bases: readonly CandidateBase[];
  readonly failed: readonly { readonly base: string; readonly message: string }[];
  readonly trials: readonly Trial[];
  /** What making the plan took. */
  readonly seconds: number;
}
