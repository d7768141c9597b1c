import * as z from "zod/mini";
import { poolings } from "../../bases/text/text-poolings.js";
import { tasks } from "../../core/results/task.js";
import { mostViews } from "../../data/dataset.js";
import { quoteForms } from "../../data/tables/quotes.js";
import { flag, integer, number, numberList, numberOrWord, oneOf, words } from "./fields.js";

/** One command: what the parser, the help and the types are made from. */
export interface CommandSpec<Options extends z.ZodMiniObject = z.ZodMiniObject> {
  readonly name: string;
  readonly summary: string;
  /** Words after the name, as the help shows them. */
  readonly usage: string;
  /** How many arguments without a dash. */
  readonly least: number;
  readonly most: number;
  readonly options: Options;
  readonly examples: readonly string[];
}

/** Every command has these. */
export const common = {
  help: flag("show this help"),
  json: flag("one JSON object a line on stdout, nothing else there"),
  quiet: flag("only the result"),
  seed: integer("seed of every random draw", { min: 0, max: 2 ** 31 - 1, otherwise: "0" }),
  threads: integer("threads of the runtime", { min: 1, max: 1024, otherwise: "all cores" }),
};

/** How pictures become inputs, when no file beside the base says it. */
export const preprocessing = {
  imageSize: integer("pixels a side", { min: 8, max: 4096, otherwise: "the base's own" }),
  mean: numberList("subtracted from each channel", "0.485,0.456,0.406", "the base's own"),
  std: numberList("each channel is divided by it", "0.229,0.224,0.225", "the base's own"),
  rescale: number("factor on pixels 0..255", { min: 0, max: 1e6, otherwise: "1/255" }),
  channels: oneOf("order of the base's channels", ["rgb", "bgr"], "rgb"),
};

/** Views of each picture of the test part. */
export const testViews = integer("score the test part also with so many views of each picture", {
  min: 1,
  max: mostViews,
  otherwise: "1: not",
});

/** Which columns hold the texts. */
export const textColumns = words(
  "column of texts, or two with a comma between: pairs of texts",
  "NAME,...",
  "found by name",
);

/** Every task that `train` has. */
export const anyTask = oneOf(
  "what is learnt from what",
  ["auto", ...tasks, "entities", "multi-label"],
  "auto, found out from the data",
  "TASK",
);

/** Which columns hold what is learnt, and how those of a table are read. */
export const ofTables = {
  target: words(
    "columns to learn, with commas between; of texts the column of classes",
    "NAME,...",
    "found by name and content",
  ),
  ignore: words("columns of a table to leave out", "NAME,...", "none"),
  categories: words("columns of numbers that are names, such as post codes", "NAME,...", "none"),
};

/** Another model to begin with. */
export const initFrom = words("a model to take weights from, by name and shape", "MODEL", "none");

/** How quotes of a list are read. */
export const quotes = oneOf(
  "quotes in a CSV or TSV: standard: they enclose values; none: they are text",
  quoteForms,
  "decided by the file",
);

/** What numbers of classes stand for. */
export const classNames = words(
  "names of the classes or tags 0, 1, 2 … of a list",
  "NAME,...",
  "as its metadata or dataset card says",
);

/** TensorBoard's event files of a training. */
export const tensorboard = flag("write TensorBoard's event files too, in the run folder");

/** Which samples belong together. */
export const groupFrom = words(
  "groups stay on one side: a column that names them, or a regular expression on names with the group in brackets",
  "COLUMN|PATTERN",
  'a column "group"',
);

/** How texts become inputs. */
export const ofTexts = {
  text: textColumns,
  pooling: oneOf("how the features of a text's tokens become one row", poolings, "as the base's files say"),
  maxLength: integer("tokens a text may have; longer ones are cut, and counted", {
    min: 3,
    max: 8192,
    otherwise: "128, or what the base takes",
  }),
};

/** Which labels items have, and when one is said. */
export const ofLabels = {
  labels: words(
    "of several labels an item: the column that holds them, or some of 0 and 1",
    "NAME,...",
    "found by name and content",
  ),
  threshold: numberOrWord(
    "of several labels: probability to say one from; or chosen on validation",
    "validation",
    {
      min: 0,
      max: 1,
      otherwise: "0.5",
    },
  ),
};

export function command<Shape extends z.core.$ZodLooseShape>(
  spec: Omit<CommandSpec, "options"> & { readonly options: Shape },
) {
  return { ...spec, options: z.strictObject({ ...spec.options, ...common }) };
}

/** Most steps of a training from scratch. */
export const ofScratch = {
  scratchSteps: integer("most steps of training from scratch, which ends when validation stops improving", {
    ...{ min: 1, max: 10_000_000 },
    otherwise: "3 times those of the run, at least 1500",
  }),
};

/** What a verdict can be told. */
export const ofVerdict = {
  ...ofScratch,
  margin: number("with --baselines: gains within ± this count as none, 0.01 is a point", {
    min: 0,
    max: 0.5,
    otherwise: "0.01",
  }),
};
