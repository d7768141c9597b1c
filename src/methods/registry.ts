import { message, type Sentence } from "../core/messages/message.js";
import type { Capability } from "./capabilities.js";
import { loopSettings, settingsOfClasses, splitOptions, withLoop } from "./loop-settings.js";
import type { Planner } from "./plan.js";
import { type RequestedOptions, readSettings, type Settings } from "./settings.js";
import {
  adapterSettings,
  bssSettings,
  coTuningSettings,
  deltaSettings,
  discriminativeSettings,
  finetuneSettings,
  gradualSettings,
  ia3Settings,
  l2spSettings,
  lastNSettings,
  loraSettings,
  lwfSettings,
  setfitSettings,
} from "./strategy-settings.js";

/** A row of the strategies: its description for help, documents and errors, and its planner. */
export interface StrategyRow {
  /** What trains, in one line. */
  readonly does: string;
  readonly paper: string;
  /** Its options. */
  readonly settings: Settings;
  /** Capabilities that a task must have for it. */
  readonly needs: readonly Capability[];
  /** True if nothing is trained by gradients: a head is solved on frozen features, or a whole model on columns. */
  readonly solved?: boolean;
  /** True if the head takes the TF-IDF of token n-grams. */
  readonly ngrams?: boolean;
  /** True if it starts from no model: neither weights nor features of one are used, of a base of texts its tokenizer alone. */
  readonly withoutBase?: boolean;
  /** Loaded when used. Missing if nothing is trained by gradients, or another strategy is chosen. */
  readonly plan?: () => Promise<Planner>;
  /** True if it needs the base's own classifier during training. */
  readonly oldHead?: boolean;
  /** True if it freezes the base's weights and trains small added ones. */
  readonly adapts?: boolean;
  /** True if it needs the old classes that resemble each new class when training starts. */
  readonly relationship?: boolean;
  /**
   * True if it learns from pairs of items with one class each, and its head is solved: options of the class loss do not
   * apply.
   */
  readonly pairs?: boolean;
}

/** The strategies by name. */
export const strategies = {
  auto: {
    does: "chooses the strategy by the data, and prints why (default for classes)",
    paper: "rules from measured outcomes, see the guide, Planning",
    settings: {},
    needs: ["choice of strategy", "task"],
  },
  probe: {
    does: "linear probe: a new head on frozen features, solved without epochs",
    paper: "Alain & Bengio, Understanding intermediate layers using linear classifier probes, 2016",
    settings: {},
    needs: ["pretrained", "solved head"],
    solved: true,
  },
  sums: {
    does: "linear head from feature sums, which engraft extend adds to and takes out of",
    paper:
      "Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2009, sections 4.3.1 and 3.4.1",
    settings: {},
    needs: ["feature sums", "pretrained", "solved head"],
    solved: true,
  },
  "ngram-probe": {
    does: "linear probe on frozen features and TF-IDF of token n-grams, solved without epochs: for texts",
    paper: "Wang & Manning, Baselines and Bigrams, 2012; Sparck Jones, TF-IDF, 1972",
    settings: {},
    needs: ["pretrained", "token n-grams"],
    solved: true,
    ngrams: true,
  },
  characters: {
    does: "linear model on TF-IDF of token and character n-grams: for texts",
    paper: "Wang & Manning, Baselines and Bigrams, 2012; Sparck Jones, TF-IDF, 1972",
    settings: {},
    needs: ["token n-grams"],
    solved: true,
    ngrams: true,
    withoutBase: true,
  },
  linear: {
    does: "logistic or ridge regression on the columns, solved without epochs: for tables",
    paper: "Hoerl & Kennard, Ridge Regression, 1970; Cox, The Regression Analysis of Binary Sequences, 1958",
    settings: {},
    needs: ["column models"],
    solved: true,
    withoutBase: true,
  },
  trees: {
    does: "gradient-boosted trees on the columns, grown without epochs: for tables",
    paper:
      "Friedman, Greedy Function Approximation: A Gradient Boosting Machine, 2001; Ke et al., LightGBM, 2017",
    settings: {},
    needs: ["column models"],
    solved: true,
    withoutBase: true,
  },
  finetune: {
    does: "fine-tunes head, then all weights, with lower learning rates for early layers (default with --epochs, --lr and similar options)",
    paper: "Howard & Gugger, fastai: a layered API for deep learning, 2020, `fine_tune`",
    settings: finetuneSettings,
    needs: ["pretrained"],
    plan: async () => (await import("./finetune/finetune.js")).finetunePlan,
  },
  full: {
    does: "fine-tunes all weights with one learning rate",
    paper: "Yosinski et al., How transferable are features in deep neural networks?, 2014",
    settings: {},
    needs: [],
    plan: async () => (await import("./finetune/full.js")).fullPlan,
  },
  head: {
    does: "trains the head alone, by gradients",
    paper: "Donahue et al., DeCAF, 2014",
    settings: {},
    needs: ["pretrained", "hidden layer"],
    plan: async () => (await import("./finetune/head.js")).headPlan,
  },
  "last-n": {
    does: "fine-tunes the last layers of the base and the head",
    paper: "Yosinski et al., How transferable are features in deep neural networks?, 2014",
    settings: lastNSettings,
    needs: ["pretrained"],
    plan: async () => (await import("./finetune/last-n.js")).lastNPlan,
  },
  gradual: {
    does: "gradual unfreezing: one group of layers after the other, from the output",
    paper: "Howard & Ruder, Universal Language Model Fine-tuning for Text Classification, 2018",
    settings: gradualSettings,
    needs: ["pretrained"],
    plan: async () => (await import("./finetune/gradual.js")).gradualPlan,
  },
  discriminative: {
    does: "fine-tunes all weights with a lower learning rate for each earlier layer group",
    paper: "Howard & Ruder, Universal Language Model Fine-tuning for Text Classification, 2018",
    settings: discriminativeSettings,
    needs: ["pretrained"],
    plan: async () => (await import("./finetune/discriminative.js")).discriminativePlan,
  },
  bitfit: {
    does: "BitFit: trains biases and the head only",
    paper: "Ben Zaken et al., BitFit, 2022",
    settings: {},
    needs: ["pretrained"],
    plan: async () => (await import("./finetune/bitfit.js")).bitfitPlan,
  },
  "norm-only": {
    does: "trains normalisation layers and the head only",
    paper: "Frankle, Schwab & Morcos, Training BatchNorm and Only BatchNorm, 2021",
    settings: {},
    needs: ["pretrained"],
    plan: async () => (await import("./finetune/norm-only.js")).normOnlyPlan,
  },
  "l2-sp": {
    does: "finetune with an L2 penalty on the distance to the pretrained weights",
    paper: "Li, Grandvalet & Davoine, Explicit Inductive Bias for Transfer Learning, 2018",
    settings: l2spSettings,
    needs: ["pretrained"],
    plan: async () => (await import("./regularised/l2-sp.js")).l2spPlan,
  },
  delta: {
    does: "finetune with a penalty on the distance to the pretrained feature maps",
    paper: "Li et al., DELTA: Deep Learning Transfer using Feature Map with Attention, 2019",
    settings: deltaSettings,
    needs: ["pretrained"],
    plan: async () => (await import("./regularised/delta.js")).deltaPlan,
  },
  bss: {
    does: "finetune with batch spectral shrinkage: penalises small singular values of the features",
    paper: "Chen et al., Catastrophic Forgetting Meets Negative Transfer: Batch Spectral Shrinkage, 2019",
    settings: bssSettings,
    needs: ["pretrained", "feature row"],
    plan: async () => (await import("./regularised/bss.js")).bssPlan,
  },
  "co-tuning": {
    does: "finetune that also trains the old classifier on the source classes each class resembles",
    paper: "You et al., Co-Tuning for Transfer Learning, 2020",
    settings: coTuningSettings,
    needs: ["pretrained", "base classifier"],
    plan: async () => (await import("./regularised/co-tuning.js")).coTuningPlan,
    oldHead: true,
    relationship: true,
  },
  lwf: {
    does: "learning without forgetting: finetune that keeps the predictions of the old classifier",
    paper: "Li & Hoiem, Learning without Forgetting, 2016",
    settings: lwfSettings,
    needs: ["pretrained", "base classifier"],
    plan: async () => (await import("./regularised/lwf.js")).lwfPlan,
    oldHead: true,
  },
  setfit: {
    does: "contrastive training on pairs, then a linear probe: for few labels",
    paper: "Tunstall et al., Efficient Few-Shot Learning Without Prompts (SetFit), 2022",
    settings: setfitSettings,
    needs: ["class batches"],
    plan: async () => (await import("./setfit/setfit.js")).setfitPlan,
    pairs: true,
  },
  lora: {
    does: "LoRA: low-rank updates of frozen weights, and the head; makes a small adapter file",
    paper: "Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021",
    settings: loraSettings,
    needs: ["pretrained", "adapters"],
    plan: async () => (await import("./peft/index.js")).loraPlan,
    adapts: true,
  },
  dora: {
    does: "DoRA: LoRA with separate magnitude and direction of the weights",
    paper: "Liu et al., DoRA: Weight-Decomposed Low-Rank Adaptation, 2024",
    settings: loraSettings,
    needs: ["pretrained", "adapters"],
    plan: async () => (await import("./peft/index.js")).doraPlan,
    adapts: true,
  },
  ia3: {
    does: "(IA)³: a trained factor for each channel of keys, values and feed-forward layers, and the head",
    paper: "Liu et al., Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper, 2022 (IA3)",
    settings: ia3Settings,
    needs: ["pretrained", "adapters"],
    plan: async () => (await import("./peft/index.js")).ia3Plan,
    adapts: true,
  },
  adapter: {
    does: "bottleneck adapters after frozen residual branches, and the head",
    paper: "Houlsby et al., Parameter-Efficient Transfer Learning for NLP, 2019",
    settings: adapterSettings,
    needs: ["pretrained", "adapters"],
    plan: async () => (await import("./peft/index.js")).adapterPlan,
    adapts: true,
  },
} as const satisfies Record<string, StrategyRow>;

export type StrategyName = keyof typeof strategies;

/** Strategies without training steps: they solve a head, or a whole model. */
export type SolvedStrategy = "probe" | "sums" | "ngram-probe" | "characters" | "linear" | "trees";

/** True for the name of a strategy that starts from no model. */
export const isWithoutBase = (name: string | undefined): boolean => has(name, "withoutBase");

/** True for the name of a strategy without training steps: nothing is trained by gradients. */
export const isSolved = (name: string | undefined): boolean => has(name, "solved");

/** True for the name of a strategy whose head takes the TF-IDF of token n-grams. */
export const usesNgrams = (name: string | undefined): boolean =>
  has(name, "ngrams") || name?.endsWith(andNgrams) === true;

/** End of the name of a trained strategy after which a head with token n-grams was solved. */
const andNgrams = "+ngrams";

/** Returns the name of a strategy after which a head with token n-grams is solved on the trained features. */
export const withNgrams = (trained: StrategyName): string => `${trained}${andNgrams}`;

const has = (name: string | undefined, fact: "solved" | "ngrams" | "withoutBase"): boolean =>
  name !== undefined && Object.hasOwn(strategies, name) && rowOf(name as StrategyName)[fact] === true;

/** Returns the row of a strategy. */
export function rowOf(name: StrategyName): StrategyRow {
  return strategies[name];
}

/** Returns a strategy's planner; that of `finetune` for `auto` and solved heads, if they need gradients at all. */
export async function plannerOf(name: StrategyName): Promise<Planner> {
  const { plan = strategies.finetune.plan, settings } = rowOf(name);
  const [planned, { withRequest }] = await Promise.all([plan(), import("./loop-request.js")]);
  return (model, request) => {
    const { own, loop } = splitOptions(settings, request, `strategy "${name}"`);
    return withRequest(
      withLoop(planned(model, { ...request, option: own }), loop, request),
      model,
      request,
      loop,
    );
  };
}

/** Returns the options of a strategy and its loop: a probe's head is solved, and pairs have no loss on classes. */
export function settingsOf(name: StrategyName): Settings {
  const { settings, pairs, solved } = rowOf(name);
  if (solved) return settings;
  const loop = Object.entries(loopSettings).filter(([one]) => !pairs || !settingsOfClasses.has(one));
  return { ...Object.fromEntries(loop), ...settings };
}

/** @throws OptionError for an option that the strategy does not have, or an invalid value */
export function checkSettings(name: StrategyName, requested: RequestedOptions): void {
  readSettings(settingsOf(name), requested, `strategy "${name}"`);
}

/** Fewest training items for fine-tuning: with fewer, a probe is safer. */
const fewExamples = 40;

/**
 * Returns the strategy with its reason: the requested one, or for `auto` a rule of thumb.
 * @param refusal why the base cannot be fine-tuned, undefined if it can
 * @param because reasons of a strategy other than `auto`, default that it was requested
 */
export function chooseStrategy(
  requested: StrategyName,
  examples: number,
  refusal: string | undefined,
  because: readonly Sentence[] = [message("requested-strategy")],
): { name: Exclude<StrategyName, "auto">; reasons: readonly Sentence[] } {
  if (requested !== "auto") return { name: requested, reasons: because };
  if (refusal !== undefined)
    return { name: "probe", reasons: [message("base-cannot-be-fine-tuned", { why: refusal })] };
  const counted = { samples: examples, from: fewExamples };
  return examples < fewExamples
    ? { name: "probe", reasons: [message("few-samples", counted)] }
    : { name: "finetune", reasons: [message("enough-samples", counted)] };
}
