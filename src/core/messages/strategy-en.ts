/** English reasons why a run uses its strategy. */
import type { BaseModality, SampleWords } from "../modalities.js";
import { metrics, type ScoreName } from "../results/metric.js";
import { counted } from "./counted.js";
import { amountText, scoreText } from "./metric-en.js";

type Unit = SampleWords<BaseModality>["many"];
const percent = (x: number): string => `${(100 * x).toFixed(1)} %`;

/** Training samples, and the class with the fewest of them. */
export interface TrainingSamples {
  readonly samples: number;
  readonly unit: Unit;
  readonly fewest: number;
  readonly class: string;
  /** From how many samples on all weights train. */
  readonly from: number;
}
const trainingSamples = (v: TrainingSamples): string =>
  `${v.samples} training ${v.unit} (${v.fewest} of class "${v.class}")`;

/** Accuracy of a cross-validated linear probe, with its 95 % interval. */
export interface ProbeAccuracy {
  readonly accuracy: number;
  readonly samples: number;
  readonly unit: Unit;
  readonly low: number;
  readonly high: number;
}
const probeAccuracy = (v: ProbeAccuracy): string =>
  `a linear probe on the frozen features is right for ${percent(v.accuracy)} of ${v.samples} training ${v.unit} it has not seen (95 % interval ${percent(v.low)} to ${percent(v.high)})`;

const trialResult = (accuracy: number | null): string => (accuracy === null ? "diverged" : percent(accuracy));

/** What short trainings showed. */
export type TrialFinding = "no change" | "probe" | "probe kept" | "ngram-probe" | "discriminative";

/** Models of a run with their validation scores. */
export interface ModelScores {
  readonly models: readonly {
    readonly name: string;
    readonly score: number;
    /** Number of epochs, if the score is that of the best one: it is too high then. */
    readonly best_of?: number;
    /** Mean score of the epochs about as good as the best one, which decides. Missing: there are none. */
    readonly beside?: number;
  }[];
  readonly metric: ScoreName;
  readonly samples: number;
  /** Standard error of the difference of two models. Missing: there is none to estimate. */
  readonly error?: number;
  /** The two models, if there are more. */
  readonly of?: readonly [string, string];
}

/** The model that a run kept. */
export interface ValidationChoice extends ModelScores {
  readonly kept: string;
  /** Set if a simpler model is kept, or one with pretrained features, because no other one is clearly better. */
  readonly simpler?: true | "pretrained";
  /** Number of groups of the validation samples, if the model with the best score is not kept because they are too few. */
  readonly few_groups?: number;
  /** Losses, if the model with the best score is not kept because of its loss. */
  readonly losses?: { readonly best: string; readonly of_best: number; readonly of_kept: number };
}

/** Returns the scores, and the standard error of a difference. */
export const scoresEn = ({ models, metric, samples, error, of }: ModelScores): string => {
  const scale = metrics[metric].sentenceScale;
  const scores = models
    .map(({ name, score, best_of: epochs, beside }) => {
      const chosen =
        epochs === undefined
          ? []
          : [
              `(best of ${epochs} epochs${beside === undefined ? "" : `; the mean of those near it ${scoreText(beside, scale)}`})`,
            ];
      return [name, scoreText(score, scale), ...chosen].join(" ");
    })
    .join(", ");
  const between = of ? `the difference of ${of.join(" and ")}` : "the difference";
  const chance =
    error === undefined ? "" : ` (one standard error of ${between} is ${amountText(error, scale)})`;
  return `${scores} on ${samples} validation samples${chance}`;
};

/** Candidates of a run with a source table. */
export const candidatesEn = {
  alone: "target alone",
  pooled: "both tables",
  residual: "source and correction",
} as const;
export type CandidateName = keyof typeof candidatesEn;

/** By how much the best candidate with a source is better than the target alone by folds: in log loss, or R². */
export interface SourceLead {
  readonly value: number;
  /** The candidate is kept if its lead is above this. null: the rows are of too few groups to tell. */
  readonly needed: number | null;
  /** Number of groups, if they are too few. */
  readonly groups?: number;
}

/** Says why a source is used or left out. */
function leadEn({ value, needed, groups }: SourceLead): string {
  const [lead, least] = [value, needed ?? 0].map((one) => one.toFixed(3));
  if (value <= 0) return ": the source is left out";
  if (needed === null)
    return `: ${counted(groups!, "group")} of rows show no standard error, so the source is left out`;
  return value > needed
    ? `: a lead of ${lead}, and more than ${least} is needed`
    : `: a lead of more than ${least} is needed, so the source is left out`;
}

export const strategyEn = {
  "strategy-default": "default",
  "requested-strategy": "requested",
  "base-cannot-be-fine-tuned": ({ why }: { readonly why: string }): string =>
    `the base cannot be fine-tuned: ${why}`,
  "adapted-between-domains": ({
    source,
    target,
  }: {
    readonly source: string;
    readonly target: string;
  }): string => `adapted from "${source}" to "${target}"`,
  "adapted-to-target": ({ target }: { readonly target: string }): string => `adapted to "${target}"`,
  "heads-on-one-body": ({ heads }: { readonly heads: number }): string => `${heads} heads on one body`,
  "learns-from-teacher": ({ teacher }: { readonly teacher: string }): string => `learns from ${teacher}`,
  "masked-modelling": "masked modelling: the base sees the tokens on both sides of a place",
  "causal-modelling": "causal modelling: the base sees only the tokens before a place",
  "adapter-for-size": ({ millions }: { readonly millions: number }): string =>
    `the base has ${millions} million weights: an adapter needs less memory than an optimizer of them all`,
  "table-without-base":
    "no pretrained model for a table alone: random weights (--init-from MODEL starts from another table's model)",
  "chosen-with-source": (v: {
    readonly kept: CandidateName;
    readonly source: string;
    readonly metric: ScoreName;
    readonly score: number;
    readonly other: CandidateName;
    readonly of_other: number;
    readonly rows: number;
    readonly folds: number;
    readonly lead: SourceLead;
  }): string =>
    `${candidatesEn[v.kept]} ${v.metric === "r2" ? "R²" : "log loss"} ${v.score.toFixed(3)}, ${candidatesEn[v.other]} ${v.of_other.toFixed(3)} by ${v.folds} folds of ${counted(v.rows, "row")} of the target, with the source ${JSON.stringify(v.source)}${leadEn(v.lead)}`,
  "folds-choose": "unless folds of the target choose a linear model",
  "table-from-model": ({ model }: { readonly model: string }): string => `started from ${model}`,

  // Rules without a look at the features.
  "enough-samples": ({ samples, from }: { readonly samples: number; readonly from: number }): string =>
    `${samples} training samples are enough to train all weights (from ${from} on)`,
  "few-samples": ({ samples, from }: { readonly samples: number; readonly from: number }): string =>
    `${samples} training samples are fewer than ${from}: training all weights would mostly fit noise`,

  // Rules of a plan.
  "enough-samples-of-classes": (v: TrainingSamples): string =>
    `${trainingSamples(v)} are enough to train the base's weights (from ${v.from} on)`,
  "few-samples-of-classes": (v: TrainingSamples): string =>
    `${trainingSamples(v)} are fewer than ${v.from}: training all weights would mostly fit noise`,
  "too-few-samples-to-plan": (v: {
    readonly samples: number;
    readonly unit: Unit;
    readonly classes: number;
    readonly needed: number;
  }): string =>
    `${v.samples} training ${v.unit} of ${v.classes} classes are too few to plan by: at least ${v.needed} are needed`,
  "probe-accuracy": probeAccuracy,
  "probe-leaves-room": (v: ProbeAccuracy): string => `${probeAccuracy(v)}, so there is room to improve`,
  "probe-leaves-little": (v: ProbeAccuracy & { readonly left: number }): string =>
    `${probeAccuracy(v)}: less than ${percent(v.left)} can be gained`,
  "budget-below-one-epoch": (v: {
    readonly seconds: number;
    readonly steps: number;
    readonly samples: number;
    readonly unit: Unit;
    readonly per_epoch: number;
  }): string =>
    `${v.seconds} s are enough for ${v.steps} training steps, one epoch over the ${v.samples} training ${v.unit} takes ${v.per_epoch}: a linear probe needs none`,
  "best-for-pictures":
    'of the strategies measured on small picture datasets, similar to the base\'s data or not, "finetune" with a learning rate by the size of the base lost least',
  "best-for-clips": "the default for sounds if short trainings are better than the linear probe",
  "probe-for-clips":
    "on the sets of sounds measured, a linear probe on the features was as good as fine-tuning, and better for speakers not heard",
  "best-for-texts": "the default for texts if short trainings are better than the head with n-grams",
  "ngrams-for-texts":
    // docs/decisions/0026: 16 cells of four sets; waimai at 8 labels per class is 2.1 points below.
    "on four text sets, a head on frozen features and TF-IDF of token n-grams was as good as TF-IDF or better in 14 of 16 comparisons, and at most 2.1 points worse in the others",
  "ngrams-missing": "the training texts have no n-grams",
  "too-few-for-trials": (v: {
    readonly samples: number;
    readonly unit: Unit;
    readonly from: number;
  }): string =>
    `${v.samples} validation ${v.unit} are too few to compare strategies by short trainings (from ${v.from} on)`,
  "too-few-groups-for-trials": (v: {
    readonly groups: number;
    readonly unit: Unit;
    readonly from: number;
  }): string =>
    `the validation ${v.unit} are of ${v.groups} ${v.groups === 1 ? "group" : "groups"}: too few to tell how short trainings do on other groups (from ${v.from} on)`,
  "trials-too-long": ({ time, share }: { readonly time: string; readonly share: number }): string =>
    `short trainings to compare strategies would take ${time}, more than ${100 * share} % of the budget`,
  "short-trainings": (v: {
    readonly samples: number;
    /** Accuracy of a short training; null if it diverged. `discriminative` is missing if it cannot be chosen. */
    readonly discriminative?: number | null;
    readonly finetune: number | null;
    readonly probe: number;
    readonly error: number;
    /** Of the head with n-grams, for texts. */
    readonly ngrams?: number;
    readonly finding: TrialFinding;
  }): string =>
    `short trainings on ${v.samples} validation samples: ${v.discriminative === undefined ? "" : `discriminative ${trialResult(v.discriminative)}, `}finetune ${trialResult(v.finetune)}, the linear probe ${percent(v.probe)}${v.ngrams === undefined ? "" : `, ngram-probe ${percent(v.ngrams)}`} (one standard error is ${(100 * v.error).toFixed(1)} points): ${
      {
        "no change": "no reason to change the choice",
        "ngram-probe": "no training was better than the head with n-grams by more than that",
        probe: "training the weights made it worse",
        "probe kept": "no training was better than the linear probe by more than that",
        discriminative: "early layers have much to learn, at learning rates that stay high",
      }[v.finding]
    }`,
  "kept-by-validation": (v: ValidationChoice): string =>
    `kept ${v.kept} by validation: ${scoresEn(v)}${v.simpler ? `: no larger difference, so the ${v.simpler === true ? "simpler" : v.simpler} model is kept` : ""}${
      v.losses
        ? `: ${v.losses.best} has the higher loss (${v.losses.of_best.toFixed(3)}, ${v.kept} ${v.losses.of_kept.toFixed(3)}), so the simpler model is kept`
        : ""
    }${v.few_groups === undefined ? "" : `: these are of ${v.few_groups} ${v.few_groups === 1 ? "group" : "groups"}, too few to tell for other groups, so the simpler model is kept`}`,
  "rate-for-small-base": (v: {
    readonly rate: number;
    readonly usual: number;
    readonly usual_millions: number;
    readonly millions: number;
  }): string =>
    `learning rate ${v.rate}; ${v.usual} is usual for networks of ${v.usual_millions} million weights, this base has ${v.millions} million, and the rate grows with the square root of the ratio`,
  "rate-of-trials": (v: { readonly rate: number; readonly usual: number; readonly unit: Unit }): string =>
    `learning rate ${Number(v.rate.toPrecision(2))}: in the short training, the rate for ${v.unit} by the size of the base, ${v.usual}, undid the linear probe`,
  "usual-rate": ({ rate, millions }: { readonly rate: number; readonly millions: number }): string =>
    `the usual learning rate ${rate}: this base has ${millions} million weights`,
};
