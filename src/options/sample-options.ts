import { poolings } from "../bases/text/text-poolings.js";
import { quoteForms } from "../data/lists/quotes.js";
import type { Capability } from "../methods/capabilities.js";
import { batchNorms } from "../methods/loop-names.js";
import { above, named, numbers, oneOf, text, views, whole } from "./option-checks.js";
import { rows } from "./option-rows.js";

const normalised = (value: unknown): readonly Capability[] =>
  value === "train" ? ["images", "steps"] : ["images"];

/** Options of the data: columns, and which samples are used. */
export const ofTheData = {
  ...rows(["dataset"], "result", {
    trainSize: [whole(2, 1e9), "number of training samples to use", "all"],
    splitSeed: [whole(0, 2 ** 31 - 1), "seed of the split alone, for runs with another --seed", "--seed"],
    groupFrom: [
      named("COLUMN|PATTERN|recordings|none", text),
      "keep groups in one split: a column, a regular expression on file names with the group in brackets, or recordings",
      'a column "group", if there is one; recordings of files if there are enough',
    ],
  }),
  ...rows(["dataset", "classes"], "result", {
    shots: [whole(1, 1e6), "training samples of each class to use, and at most as many to validate", "all"],
  }),
  ...rows(["lists"], "result", {
    quotes: [
      oneOf(...quoteForms),
      "quotes in CSV and TSV files: standard (they enclose values) or none (they are text)",
      "detected",
    ],
  }),
  ...rows(["lists", "dataset"], "result", {
    splitBy: [named("COLUMN", text), "split by time: earliest rows train, latest test", "random split"],
    gap: [whole(0, 1e9), "rows to leave out before validation and test split of --split-by", "0"],
  }),
  ...rows(["column models", "numbers"], "result", {
    season: [whole(2, 1e6), "times in a season; the value one season before is a baseline", "none"],
  }),
  ...rows(["class names"], "result", {
    classNames: [
      named("NAME,...", text),
      "names of the integer classes or tags 0, 1, 2 …",
      "from the metadata or dataset card",
    ],
  }),
  ...rows(["target"], "result", {
    target: [
      named("NAME,...", text),
      "columns to predict, separated by commas; of classes one column",
      "by name",
    ],
  }),
  ...rows(["several inputs"], "result", {
    inputs: [
      named("NAME,...", text),
      "learn from inputs of several kinds: columns of a picture, a text, numbers and categories",
      "one kind",
    ],
  }),
  ...rows(["column models"], "result", {
    with: [
      named("TABLE", text),
      "another table as source: also learn from its rows if folds of the target show a gain above one standard error",
      "none",
    ],
  }),
  ...rows(["tables"], "result", {
    ignore: [named("NAME,...", text), "columns of a table to leave out", "none"],
    categories: [
      named("NAME,...", text),
      "numeric columns to treat as categories, such as post codes",
      "none",
    ],
  }),
} as const;

/** Options of pictures. */
export const ofPictures = {
  ...rows(["images"], "result", {
    imageSize: [
      whole(8, 4096),
      "width and height in pixels; for boxes and masks the longer side",
      "the base's own",
    ],
    mean: [numbers("0.485,0.456,0.406"), "mean of each channel, subtracted", "the base's own"],
    std: [numbers("0.229,0.224,0.225"), "standard deviation of each channel", "the base's own"],
    rescale: [above(0, 1e6), "factor for pixel values 0 to 255", "1/255"],
    channels: [oneOf("rgb", "bgr"), "channel order of the base", "rgb"],
  }),
  ...rows(normalised, "result", {
    batchNorm: [
      oneOf(...batchNorms),
      "BatchNormalization statistics: frozen, of each batch (train), or adapted",
      "frozen",
    ],
  }),
  ...rows(["images", "views"], "record", {
    tta: [views, "test-time augmentation: also score the test split with N views of each picture", "1: off"],
  }),
} as const;

/** Options of texts. */
export const ofTexts = {
  ...rows(["text columns"], "result", {
    text: [
      named("NAME,...", text),
      "column of texts; two, separated by a comma, for pairs of texts",
      "detected",
    ],
  }),
  ...rows(["texts", "feature row"], "result", {
    pooling: [oneOf(...poolings), "pooling of token features into one vector", "from the files of the base"],
  }),
  ...rows(["texts"], "result", {
    maxLength: [
      whole(3, 8192),
      "most tokens of a text; longer texts are cut, and counted",
      "128, or the limit of the base; for chats that of the longest, at most 1024",
    ],
  }),
  ...rows(["texts", "classes"], "record", {
    test: [named("LIST", text), "another list of texts to test on, for example in another language", "none"],
  }),
} as const;
