// Commands that work with models and runs that are there.

import { baselines } from "../../core/results/explanation.js";
import { explainMethods } from "../../core/results/insights.js";
import { mostViews } from "../../data/dataset.js";
import { setMethods } from "../../evaluate/prediction-sets.js";
import { langs } from "../../report/words/langs.js";
import { command } from "./command-spec.js";
import { flag, flagsOf, integer, oneOf, words } from "./fields.js";

/** Test-time augmentation. */
const tta = integer("views of each picture whose answers are averaged", {
  min: 1,
  max: mostViews,
  otherwise: "1: the picture alone",
});

/** Texts with more tokens than a model takes. */
const long = oneOf(
  "texts that are longer than the model takes: cut, or scored in parts",
  ["truncate", "split"],
  "truncate",
);

/** A pair of texts. */
const pairTexts = {
  textA: words("of a model of pairs: the first text, with --text-b", "TEXT"),
  textB: words("the second text of the pair", "TEXT"),
};

export const evaluate = command({
  name: "eval",
  summary: "score a model on data: metrics with intervals, confusions, calibration",
  usage: "<model> <data>",
  least: 2,
  most: 2,
  options: {
    tta,
    long,
    ...flagsOf("text"),
    target: words("of texts with classes: the column of labels", "NAME", "found by name"),
    ...flagsOf("quotes", "classNames", "groupFrom"),
    task: words(
      "of a model with several heads: the one to score",
      "NAME",
      "the first that knows the classes",
    ),
    run: words(
      "the run folder that the model was trained in: it lists the training samples",
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
  summary: "label and probability, or the numbers, of pictures, texts or a table's rows",
  usage: "<model> <file...|folder|table.csv|text|->",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {
    top: integer("labels for each picture", { min: 1, max: 1000, value: "K", otherwise: "1" }),
    tta,
    sets: oneOf("classes that hold the true one as often as the model's coverage says", setMethods, "none"),
    abstain: flag("say unsure below the model's threshold, and unusual of what is unlike its data"),
    long,
    ...flagsOf("text", "quotes"),
    ...pairTexts,
  },
  examples: [
    "engraft predict runs/2026-01-31-flowers/model rose.jpg --top 3",
    "engraft predict runs/2026-01-31-flowers/model ./new --sets lac --abstain",
    'engraft predict runs/2026-01-31-books.csv-to-kitchen.csv/model "a pan that lasts"',
  ],
});

export const explain = command({
  name: "explain",
  summary: "why a model answers what it answers: where it looks, which words it answers by",
  usage: "<model> <file...|folder|table.csv|text|->",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {
    method: oneOf(
      "method of explanation",
      [...explainMethods, "gradcam"],
      "pictures: grad-cam, else occlusion; rows: shap; texts: occlusion",
    ),
    class: words("class, label, tag or number to explain", "NAME", "the predicted one"),
    word: words(
      "of token classification: the word whose tag is explained",
      "WORD",
      "the one least likely to be O",
    ),
    samples: integer("with shap: predictions for a sample with more than 12 features", {
      min: 2,
      max: 1_000_000,
      otherwise: "2048 and two for each feature",
    }),
    baseline: oneOf("with ig on pictures: where the path begins", baselines, "mean"),
    background: words(
      "of tables: a file of rows whose values stand for hidden columns",
      "FILE",
      "the mean row of the training data",
    ),
    check: flag("also print areas of deletion and insertion curves, and of random orders"),
    out: words(
      "with shap and ig: write a page with a waterfall for each sample, and beeswarms of rows",
      "FILE",
    ),
    lang: oneOf("language of that page", langs, "en"),
    ...flagsOf("text"),
    ...pairTexts,
  },
  examples: [
    "engraft explain runs/2026-01-31-flowers rose.jpg",
    "engraft explain runs/2026-01-31-houses.csv houses.csv --out explanations.html",
    'engraft explain runs/2026-01-31-mails.csv "where is my parcel" --method lime',
    'engraft explain runs/2026-01-31-pairs.csv --text-a "a man sleeps" --text-b "nobody is awake"',
  ],
});

export const inspect = command({
  name: "inspect",
  summary: "what is in an ONNX file, and can it be fine-tuned, from where",
  usage: "<file.onnx|folder>",
  least: 1,
  most: 1,
  options: {},
  examples: ["engraft inspect resnet18.onnx"],
});

export const bases = command({
  name: "bases",
  summary: "the models to start from: list, show NAME, pull NAME|hf:org/name",
  usage: "[list | show NAME | pull NAME]",
  least: 0,
  most: 2,
  options: {},
  examples: ["engraft bases", "engraft bases show vision-mini", "engraft bases pull hf:org/name"],
});

export const cache = command({
  name: "cache",
  summary: "kept downloads and features: info, clear",
  usage: "[info | clear]",
  least: 0,
  most: 1,
  options: {},
  examples: ["engraft cache", "engraft cache clear"],
});

export const report = command({
  name: "report",
  summary:
    "a run's report again, several runs side by side, or, with --follow, a page that shows a run while it goes on",
  usage: "<run> [run...]",
  least: 1,
  most: Number.POSITIVE_INFINITY,
  options: {
    out: words("the page", "FILE", "report.html in the run; of several, runs/DATE-compared.html"),
    against: oneOf("of several: what the others are held against", ["first", "best"], "first"),
    follow: flag("serve a page of live curves on this machine until the run has ended"),
    port: integer("port of that page, on 127.0.0.1", { min: 1, max: 65_535, otherwise: "a free one" }),
    open: flag("open the report, or the page, in the browser"),
    lang: oneOf("language of the report's own sentences", langs, "en"),
    noPictures: flag("keep your samples out of the page: pictures, texts, and words of texts"),
  },
  examples: [
    "engraft report runs/2026-01-31-flowers",
    "engraft report runs/2026-01-31-flowers --follow",
    "engraft report runs/2026-01-31-flowers runs/2026-01-31-flowers-2 --out compared.html",
  ],
});

export const exportSpec = command({
  name: "export",
  summary: "a plain ONNX model folder of a model, or of an adapter and its base",
  usage: "<model|adapter> --out DIR",
  least: 1,
  most: 1,
  options: {
    out: words("folder to write; it must not exist yet", "DIR"),
    weights: oneOf("how the file holds its weights", ["fp32", "fp16"], "as they are"),
    calibrate: oneOf("divide the scores by the temperature from training", ["none", "temperature"], "none"),
    base: words("where the base of an adapter is now", "BASE", "where it was when the adapter was trained"),
  },
  examples: [
    "engraft export runs/2026-01-31-flowers --out flowers-model",
    "engraft export runs/2026-01-31-flowers --weights fp16 --out flowers-small",
  ],
});

export const push = command({
  name: "push",
  summary: "publish a model on the Hugging Face hub; a new repository is private",
  usage: "<model> <org/name>",
  least: 2,
  most: 2,
  options: {
    dryRun: flag("show every file with its size, the licence and the card's front matter; send nothing"),
    private: flag("make a new repository private: the default"),
    public: flag("make a new repository public; needed too for one that is public already"),
    iMayPublish: flag("publish under a licence that is not on the hub's list: it allows that"),
  },
  examples: [
    "engraft push runs/2026-01-31-flowers me/flowers --dry-run",
    "engraft push runs/2026-01-31-flowers me/flowers",
  ],
});
