import type { Regime } from "./refuse-unusable.js";

/** Training modes of commands other than `train`, with their capabilities. */
export const regimes = {
  /** Samples with classes, without the baselines and the budget of a run. */
  distill: {
    words: "a teacher",
    has: [
      ...([
        "images",
        "base",
        "pretrained",
        "solved head",
        "feature row",
        "classes",
        "softmax",
        "base classifier",
      ] as const),
      ...(["views", "calibration", "coverage", "lists", "augmentation", "initial weights"] as const),
      ...(["repeats", "dataset", "steps", "explanations", "task", "target"] as const),
    ],
  },
  /** Several tasks of one class. Their samples come from several datasets, so a group could end in two splits. */
  "multi-task": {
    words: "several tasks",
    has: [
      ...(["images", "texts", "sounds", "base", "pretrained", "solved head", "feature row"] as const),
      ...(["classes", "softmax", "lists", "augmentation", "initial weights", "steps"] as const),
    ],
  },
} as const satisfies Readonly<Record<string, Regime>>;
