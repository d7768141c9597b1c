import { command } from "./command-spec.js";
import { integer, number, wholeList, words } from "./fields.js";
import { trainFlags } from "./train-flags.js";

/** What `engraft curve` takes. */
export const curve = command({
  name: "curve",
  summary: "train on growing parts of the data, also from scratch: how many samples transfer saves",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    sizes: wholeList(
      "numbers of pictures, texts, sentences or rows to learn from, rising",
      "20,40,80",
      "five, up to all there are",
    ),
    seeds: integer("trainings of each size, from --seed on", { min: 1, max: 100, otherwise: "3" }),
    score: number("score that both are asked for: accuracy, micro F1 of labels and entities, R² of numbers", {
      min: 0,
      max: 1,
      otherwise: "the highest multiple of 0.05 that transfer reaches",
    }),
    accuracy: number("the same as --score", { min: 0, max: 1, otherwise: "none" }),
    resume: words("go on with a curve that was stopped", "DIR"),
    out: words("its folder", "DIR", "runs/DATE-NAME-curve"),
    ...trainFlags("curve", ["seeds", "out", "explain"]),
  },
  examples: [
    "engraft curve ./flowers",
    "engraft curve ./flowers --sizes 10,20,40,80,160 --seeds 5 --score 0.9",
    "engraft curve --resume runs/2026-01-31-flowers-curve",
  ],
});
