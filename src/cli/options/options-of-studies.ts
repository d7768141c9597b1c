import { classificationOf } from "../../core/results/task.js";
import { ofDiagnosis } from "../../options/command-options.js";
import { defaults } from "../../options/options.js";
import { command, preprocessing } from "./command-spec.js";
import {
  duration,
  flag,
  flagsOf,
  folders,
  integer,
  nameList,
  number,
  oneOf,
  prepared,
  sharedWork,
  wholeList,
  words,
} from "./fields.js";
import { flagsFor, trainFlags } from "./train-flags.js";

/** Options of `engraft diagnose`. */
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
    ...prepared(),
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

/** Options of `engraft curve`. */
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
    shots: wholeList("training labels of each class, rising, in place of --sizes", "1,5,20"),
    draws: integer("draws of the labels for each of --shots", { min: 2, max: 100, otherwise: "10" }),
    score: number("target score (accuracy, micro F1 or R²) at which sample sizes are compared", {
      min: 0,
      max: 1,
      otherwise: "highest multiple of 0.05 that transfer reaches",
    }),
    resume: words("continue a learning curve that was stopped", "DIR"),
    out: words("output folder", "DIR", "runs/DATE-NAME-curve"),
    ...sharedWork(),
    ...trainFlags("curve", ["seeds", "shots", "out", "explain"]),
  },
  examples: [
    "engraft curve ./flowers",
    "engraft curve ./flowers --sizes 10,20,40,80,160 --seeds 5 --score 0.9",
    "engraft curve ./flowers --shots 1,5,20 --draws 10 --strategy probe",
    "engraft curve --resume runs/2026-01-31-flowers-curve",
  ],
});

/** Options of `engraft work`. */
export const work = command({
  name: "work",
  group: "understand",
  summary: "do trainings of a prepared study, on any machine that sees its folder",
  usage: "<study> | <queue> | <queue> --submit STUDY",
  least: 0,
  most: 1,
  options: {
    index: words("only these trainings, counted from 0", "N or N-M", "all"),
    jobs: integer("trainings at once; they share cores and memory", { min: 1, max: 64, otherwise: "1" }),
    data: words("path of the data on this machine", "PATH", "as the study recorded it"),
    status: flag("print a line for each training, or what a queue holds, and stop"),
    watch: flag("print them again every 2 s, until all have ended"),
    store: words("folder that holds the studies of a queue", "DIR", "the current folder"),
    submit: words("put a study into a queue, and wait for its workers", "STUDY"),
    cancel: flag("take the study of --submit out of the queue, and stop its trainings"),
    allowPlaintext: flag("allow a queue on another machine without encryption"),
  },
  examples: [
    "engraft work study",
    "engraft work study --jobs 2 --threads 1",
    "engraft work study --index 3",
    "engraft work study --status",
    "engraft work redis://localhost:6379 --submit /shared/studies/flowers",
    "engraft work redis://localhost:6379 --store /shared/studies",
    "engraft work redis://localhost:6379 --status",
  ],
});

export const rank = command({
  name: "rank",
  group: "train",
  summary: "rank bases for your pictures, texts or sounds by transferability, without training",
  usage: "<data>",
  least: 1,
  most: 1,
  options: {
    bases: nameList(
      "bases to rank: names, file.onnx, folders, hf:org/name",
      "vision-open,resnet18.onnx",
      "all bundled and downloaded bases",
    ),
    samples: integer("training samples to use", { min: 10, max: 20_000, otherwise: "1000" }),
    source: folders(
      "pictures that the bases were trained on, to measure distances",
      "FOLDER or BASE=FOLDER,...",
    ),
    noCache: flag("do not cache features on disk"),
    ...flagsOf("device", "target", "quotes", "classNames", "groupFrom"),
    ...preprocessing,
  },
  examples: [
    "engraft rank ./flowers",
    "engraft rank reviews.csv --bases text-mini,hf:org/name",
    "engraft rank ./flowers --bases vision-open,resnet18.onnx",
    "engraft rank ./flowers --bases vision-open --source ./photos",
  ],
});
