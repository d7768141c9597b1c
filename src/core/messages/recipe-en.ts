/** English sentences about the way something was trained. */
import { counted } from "./counted.js";

/** What a linear model is fitted on. */
export type LinearInputs =
  | "features"
  | "word features"
  | "columns"
  | "pixels"
  | "log-mel statistics"
  | "tf-idf"
  | "tf-idf with characters"
  | "features and tf-idf"
  | "features and token n-grams"
  | "token n-grams and characters";

/** A linear model: its inputs, with the values that its inputs have. */
export interface LinearModel {
  readonly model: "ridge" | "logistic";
  readonly inputs: LinearInputs;
  /** One model for each label. */
  readonly each_label?: boolean;
  /** Width of the features. */
  readonly features?: number;
  /** Words and pairs of words of TF-IDF. */
  readonly terms?: number;
  /** Pixels a side. */
  readonly side?: number;
}

const inputsEn = ({ inputs, features, terms, side }: LinearModel): string =>
  ({
    features: "frozen features",
    "word features": "frozen features of words",
    columns: "standardised numbers and one-hot categories",
    pixels: `the pixels at ${side} × ${side}`,
    "log-mel statistics": `${features} statistics of log-mel frames`,
    "tf-idf": `TF-IDF of ${terms} words and word pairs`,
    "tf-idf with characters": `TF-IDF of ${terms} words, word pairs and sequences of 2 to 5 characters`,
    "features and tf-idf": `${features} frozen features and TF-IDF of ${terms} words and word pairs`,
    "features and token n-grams": `${features} frozen features and TF-IDF of ${terms} token n-grams`,
    "token n-grams and characters": `TF-IDF of ${terms} token and character n-grams`,
  })[inputs];

/** Maps of features between domains. */
const mapsEn = {
  none: "features of the source as they are",
  moments: "features of the source with the means and deviations of the target",
  transport: "features of the source moved by linear optimal transport",
  adabn: "BatchNormalization statistics of each domain",
};

/** What other inputs add to the best one alone. Gains are in points, of R² as they are. */
export interface InputGain {
  readonly inputs: readonly string[];
  /** The input that is best alone. */
  readonly best: string;
  readonly metric: "accuracy" | "r2";
  readonly gain: number;
  /** 95 % confidence interval. Missing: too few test rows or groups. */
  readonly low?: number;
  readonly high?: number;
}

/** Returns a gain with its sign: "+2.1". */
export const signedGain = (gain: number, metric: InputGain["metric"]): string =>
  `${gain < 0 ? "" : "+"}${metric === "r2" ? gain.toFixed(3) : gain.toFixed(1)}`;

/** What the interval of a gain shows. */
export function shownGain({
  low,
  high,
}: Pick<InputGain, "low" | "high">): "gain" | "loss" | "chance" | "none" {
  if (low === undefined || high === undefined) return "none";
  return low > 0 ? "gain" : high < 0 ? "loss" : "chance";
}

function inputGainEn(values: InputGain): string {
  const { inputs, best, metric, gain, low, high } = values;
  const shown = shownGain(values);
  const unit = metric === "r2" ? "of R²" : "points";
  // The word "columns" stands for several.
  const isOne = inputs.length === 1 && inputs[0] !== "columns";
  const names = inputs.join(" and ");
  const verb = (one: string): string => `${names} ${one}${isOne ? "s" : ""}`;
  const signed = (value: number): string => signedGain(value, metric);
  const range = low === undefined ? "no interval" : `${signed(low)} to ${signed(high!)}`;
  if (shown === "chance")
    return `${verb("add")} nothing to ${best} alone that the interval shows: ${signed(gain)} ${unit} (${range})`;
  const amount = `${signed(Math.abs(gain)).slice(1)} ${unit}`;
  return gain < 0
    ? `${verb("take")} ${amount} from ${best} alone (${range})${shown === "loss" ? `: leave ${isOne ? "it" : "them"} out` : ""}`
    : `${verb("add")} ${amount} to ${best} alone (${range})`;
}

export const recipeEn = {
  "input-gain": inputGainEn,
  // Baselines that train nothing.
  "always-the-same": "the same prediction for every sample",
  "always-mean": "always the mean of the training set",
  "with-source-rows": ({ source, rows }: { readonly source: string; readonly rows: number }): string =>
    `${counted(rows, "row")} of ${JSON.stringify(source)} too, with a column "source"`,
  "fitted-on-source": ({ residual }: { readonly residual: boolean }): string =>
    residual
      ? "a model of the source, and ridge regression on its residuals in the target"
      : "logistic regression of the target on the log-odds of a model of the source",
  "last-value": "the mean target of the last time that is known",
  "last-season": ({ season }: { readonly season: number }): string =>
    `the mean target ${counted(season, "time")} before, or the last such season that is known`,
  "mapped-features": ({
    map,
    self_trained,
  }: {
    readonly map: "none" | "moments" | "transport" | "adabn";
    readonly self_trained: boolean;
  }): string => `${mapsEn[map]}${self_trained ? ", with self-training on the target" : ""}`,
  "always-majority": "always the most frequent class of the training set",
  "always-frequent-labels": ({ labels }: { readonly labels: number }): string =>
    `always the ${counted(labels, "most frequent label")} of the training set`,
  "tag-lookup": "each word's most frequent tag in the training set",
  "constant-boxes": ({ boxes }: { readonly boxes: number }): string =>
    `the same ${counted(boxes, "box", "boxes")} in every picture`,
  "colour-regression": "logistic regression on the colour, the neighbourhood and the place of each pixel",
  "otsu-threshold": "Otsu's grey threshold of each picture",

  "guess-frequent-token": "always the most frequent token of the training set, at its frequency",
  "base-as-it-came": "the base as it came",
  "frame-head": "a new linear head on each frame, from zeros",
  "context-head":
    "a new head: convolutions over neighbouring frames from random weights, and a linear layer from zeros",
  "reused-frame-head": ({ known, characters }: { readonly known: number; readonly characters: number }) =>
    `the linear head of the base on each frame: it knows ${known} of ${characters} characters`,

  // Dense heads.
  "head-on-cells": ({ others, passes }: { readonly others: number; readonly passes: number }): string =>
    `a small network on the features of single places: all with an object, and ${others} others of each level and picture, ${passes} passes`,

  "head-on-mask-cells": ({ others, passes }: { readonly others: number; readonly passes: number }): string =>
    `a small network on the features of single cells: up to ${others} of each picture, and more of rare classes, ${passes} passes`,

  // Linear models.
  "linear-model": (values: LinearModel): string =>
    `${values.model} regression on ${inputsEn(values)}${values.each_label ? ", one for each label" : ""}`,
  "from-feature-sums": (v: { readonly model: "discriminant" | "ridge"; readonly samples: number }): string =>
    `${v.model === "ridge" ? "ridge regression" : "linear discriminant analysis"} on the feature sums of ${counted(v.samples, "sample")}`,
  "some-sentences": ({ some, all }: { readonly some: number; readonly all: number }): string =>
    `${some} of ${all} sentences`,
  "inverse-regularisation": ({ strength }: { readonly strength: number }): string => `strength ${strength}`,
  "boosted-trees": ({ rounds }: { readonly rounds: number }): string =>
    `gradient boosting on numbers and categories, ${counted(rounds, "round")}`,
  "chosen-by-folds": ({ folds }: { readonly folds: number }): string =>
    `chosen by ${folds}-fold cross-validation`,
  refitted: "then fitted on training and validation samples",
  "ridge-alpha": ({ alpha }: { readonly alpha: number }): string => `alpha ${alpha}`,
  "old-rows-of-all-classes": ({ classes }: { readonly classes: number }): string =>
    `head of the earlier model for all ${counted(classes, "class", "classes")}`,

  // What a training starts from.
  "head-from-probe": "head from the linear probe",
  "frozen-head": "the head of the model, frozen",
  "head-with-hidden-layer": ({ units }: { readonly units: number }): string =>
    `a new head with ${counted(units, "hidden unit")}`,
  "random-weights": "random weights",

  // Which weights it trains.
  "head-alone": "the head alone",
  "all-weights": "all weights at one learning rate",
  "all-weights-early-slower": ({ factor }: { readonly factor: number }): string =>
    `all weights, early layers at 1/${factor} of the learning rate`,
  "some-weights-early-slower": (v: {
    readonly some: number;
    readonly all: number;
    readonly factor: number;
  }): string =>
    `${v.some} of ${v.all} weights of the body, ${v.factor === 1 ? "at one learning rate" : `early layers at 1/${v.factor} of the learning rate`}`,
  "layer-groups-slower": ({ groups, factor }: { readonly groups: number; readonly factor: number }): string =>
    `all weights in ${groups} groups of layers, each at 1/${factor} of the next group's learning rate`,
  "gradual-unfreezing": ({ groups }: { readonly groups: number }): string =>
    `${groups} groups of layers, unfrozen one after the other from the output`,
  "last-layers": (v: { readonly last: number; readonly layers: number; readonly from: string }): string =>
    `the last ${v.last === 1 ? "layer" : `${v.last} layers`} of ${v.layers} (from "${v.from}")`,
  "biases-only": ({ weights }: { readonly weights: number }): string =>
    `${counted(weights, "bias or shift", "biases and shifts")} of the body, the other weights frozen`,
  "norms-only": ({ weights }: { readonly weights: number }): string =>
    `${counted(weights, "scale or shift", "scales and shifts")} of normalisation layers, the other weights of the body frozen`,
  "l2-sp": ({ alpha, beta }: { readonly alpha: number; readonly beta: number }): string =>
    `all weights, with a penalty on the distance from where they started (α ${alpha}, head β ${beta})`,
  delta: (v: { readonly maps: number; readonly alpha: number; readonly beta: number }): string =>
    `all weights, ${counted(v.maps, "feature map")} kept close to the base's (α ${v.alpha}, head β ${v.beta})`,
  "co-tuning": ({ classes, lambda }: { readonly classes: number; readonly lambda: number }): string =>
    `all weights, also trained on the base's own ${counted(classes, "class", "classes")} (λ ${lambda})`,
  lwf: ({ lambda, temperature }: { readonly lambda: number; readonly temperature: number }): string =>
    `all weights, with a penalty if the base's own classifier changes its predictions (λ ${lambda}, T ${temperature})`,
  bss: ({ singular, eta }: { readonly singular: number; readonly eta: number }): string =>
    `all weights, with a penalty on the ${singular === 1 ? "smallest singular value" : `${singular} smallest singular values`} of each batch's features (η ${eta})`,
  lora: (v: LowRank): string =>
    `LoRA of rank ${v.rank} on ${v.places} of ${v.all} weights (scale ${v.scale}), the base frozen`,
  dora: (v: LowRank): string =>
    `DoRA of rank ${v.rank} on ${v.places} of ${v.all} weights (scale ${v.scale}), the base frozen`,
  bottlenecks: ({ width, places }: { readonly width: number; readonly places: number }): string =>
    `bottleneck adapters of width ${width} behind ${counted(places, "value")}, the base frozen`,
  ia3: ({ outputs, inputs }: { readonly outputs: number; readonly inputs: number }): string =>
    `(IA)³ factors for the outputs of ${counted(outputs, "weight")} and the inputs of ${inputs}, the base frozen`,
  setfit: (v: { readonly pairs: number; readonly epochs: number; readonly per_step: number }): string =>
    `SetFit: the body from ${v.pairs} pairs a sample and epoch, half of them of one class, ${counted(v.epochs, "epoch")} of ${v.per_step} pairs a step, then the head by logistic regression`,

  // How it trains.
  optimizer: ({ name }: { readonly name: string }): string => name,
  "learning-rate": ({ rate }: { readonly rate: number }): string => `learning rate ${rate}`,
  schedule: ({ name }: { readonly name: string }): string => `${name} schedule`,
  "until-no-improvement": ({ steps, batch }: { readonly steps: number; readonly batch: number }): string =>
    `constant learning rate until validation stops improving, at most ${counted(steps, "step")} of batch size ${batch}`,
  "epochs-of-batches": ({ epochs, batch }: { readonly epochs: number; readonly batch: number }): string =>
    `${counted(epochs, "epoch")} of batch size ${batch}`,
  "batch-norm": ({ mode }: { readonly mode: BatchNormMode }): string =>
    ({
      frozen: "BatchNorm frozen",
      train: "BatchNorm with batch statistics",
      adapt: "BatchNorm adapted to the training pictures, then frozen",
    })[mode],
  "label-smoothing": ({ value }: { readonly value: number }): string => `label smoothing ${value}`,
  "class-weights": ({ weights }: { readonly weights: string }): string => `class weights ${weights}`,
  "focal-loss": ({ gamma }: { readonly gamma: number }): string => `focal loss γ ${gamma}`,
  "weight-ema": ({ decay }: { readonly decay: number }): string =>
    `exponential moving average of the weights, decay ${decay}`,
  "early-stopping": ({ patience }: { readonly patience: number }): string =>
    `early stopping after ${counted(patience, "epoch")} without improvement`,
  "last-epoch-kept": "the last epoch is kept",
  mixup: ({ alpha }: { readonly alpha: number }): string => `mixup α ${alpha}`,
  cutmix: ({ alpha }: { readonly alpha: number }): string => `cutmix α ${alpha}`,
  mosaic: ({ share }: { readonly share: number }): string =>
    `mosaics of four pictures, share ${share} of the samples`,
  "gradient-accumulation": ({ batches }: { readonly batches: number }): string =>
    `gradient accumulation over ${batches} batches`,
  "sharpness-aware": ({ rho }: { readonly rho: number }): string => `sharpness-aware minimisation, ρ ${rho}`,
  "weight-average": ({ from }: { readonly from: number }): string =>
    `weights averaged over the epochs from ${from} of the run on`,
  "greedy-soup": ({ size }: { readonly size: number }): string => `greedy soup of the ${size} best epochs`,
  "balanced-sampling": "balanced sampling over classes",
  "fresh-and-kept-rates": ({ fresh, kept }: { readonly fresh: number; readonly kept: number }): string =>
    `fresh layers and the head at a learning rate of up to ${fresh}, kept layers at ${kept}`,

  // What it learns from a teacher.
  "teacher-soft": ({
    alpha,
    temperature,
  }: {
    readonly alpha: number;
    readonly temperature: number;
  }): string => `soft targets of the teacher (α ${alpha}, T ${temperature})`,
  "teacher-hints": ({
    from,
    beta,
  }: {
    readonly from: "middle" | "features";
    readonly beta: number;
  }): string =>
    `hints from the teacher's ${from === "middle" ? "feature maps in the middle" : "features"} (β ${beta})`,
  "teacher-attention": (v: {
    readonly stages: number;
    readonly beta: number;
    readonly power: number;
  }): string =>
    `attention maps of the teacher at the end of ${counted(v.stages, "stage")} (β ${v.beta}, p ${v.power})`,
  "teacher-answers-cached": ({
    pictures,
    unit = "pictures",
  }: {
    readonly pictures: number;
    readonly unit?: string;
  }): string => `the teacher's predictions for all ${pictures} training ${unit} were in the cache`,
  "teacher-answers-before": ({
    some,
    pictures,
    unit = "pictures",
  }: {
    readonly some: number;
    readonly pictures: number;
    readonly unit?: string;
  }): string => `the teacher predicted ${some} of ${pictures} training ${unit} once, before the first step`,
  "teacher-answers-augmented": ({ augmentation }: { readonly augmentation: string }): string =>
    `the teacher predicts each training picture as the student sees it (augmentation ${augmentation}), during the training`,
  "teacher-relations": ({ distance, angle }: { readonly distance: number; readonly angle: number }): string =>
    `relations of the teacher's features within a batch (distances ${distance}, angles ${angle})`,
};

/** Adapters of low rank beside some of the weights. */
export interface LowRank {
  readonly rank: number;
  readonly places: number;
  readonly all: number;
  readonly scale: string | number;
}

export type BatchNormMode = "frozen" | "train" | "adapt";
