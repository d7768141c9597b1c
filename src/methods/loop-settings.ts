import { EngraftError } from "../core/errors.js";
import { message } from "../core/messages/message.js";
import type { CrossEntropyOptions } from "../losses/index.js";
import type { PlanRequest, TrainingPlan } from "./plan.js";
import {
  choice,
  needing,
  readSettings,
  real,
  type Setting,
  type Settings,
  type SettingValue,
  type ValuesOf,
  whole,
} from "./settings.js";

/** Options that every gradient-based strategy has besides its own. */
export const loopSettings = {
  labelSmoothing: needing(["softmax"], real("share of each label spread over all classes", 0, 0, 0.99)),
  classWeights: {
    ...choice(
      "class weights of the loss: none, balanced (rare classes count more) or NAME:WEIGHT,…",
      "none",
      "balanced",
    ),
    needs: ["softmax"],
    value: "none" as string,
    allowed: "none, balanced, or names with weights, like daisy:2,rose:0.5",
    holds: (v: SettingValue) =>
      typeof v === "string" && (/^(none|balanced)$/.test(v) || namedWeights(v) !== undefined),
  },
  focal: {
    ...real("exponent of the focal loss, for example 2", 0, 0, 10, "0, none"),
    needs: ["softmax"],
    allowed: "0, or a number from 1 to 10",
    holds: (v: SettingValue) => v === 0 || (typeof v === "number" && v >= 1 && v <= 10),
  },
  ema: real("decay of an exponential moving average of the weights, which is kept", 0, 0, 0.99999, "0, none"),
  // The default is of the run, which knows whether the user set the epochs: `endOf` in src/run/training/stage.ts.
  patience: whole(
    "early stopping: epochs without improvement; 0: off",
    0,
    0,
    10_000,
    "a third of the epochs, at least 5; 0 with --epochs",
  ),
  mixup: needing(
    ["class batches"],
    real("α of mixup of pictures, sounds or text features, for example 0.2", 0, 0, 100, "0, none"),
  ),
  cutmix: needing(["images", "class batches"], real("α of CutMix, for example 1", 0, 0, 100, "0, none")),
  erasing: needing(
    ["images", "feature row"],
    real("probability of random erasing", 0, 0, 1, "0; 0.25 with --augment strong"),
  ),
  magnitude: needing(
    ["images", "feature row"],
    whole("strength of --augment randaugment and strong", 9, 0, 30),
  ),
  mosaic: needing(
    ["boxes"],
    real("share of the training samples that are made of four pictures, for example 0.5", 0, 0, 1, "0, none"),
  ),
  noise: needing(
    ["texts", "augmentation"],
    real("share of the words of a text that --augment changes", 0.1, 0.01, 0.9, "0.1; of mask 0.15"),
  ),
  keep: choice("epoch to keep: best (by validation) or last", "best", "last"),
  swaFrom: real("share of the run after which --average swa starts", 0.75, 0, 0.99),
  soupSize: whole("number of best epochs for --average soup", 3, 2, 20),
} as const satisfies Settings;

/** The options that change a loss on classes, or mix labels. */
export const settingsOfClasses: ReadonlySet<string> = new Set(
  Object.entries<Setting>(loopSettings)
    .filter(([, { needs = [] }]) => needs.includes("softmax") || needs.includes("class batches"))
    .map(([name]) => name),
);

/** Parses "daisy:2,rose:0.5" to pairs; undefined for another form. */
function namedWeights(text: string): [string, number][] | undefined {
  const pairs = text.split(",").map((part): [string, number] => {
    const at = part.lastIndexOf(":");
    return [part.slice(0, at).trim(), at < 1 ? Number.NaN : Number(part.slice(at + 1))];
  });
  return pairs.every(([name, w]) => name !== "" && w > 0 && Number.isFinite(w)) ? pairs : undefined;
}

/** Adds the requested loop options to a plan. */
export function withLoop(
  plan: TrainingPlan,
  asked: ValuesOf<typeof loopSettings>,
  request: PlanRequest,
): TrainingPlan {
  const { labelSmoothing, classWeights, focal, ema, patience, mixup, cutmix, mosaic, keep } = asked;
  const mixed = mixup > 0 || cutmix > 0;
  const weights = weightsOfClasses(classWeights, request.classes ?? []);
  const loss: CrossEntropyOptions = {
    ...(labelSmoothing > 0 && { smoothing: labelSmoothing }),
    ...(weights && { classWeights: weights }),
    ...(focal > 0 && { focal }),
  };
  const settings = [
    ...(labelSmoothing > 0 ? [message("label-smoothing", { value: labelSmoothing })] : []),
    ...(weights ? [message("class-weights", { weights: classWeights })] : []),
    ...(focal > 0 ? [message("focal-loss", { gamma: focal })] : []),
    ...(ema > 0 ? [message("weight-ema", { decay: ema })] : []),
    ...(patience > 0 ? [message("early-stopping", { patience })] : []),
    ...(keep === "last" ? [message("last-epoch-kept")] : []),
    ...(mixup > 0 ? [message("mixup", { alpha: mixup })] : []),
    ...(cutmix > 0 ? [message("cutmix", { alpha: cutmix })] : []),
    ...(mosaic > 0 ? [message("mosaic", { share: mosaic })] : []),
  ];
  return {
    ...plan,
    ...(Object.keys(loss).length > 0 && { loss }),
    ...(ema > 0 && { ema }),
    ...(patience > 0 && { patience }),
    ...(keep === "last" && { keep }),
    ...(mixed && { mix: { mixup, cutmix, classes: classCount(request) } }),
    recipe: [...plan.recipe, ...settings],
  };
}

/** @throws OptionError if a batch has too few examples to mix, or there are no classes */
function classCount({ classes = [], batch }: PlanRequest): number {
  if (classes.length === 0)
    throw new EngraftError("OptionError", "mixup and cutmix mix the labels of classes, and there are none", {
      help: "take them out, or name the classes",
    });
  if (batch === 1)
    throw new EngraftError("OptionError", "mixup and cutmix need at least two items a step, not 1", {
      help: "use a larger --batch-size",
      details: { batch },
    });
  return classes.length;
}

/**
 * Returns a weight for each class. balanced: w_c = N / (C n_c), so that every class has the same weight in an epoch.
 * @throws OptionError for an unknown class, or one without a training example
 */
function weightsOfClasses(
  requested: string,
  classes: readonly { readonly name: string; readonly count: number }[],
): number[] | undefined {
  if (requested === "none") return undefined;
  const names = classes.map((c) => c.name);
  if (requested === "balanced") {
    const absent = classes.filter((c) => c.count === 0).map((c) => c.name);
    if (absent.length > 0 || classes.length === 0)
      throw new EngraftError(
        "OptionError",
        `class weights cannot be balanced: ${absent.map((n) => `"${n}"`).join(", ") || "no class"} has no training example`,
        { help: "give weights by name, like classWeights=daisy:2, or add pictures", details: { absent } },
      );
    const all = classes.reduce((n, c) => n + c.count, 0);
    return classes.map((c) => all / (classes.length * c.count));
  }
  const given = new Map(namedWeights(requested));
  const unknown = [...given.keys()].filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new EngraftError(
      "OptionError",
      `there is no class ${unknown.map((n) => `"${n}"`).join(", ")} to give a weight to`,
      { help: `the classes are ${names.join(", ")}`, details: { unknown, classes: names } },
    );
  return names.map((name) => given.get(name) ?? 1);
}

/** Splits the requested options: those of the strategy, and those of the loop. */
export function splitOptions(own: Settings, request: PlanRequest, who: string) {
  const requested = request.option ?? {};
  const values = readSettings({ ...loopSettings, ...own } as Settings, requested, who);
  return {
    own: Object.fromEntries(Object.entries(requested).filter(([name]) => Object.hasOwn(own, name))),
    loop: Object.fromEntries(Object.keys(loopSettings).map((name) => [name, values[name]])) as ValuesOf<
      typeof loopSettings
    >,
  };
}
