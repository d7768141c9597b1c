import { classificationOf } from "../../core/results/task.js";
import { ofDiagnosis } from "../../options/command-options.js";
import { defaults } from "../../options/options.js";
import { command } from "./command-spec.js";
import { duration, integer, number, oneOf, words } from "./fields.js";
import { flagsFor } from "./train-flags.js";

/** What `engraft diagnose` takes. */
export const diagnose = command({
  name: "diagnose",
  group: "understand",
  summary: "find the layers of a base, and source classes, that help or hurt",
  usage: "<data> | --resume DIR",
  least: 0,
  most: 1,
  options: {
    base: words("base model", "BASE", defaults.base),
    groups: integer("number of layer groups", { min: 2, max: 8, otherwise: "4" }),
    seeds: integer("trainings of each kind", { min: 1, max: 100, otherwise: "3" }),
    budget: duration("time limit of all trainings together, which sets the epochs", {
      min: 1,
      max: 30 * 86_400,
      otherwise: "10m",
    }),
    epochs: integer("epochs of each training, instead of --budget", {
      min: 1,
      max: 10_000,
      otherwise: "by the budget",
    }),
    margin: number("smallest gain that matters; 0.01 is one percentage point", {
      min: 0,
      max: 0.5,
      otherwise: "0.01",
    }),
    source: words("labelled source pictures: find classes near yours, and classes that hurt", "FOLDER"),
    out: words("output folder", "DIR", "runs/DATE-NAME-diagnosis"),
    resume: words("continue a diagnosis that was stopped", "DIR"),
    task: oneOf(
      "task",
      ["auto", classificationOf.image, classificationOf.text],
      "auto, detected from the data",
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
