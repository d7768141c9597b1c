// Commands for existing models and runs.

import { baselines } from "../../core/results/explanation.js";
import { explainMethods } from "../../core/results/insights.js";
import { mostViews } from "../../data/dataset.js";
import { setMethods } from "../../evaluate/prediction-sets.js";
import { langs } from "../../report/words/langs.js";
import { command, preprocessing } from "./command-spec.js";
import { flag, flagsOf, integer, number, oneOf, words } from "./fields.js";

/** Test-time augmentation. */
const tta = integer("test-time augmentation: views of each picture to average over", {
  min: 1,
  max: mostViews,
  otherwise: "1: off",
});

/** Texts with more tokens than a model takes. */
const long = oneOf(
  "texts over the token limit: truncate, or split and average",
  ["truncate", "split"],
  "truncate",
);

/** A pair of texts. */
const pairTexts = {
  textA: words("first text of a pair, for models of pairs", "TEXT"),
  textB: words("second text of a pair", "TEXT"),
};

/** Options that say where the texts of a list are, and how it is read. */
const textColumn = flagsOf("text", "quotes");

export const evaluate = command({
  name: "eval",
  group: "understand",
  summary: "score a model on data: metrics with confidence intervals",
  usage: "<model> <data>",
  least: 2,
  most: 2,
  options: {
    tta,
    long,
    ...flagsOf("device", "text"),
    target: words("of texts with classes: the column of labels", "NAME", "detected"),
    ...flagsOf("quotes", "classNames", "groupFrom"),
    task: words("of a model with several heads: the head to score", "NAME", "the first with these classes"),
    coco: words("of boxes: file to write the detections to, in the format of COCO's results", "FILE"),
    run: words(
      "run folder of the model, which lists its training samples",
      "DIR",
      "the folder around the model",
    ),
  },
  examples: [
    "engraft eval runs/2026-01-31-flowers/model ./flowers",
    "engraft eval runs/2026-01-31-houses.csv/model houses.csv",
  ],
});

export const predict = command({
  name: "predict",
  group: "use",
  summary: "predict labels, numbers, boxes or masks for new data, or continue or translate texts",
  usage: "<model> <file...|folder|table.csv|text|->",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {
    top: integer("number of labels to show", { min: 1, max: 1000, value: "K", otherwise: "1" }),
    tta,
    sets: oneOf("prediction sets with the coverage that the model was trained for", setMethods, "none"),
    abstain: flag(
      "mark predictions below the confidence threshold as unsure, and unfamiliar inputs as unusual",
    ),
    threshold: number("of boxes: least score of a box", {
      min: 0,
      max: 1,
      value: "X",
      otherwise: "the one with the highest F1 on the validation split",
    }),
    draw: words("of boxes and masks: folder for the pictures with the predictions drawn on them", "DIR"),
    long,
    chat: flag("of models of chats: answer each text as a message of the user"),
    maxNew: integer("of models that write texts: most tokens that are written", {
      ...{ min: 1, max: 100_000, otherwise: "256" },
    }),
    beams: integer("of models that write texts: width of a beam search", {
      ...{ min: 1, max: 64, otherwise: "1: the most probable token each" },
    }),
    lengthPenalty: number("of a beam search: exponent of the length that a text's score is divided by", {
      ...{ min: -10, max: 10, value: "X", otherwise: "1" },
    }),
    temperature: number("of models that write texts: sample at this temperature", {
      ...{ min: 0, max: 100, value: "X", otherwise: "none: the most probable token each" },
    }),
    topP: number("of sampling: draw among the most probable tokens with this probability in all", {
      ...{ min: 0, max: 1, value: "X", otherwise: "1" },
    }),
    seed: integer("of sampling: seed", { min: 0, max: 2 ** 32 - 1, otherwise: "0" }),
    sourceLanguage: words("of models of many languages: language of the texts, such as en_XX", "CODE"),
    targetLanguage: words("of models of many languages: language that is written", "CODE"),
    prefix: words('of encoder–decoders: text before each text, such as "summarize: "', "TEXT"),
    ...flagsOf("device"),
    ...textColumn,
    ...pairTexts,
  },
  examples: [
    "engraft predict runs/2026-01-31-flowers/model rose.jpg --top 3",
    "engraft predict runs/2026-01-31-flowers/model ./new --sets lac --abstain",
    'engraft predict runs/2026-01-31-reviews.csv/model "a pan that lasts"',
    "engraft predict runs/2026-01-31-cards/model ./new --draw drawn",
    'engraft predict runs/2026-01-31-stories/model "Once upon a time" --max-new 100',
    'engraft predict runs/2026-01-31-chats/model "Where is my parcel?" --chat',
    "engraft predict hf:Xenova/opus-mt-en-de sentences.txt",
  ],
});

export const explain = command({
  name: "explain",
  group: "understand",
  summary: "explain predictions: Grad-CAM, SHAP, LIME, integrated gradients",
  usage: "<model> <file...|folder|table.csv|text|->",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {
    method: oneOf(
      "explanation method",
      [...explainMethods, "gradcam"],
      "pictures: grad-cam, else occlusion; rows: shap; texts: occlusion",
    ),
    class: words("class, label, tag or number to explain", "NAME", "the predicted one"),
    task: words("of a model with several heads: the task to explain", "NAME", "the first"),
    word: words("of entities: the word whose tag is explained", "WORD", "the word least likely to be O"),
    samples: integer("with shap: predictions for each sample with more than 12 features", {
      min: 2,
      max: 1_000_000,
      otherwise: "2048, plus 2 for each feature",
    }),
    baseline: oneOf("with ig on pictures: start of the path", baselines, "mean"),
    background: words(
      "of tables: rows whose values replace hidden columns",
      "FILE",
      "the mean row of the training data",
    ),
    check: flag("also print the areas of deletion and insertion curves"),
    out: words("with shap and ig: write a page with waterfall and beeswarm plots", "FILE"),
    lang: oneOf("language of that page", langs, "en"),
    ...flagsOf("device", "text"),
    ...pairTexts,
  },
  examples: [
    "engraft explain runs/2026-01-31-flowers rose.jpg",
    "engraft explain runs/2026-01-31-houses.csv houses.csv --out explanations.html",
    'engraft explain runs/2026-01-31-mails.csv "where is my parcel" --method lime',
    'engraft explain runs/pairs --text-a "a man sleeps" --text-b "nobody is awake"',
  ],
});

export const inspect = command({
  name: "inspect",
  group: "manage",
  summary: "show what an ONNX file holds, or what would be learnt of data",
  usage: "<file.onnx|data>",
  least: 1,
  most: 1,
  options: {
    ...flagsOf("task", "target", "labels", "groupFrom", "classNames", "ignore", "categories", "inputs"),
    ...textColumn,
  },
  examples: [
    "engraft inspect resnet18.onnx",
    "engraft inspect ./cards",
    "engraft inspect houses.csv --target price",
  ],
});

export const devices = command({
  name: "devices",
  group: "manage",
  summary: "list what can compute here: CPU and GPUs, with measured rates",
  usage: "",
  least: 0,
  most: 0,
  options: {},
  examples: ["engraft devices", "engraft devices --json"],
});

export const bases = command({
  name: "bases",
  group: "manage",
  summary: "list, show or download base models",
  usage: "[list | show NAME | pull NAME]",
  least: 0,
  most: 2,
  options: {},
  examples: ["engraft bases", "engraft bases show vision-open", "engraft bases pull hf:org/name"],
});

export const cache = command({
  name: "cache",
  group: "manage",
  summary: "show or clear downloads and cached features",
  usage: "[info | clear]",
  least: 0,
  most: 1,
  options: {},
  examples: ["engraft cache", "engraft cache clear"],
});

export const report = command({
  name: "report",
  group: "understand",
  summary: "write the report of a run or of several",
  usage: "<run> [run...]",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {
    out: words("file to write", "FILE", "report.html in the run; of several, runs/DATE-compared.html"),
    against: oneOf("with several runs: the run to compare with", ["first", "best"], "first"),
    open: flag("open the report in the browser"),
    lang: oneOf("language of the report", langs, "en"),
    noPictures: flag("show none of your samples in the report"),
  },
  examples: [
    "engraft report runs/2026-01-31-flowers",
    "engraft report runs/flowers runs/flowers-2 --out compared.html",
  ],
});

export const studio = command({
  name: "studio",
  group: "train",
  summary: "gather samples, train and try models in the browser, on this machine",
  usage: "[folder|table|run]",
  least: 0,
  most: 1,
  options: {
    port: integer("first port to try, on 127.0.0.1", { min: 1, max: 65_535, otherwise: "the last one" }),
    noOpen: flag("do not open the browser"),
    lang: oneOf("language of the page", langs, "that of the browser"),
    export: words("write the studio as a folder for any web host", "DIR"),
  },
  examples: [
    "engraft studio",
    "engraft studio ./flowers",
    "engraft studio runs/2026-01-31-flowers",
    "engraft studio --export ./site",
  ],
});

export const exportSpec = command({
  name: "export",
  group: "use",
  summary: "write a plain ONNX model folder from a run, a model, an adapter or a base",
  usage: "<model|adapter|base> --out DIR",
  least: 1,
  most: 1,
  options: {
    out: words("folder to write; it must not exist", "DIR"),
    weights: oneOf("number format of the weights", ["fp32", "fp16"], "unchanged"),
    calibrate: oneOf("apply the temperature that training found", ["none", "temperature"], "none"),
    base: words("base of an adapter", "BASE", "its path when the adapter was trained"),
    ...preprocessing,
  },
  examples: [
    "engraft export runs/2026-01-31-flowers --out flowers-model",
    "engraft export runs/2026-01-31-flowers --weights fp16 --out flowers-small",
    "engraft export tm-my-image-model.zip --out my-base",
  ],
});

export const push = command({
  name: "push",
  group: "use",
  summary: "publish a model on the Hugging Face hub, privately by default",
  usage: "<model> <org/name>",
  least: 2,
  most: 2,
  options: {
    dryRun: flag("send nothing; show files, sizes, licence and front matter"),
    private: flag("make a new repository private (default)"),
    public: flag("publish: required for a repository that is public"),
    iMayPublish: flag("confirm that a licence outside the hub's list allows publishing"),
  },
  examples: [
    "engraft push runs/2026-01-31-flowers me/flowers --dry-run",
    "engraft push runs/2026-01-31-flowers me/flowers",
  ],
});
