import { type RequestedOptions, readSettings, type Settings } from "../settings.js";
import type { Aligner } from "./align.js";
import {
  cdanSettings,
  coralSettings,
  dannSettings,
  janSettings,
  kliepSettings,
  mccSettings,
  tradeOffList,
} from "./settings.js";

/**
 * A row of the adaptation methods: its description for help, documents and errors, and what it adds to training on the
 * source.
 */
export interface AdaptationRow {
  readonly does: string;
  readonly paper: string;
  readonly settings: Settings;
  /** Set if it adds a term over source and target batches. */
  readonly align?: () => Promise<Aligner>;
  /** True if it weights the source items before training. */
  readonly weighs?: boolean;
  /** Set for a word of the literature: the method that it stands for. */
  readonly means?: string;
  /** Set if it only maps frozen features, and solves the head again: no training. */
  readonly maps?: readonly MapName[];
  /** Set if it takes a model in place of the source. */
  readonly free?: true;
}

/** Maps of frozen features. */
export type MapName = "none" | "moments" | "transport" | "adabn";

/** The methods of `engraft adapt` by name. */
export const adaptations = {
  auto: {
    does: "chooses among source-only, moments, transport and adabn, each also with self-training, without target labels (default)",
    paper: "the methods' own",
    settings: {},
    maps: ["none", "moments", "transport", "adabn"],
  },
  "source-only": {
    does: "no adaptation: trains on the source only; the baseline of the other methods",
    paper: "none: the baseline",
    settings: {},
  },
  dann: {
    does: "DANN: features from which a discriminator cannot tell source and target",
    paper: "Ganin et al., Domain-Adversarial Training of Neural Networks, 2016",
    settings: dannSettings,
    align: async () => (await import("./dann.js")).dann,
  },
  "deep-coral": {
    does: "Deep CORAL: aligns the feature covariances of source and target",
    paper: "Sun & Saenko, Deep CORAL: Correlation Alignment for Deep Domain Adaptation, 2016",
    settings: coralSettings,
    align: async () => (await import("./deep-coral.js")).deepCoral,
  },
  mcc: {
    does: "MCC: predictions for the target that confuse no two classes",
    paper: "Jin et al., Minimum Class Confusion for Versatile Domain Adaptation, 2020",
    settings: mccSettings,
    align: async () => (await import("./mcc.js")).mcc,
  },
  cdan: {
    does: "CDAN: like dann, with a discriminator that also sees the predicted classes",
    paper: "Long et al., Conditional Adversarial Domain Adaptation, 2018",
    settings: cdanSettings,
    align: async () => (await import("./cdan.js")).cdan,
  },
  jan: {
    does: "JAN: aligns the joint distributions of features and predictions",
    paper: "Long et al., Deep Transfer Learning with Joint Adaptation Networks, 2017",
    settings: janSettings,
    align: async () => (await import("./jan.js")).jan,
  },
  moments: {
    does: "gives frozen source features the means and deviations of the target's, also with self-training",
    paper: "Sun, Feng & Saenko, Return of Frustratingly Easy Domain Adaptation, 2016 (its diagonal case)",
    settings: {},
    maps: ["moments"],
  },
  transport: {
    does: "moves frozen source features by linear optimal transport, also with self-training",
    paper: "Flamary et al., Concentration bounds for linear Monge mapping estimation, 2019",
    settings: {},
    maps: ["transport"],
  },
  adabn: {
    does: "AdaBN: BatchNormalization statistics of each domain, and a head solved again, also with self-training",
    paper: "Li et al., Adaptive Batch Normalization for practical domain adaptation, 2018",
    settings: {},
    maps: ["adabn"],
  },
  domain: {
    does: "domain adaptation, the alignment of features: means deep-coral",
    paper: "Sun & Saenko, 2016",
    settings: coralSettings,
    means: "deep-coral",
  },
  task: {
    does: "task adaptation, the use of the classifier's own predictions: means mcc",
    paper: "Jin et al., 2020",
    settings: mccSettings,
    means: "mcc",
  },
  joint: {
    does: "joint adaptation, the alignment of features with predictions: means jan",
    paper: "Long et al., 2017",
    settings: janSettings,
    means: "jan",
  },
  kliep: {
    does: "importance weighting: source samples count by the density ratio of target to source",
    paper: "Sugiyama et al., Direct Importance Estimation with Model Selection (KLIEP), 2008",
    settings: kliepSettings,
    weighs: true,
  },
  "label-shift": {
    does: "of a model: new shares of the classes, estimated by EM on calibrated predictions for the target",
    paper: "Saerens et al., Adjusting the Outputs of a Classifier to New a Priori Probabilities, 2002",
    settings: {},
    free: true,
  },
  shot: {
    does: "of a model, without its data: trains the backbone on the target until the frozen head is sure of each sample",
    paper: "Liang et al., Do We Really Need to Access the Source Data? (SHOT), 2020",
    settings: {},
    free: true,
  },
  "shot-head": {
    does: "of a model, without its data: a head solved on the pseudo labels of shot, without training",
    paper: "Liang et al., Do We Really Need to Access the Source Data? (SHOT), 2020, its pseudo labels",
    settings: {},
    free: true,
  },
} as const satisfies Record<string, AdaptationRow>;

export type AdaptationName = keyof typeof adaptations;

/** Methods that adapt a model. */
export type SourceFreeName = {
  [Name in AdaptationName]: (typeof adaptations)[Name] extends { readonly free: true } ? Name : never;
}[AdaptationName];

export const sourceFreeNames = (Object.keys(adaptations) as AdaptationName[]).filter(
  (name): name is SourceFreeName => adaptationOf(name).free === true,
);

/** Returns true for a method that takes a model in place of the source. */
export const isSourceFree = (name: string): name is SourceFreeName =>
  (sourceFreeNames as readonly string[]).includes(name);

/** Returns the method that a name stands for: "mcc" for "task", and every other name itself. */
export function methodOf(name: AdaptationName): AdaptationName {
  const { means = name }: AdaptationRow = adaptations[name];
  return means as AdaptationName;
}

/** Returns the row of a method. */
export function adaptationOf(name: AdaptationName): AdaptationRow {
  return adaptations[methodOf(name)];
}

/** @throws OptionError for an option that the method does not have, or an invalid value */
export function checkAdaptation(name: AdaptationName, requested: RequestedOptions): void {
  readSettings(adaptationOf(name).settings, requested, `method "${name}"`);
}

/** Returns the trade-offs to try, each in a separate training; empty for a method without one. */
export function tradeOffsOf(name: AdaptationName, requested: RequestedOptions): number[] {
  const { settings } = adaptationOf(name);
  if (!Object.hasOwn(settings, "tradeOff")) return [];
  const { tradeOff } = readSettings(settings, requested, `method "${name}"`) as { tradeOff: string | number };
  return tradeOffList(tradeOff);
}
