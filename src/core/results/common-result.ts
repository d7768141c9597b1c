import type { StrategyFacts, WarningText } from "../../core/messages/message.js";
import type {
  DivergedFacts,
  EarlyStopping,
  ExtendedFacts,
  JoinedFacts,
  PacedSteps,
  SafeChoice,
} from "../events/run-outcome.js";
import type { SourceFacts } from "../events/source-facts.js";
import type { BaseFacts } from "./base-facts.js";
import type { ForecastFacts, SplitCounts } from "./counts.js";
import type { NamedScore, ScoreName } from "./metric.js";
import type { ShownScore } from "./shown-score.js";
import type { InitReport, Interval } from "./task.js";

/** An average of the weights of several epochs (`--average swa`, `--average soup`). */
export interface AverageFacts {
  readonly kind: "swa" | "soup";
  readonly epochs: readonly number[];
  readonly validation: { readonly loss: number } & NamedScore;
  /** False: the best epoch is better, and was kept. */
  readonly kept: boolean;
}

/** Test scores with several views of each image, averaged (`--tta`). */
export interface ViewScores<Scores> {
  readonly views: number;
  readonly test: Scores;
}

/** Fields of every training's result. */
export interface CommonResult {
  readonly event: "result";
  /** The run folder, and the model folder in it. */
  readonly run: string;
  readonly model: string;
  readonly base: BaseFacts;
  /** True if a sample is a pair of texts. Missing: it is not. */
  readonly pairs?: true;
  readonly strategy: StrategyFacts;
  readonly split: SplitCounts;
  /** The test score as pages and commands show it. Missing: no score was measured, or an older version made the run. */
  readonly shown?: ShownScore;
  /** Why no score was measured: all samples were used for training, and `test.n` is 0. Missing: the run has a score. */
  readonly no_score?: WarningText;
  readonly trainable: { readonly parameters: number; readonly total: number };
  /** 0 for a probe: it is solved, not trained. */
  readonly epochs: number;
  /** The epoch whose weights were kept. 0: the weights before the first step. */
  readonly best_epoch: number;
  /** `best_epoch` is the last epoch because of `keep: "last"`. Missing: the best epoch by validation. */
  readonly kept?: "last";
  /** Missing if the training made all its epochs. */
  readonly early_stopping?: EarlyStopping;
  /** How often the finished run was trained further. Missing: never. */
  readonly extensions?: number;
  /** The average of several epochs' weights, if the run has the option: of which epochs, its validation, and whether it was kept. */
  readonly average?: AverageFacts;
  /** Of `engraft extend`: the sources, and what changed. */
  readonly extended?: ExtendedFacts;
  /**
   * With `folds`, or of a linear probe whose test split is small: each sample is predicted by a model that learnt from the other folds.
   * The score has the name of the metric, such as `accuracy`, and its 95 % confidence interval is `accuracy_ci95`. The interval counts that
   * the models of the folds share training samples. null: too few groups.
   */
  readonly cross_validation?: {
    readonly [M in ScoreName]: {
      readonly folds: number;
      /** Samples: each is held out once. */
      readonly n: number;
      /** Groups, with near copies in one; missing if each sample is its own. */
      readonly groups?: number;
    } & Readonly<Record<M, number>> &
      Readonly<Record<`${M}_ci95`, Interval | null>>;
  }[ScoreName];
  /** Of several joined bases: what each gives alone. */
  readonly joined?: JoinedFacts;
  /** Of a table with a source table (`--with`): all candidates. */
  readonly with_source?: SourceFacts;
  /** Units of the hidden layer between features and output layer. Missing: the head is linear. */
  readonly hidden?: number;
  /** Weights that were taken over from another model (`--init-from`). */
  readonly init?: InitReport;
  /** With a budget, if it made over a tenth more or fewer steps than planned. */
  readonly paced?: PacedSteps;
  /** The peak learning rate that the rate finder chose. */
  readonly rate_found?: number;
  readonly diverged?: DivergedFacts;
  readonly seconds: { readonly total: number; readonly features: number; readonly training: number };
  /**
   * Choice by validation between the run's model and the one from scratch, if the run trained both and keeps the better one:
   * for `--safe`, and with baselines if no strategy was requested. If the model from scratch was kept, `test`, `validation` and the model are its own. The verdict is
   * about the transfer.
   */
  readonly safe?: SafeChoice;
  readonly peak_rss_mb: number;
  readonly forecast: ForecastFacts;
  /** Number of other runs that scored this test split before, counted by its fingerprint. */
  readonly test_looks: number;
}

/** How the kept model of a run was made. */
export interface ModelMethod {
  /** The strategy; "scratch" if the run kept that model instead. */
  readonly name: string;
  /** True if no epoch was better than the weights before the first one, so these were kept: usually a solved head. */
  readonly untrained?: true;
}

/** Returns how the kept model of a result was made. */
export const methodOfModel = ({
  safe,
  strategy,
  epochs,
  best_epoch: best,
}: Pick<CommonResult, "safe" | "strategy" | "epochs" | "best_epoch">): ModelMethod => {
  if (safe?.kept === "scratch") return { name: "scratch" };
  return { name: strategy.name, ...(epochs > 0 && best === 0 && { untrained: true }) };
};

/** Returns whether validation chose the epoch of the model: a solved head has none, and `keep: "last"` chooses none. */
export const choseEpoch = ({ safe, epochs, kept }: Pick<CommonResult, "safe" | "epochs" | "kept">): boolean =>
  safe?.kept === "scratch" || (epochs > 0 && kept !== "last");
