import { command } from "./command-spec.js";
import { integer, number, wholeList, words } from "./fields.js";
import { trainFlags } from "./train-flags.js";

/** What `engraft curve` takes. */
export const curve = command({
  name: "curve",
  group: "understand",
  summary: "draw learning curves: how many samples does transfer save?",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    sizes: wholeList("training set sizes, rising", "20,40,80", "five, up to all samples"),
    seeds: integer("trainings of each size", { min: 1, max: 100, otherwise: "3" }),
    score: number("target score (accuracy, micro F1 or R²) at which sample sizes are compared", {
      min: 0,
      max: 1,
      otherwise: "highest multiple of 0.05 that transfer reaches",
    }),
    accuracy: number("the same as --score", { min: 0, max: 1, otherwise: "none" }),
    resume: words("continue a learning curve that was stopped", "DIR"),
    out: words("output folder", "DIR", "runs/DATE-NAME-curve"),
    ...trainFlags("curve", ["seeds", "out", "explain"]),
  },
  examples: [
    "engraft curve ./flowers",
    "engraft curve ./flowers --sizes 10,20,40,80,160 --seeds 5 --score 0.9",
    "engraft curve --resume runs/2026-01-31-flowers-curve",
  ],
});
