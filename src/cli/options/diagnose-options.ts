import { classificationOf } from "../../core/results/task.js";
import { ofDiagnosis } from "../../options/command-options.js";
import { defaults } from "../../options/options.js";
import { command } from "./command-spec.js";
import { duration, integer, number, oneOf, words } from "./fields.js";
import { flagsFor } from "./train-flags.js";

/** What `engraft diagnose` takes. */
export const diagnose = command({
  name: "diagnose",
  summary: "which layers' weights of a base help on the data, and which hurt; which classes of a source",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    base: words("whose layers are looked at", "BASE", defaults.base),
    groups: integer("groups that the layers are divided into", { min: 2, max: 8, otherwise: "4" }),
    seeds: integer("trainings of each kind, from --seed on", { min: 1, max: 100, otherwise: "3" }),
    budget: duration("time for all trainings together: it decides the epochs", {
      min: 1,
      max: 30 * 86_400,
      otherwise: "10m",
    }),
    epochs: integer("passes of each training, whatever they take", {
      min: 1,
      max: 10_000,
      otherwise: "by the budget",
    }),
    margin: number("a gain within ± this counts as none", { min: 0, max: 0.5, otherwise: "0.01" }),
    source: words("labelled pictures of before: which of their classes are near yours, which hurt", "FOLDER"),
    out: words("its folder", "DIR", "runs/DATE-NAME-diagnosis"),
    resume: words("go on with a diagnosis that was stopped", "DIR"),
    task: oneOf(
      "what is learnt from what",
      ["auto", classificationOf.image, classificationOf.text],
      "auto, found out from the data",
      "TASK",
    ),
    ...flagsFor(ofDiagnosis, ["base", "budget", "epochs", "margin", "out", "seeds", "task"]),
  },
  examples: [
    "engraft diagnose ./flowers",
    "engraft diagnose ./flowers --base resnet18.onnx --groups 6 --budget 30m",
    "engraft diagnose ./flowers --source ./photos",
    "engraft diagnose --resume runs/2026-01-31-flowers-diagnosis",
  ],
});
