// The cases of every task that `engraft train` and `engraft multi-task` learn: each task in each mode.
import { type OnEvent, type TrainOptions, train, trainTasks } from "../../src/index.js";
import { side } from "../support/dense-data.js";
import { type Case, type CasePlace, repeatable } from "./case.js";
import type { Toy, ToyName } from "./toys.js";

/** The ways to train a task. A task that does not allow one refuses it; the record holds the refusal. */
export const modes = {
  probe: { strategy: "probe" },
  finetune: {},
  lora: { strategy: "lora" },
  baselines: { baselines: true },
  seeds: { seeds: 2 },
  safe: { safe: true },
  // More than enough: the epochs decide, not the clock.
  budget: { budget: 3600 },
} as const satisfies Readonly<Record<string, TrainOptions>>;

/** Steps of a baseline from scratch: enough for a record, far too few to learn. */
const scratchSteps = 24;

/** The last epoch is kept: in so short a training the first weights are often the best, and nothing would differ. */
const brief = { epochs: 2, option: { keep: "last" } } as const;

/** A task on toy data. */
export interface TaskRow {
  readonly data: ToyName;
  /** Missing: the network is made for the data. */
  readonly base?: ToyName;
  /** The strategy of the modes that name none. Default "finetune". */
  readonly strategy?: TrainOptions["strategy"];
  /** The column that is learnt. Missing: the data have a usual name for it. */
  readonly target?: string;
  /** The mode of the run that all tests of the task share. Default "probe", which trains in the shortest time. */
  readonly shared?: "finetune";
  /** A model to start from, in modes of their own. */
  readonly initFrom?: ToyName;
  /** Words for `engraft eval` after the data. */
  readonly scoredWith?: readonly string[];
  /** Three items for `engraft predict`. */
  readonly inputs: (toy: Toy) => Promise<readonly string[]>;
  readonly train?: (data: string, options: TrainOptions & { readonly onEvent: OnEvent }) => Promise<object>;
}

const pictures = async (toy: Toy): Promise<readonly string[]> => {
  const folder = await toy("pictures");
  return ["ant/0", "ant/1", "bee/0"].map((name) => `${folder}/${name}.png`);
};
const shapes =
  (name: "shape-boxes" | "shape-masks", folder: string) =>
  async (toy: Toy): Promise<readonly string[]> => {
    const data = await toy(name);
    return [0, 1, 2].map((i) => `${data}/${folder}${i}.png`);
  };
/** Boxes and masks choose a size for small pictures that takes a long time. */
const small: TaskRow["train"] = (data, options) => train(data, { ...options, imageSize: side });
const clips = async (toy: Toy): Promise<readonly string[]> => {
  const folder = await toy("sounds");
  return ["fall/0", "fall/1", "rise/0"].map((name) => `${folder}/${name}.wav`);
};
const numbered =
  (name: "sound-labels" | "sound-numbers" | "speech") =>
  async (toy: Toy): Promise<readonly string[]> => {
    const folder = await toy(name);
    return [0, 1, 2].map((i) => `${folder}/${i}.wav`);
  };
const texts = async (): Promise<readonly string[]> => [
  "the book was good",
  "the soup was so awful and slow",
  "this film is very fine",
];
const rows = async (toy: Toy): Promise<readonly string[]> => [await toy("table-rows")];

/** Every task. A new task is one row here. */
export const tasks = {
  "picture-classes": { data: "pictures", base: "picture-base", inputs: pictures },
  "picture-labels": { data: "picture-labels", base: "picture-base", inputs: pictures },
  "picture-numbers": { data: "picture-numbers", base: "picture-base", inputs: pictures },
  "picture-boxes": {
    ...{ data: "shape-boxes", base: "strided-base", inputs: shapes("shape-boxes", ""), train: small },
  },
  "picture-masks": {
    ...{ data: "shape-masks", base: "strided-base", inputs: shapes("shape-masks", "images/"), train: small },
  },
  "picture-tasks": {
    data: "picture-tasks",
    base: "picture-base",
    inputs: pictures,
    scoredWith: ["--task", "kind"],
    train: (data, { labels, scratchSteps: steps, ...options }) =>
      trainTasks(data, {
        ...options,
        // Several tasks have no baseline from scratch, and refuse its length.
        ...(steps !== undefined && steps !== scratchSteps && { scratchSteps: steps }),
        baselines: options.baselines === true,
        labels: labels === undefined ? ["kind", "parity"] : [labels],
      }),
  },
  "sound-classes": { data: "sounds", base: "sound-base", inputs: clips },
  "sound-labels": { data: "sound-labels", base: "sound-base", inputs: numbered("sound-labels") },
  "sound-numbers": { data: "sound-numbers", base: "sound-base", inputs: numbered("sound-numbers") },
  transcripts: { data: "speech", base: "sound-base", inputs: numbered("speech"), shared: "finetune" },
  "text-classes": { data: "texts", base: "text-base", inputs: texts },
  "text-labels": { data: "text-labels", base: "text-base", inputs: texts },
  "text-numbers": { data: "text-numbers", base: "text-base", inputs: texts },
  chats: {
    ...{ data: "chats", base: "chat-decoder", shared: "finetune" },
    inputs: async () => ["great book", "bad film", "it is"],
  },
  entities: { data: "sentences", base: "text-base", inputs: texts },
  "table-classes": {
    ...{ data: "table-classes", strategy: "full", initFrom: "table-model", inputs: rows, shared: "finetune" },
    target: "size",
  },
  "table-numbers": {
    ...{ data: "table-numbers", strategy: "full", initFrom: "table-model", inputs: rows, shared: "finetune" },
    target: "price",
  },
} as const satisfies Readonly<Record<string, TaskRow>>;

/** Inputs of several kinds, which one strategy learns: other tests hold its results. */
const ofSeveralInputs = {
  data: "several-classes",
  base: "several-bases",
  inputs: async (toy) => [await toy("several-classes")],
  train: (data, options) => train(data, { ...options, inputs: "image,text,columns" }),
} as const satisfies TaskRow;
/** Toys that the conformance suite trains alone. */
export const unrecorded = {
  "several-classes": ofSeveralInputs,
  "several-numbers": { ...ofSeveralInputs, data: "several-numbers", target: "price" },
  "text-pairs": { data: "text-pairs", base: "text-base", inputs: texts },
} as const satisfies Readonly<Record<string, TaskRow>>;

export type ToyTask = keyof typeof tasks;
export type UnrecordedToyTask = keyof typeof unrecorded;

/** Trains a toy task. */
export async function trainToy(
  name: ToyTask | UnrecordedToyTask,
  options: TrainOptions,
  { toy, out, onEvent }: CasePlace,
): Promise<{ readonly result: object; readonly data: string }> {
  const row: TaskRow = { ...tasks, ...unrecorded }[name];
  const data = await toy(row.data);
  const base = row.base && (await toy(row.base));
  const { target } = row;
  const all = { ...repeatable, ...(base && { base }), ...(target && { target }), ...options, out, onEvent };
  return { result: await (row.train ?? train)(data, all), data };
}

/** Returns the cases of a task, one for each mode. */
export function casesOf(name: ToyTask): readonly Case[] {
  const row: TaskRow = tasks[name];
  const { strategy = "finetune", initFrom, shared = "probe" } = row;
  const one = (mode: string, options: TrainOptions, from?: ToyName): Case => ({
    name: `${name}-${mode}`,
    ...(mode === shared && { shared: name }),
    run: async (place) => {
      const length = options.strategy === "probe" ? {} : brief;
      const start = from === undefined ? {} : { initFrom: await place.toy(from) };
      const short = row.base && (options.baselines || options.safe) ? { scratchSteps } : {};
      const { result, data } = await trainToy(
        name,
        { strategy, ...length, ...short, ...options, ...start },
        place,
      );
      const { scoredWith = [], inputs } = row;
      return { result, scoredOn: [data, ...scoredWith], inputs: await inputs(place.toy) };
    },
  });
  const usual = Object.entries(modes).map(([mode, options]) => one(mode, options));
  if (initFrom === undefined) return usual;
  const { probe, baselines, safe } = modes;
  const fromModel = { probe, finetune: {}, baselines, safe };
  const more = Object.entries(fromModel).map(([mode, options]) =>
    one(`from-model-${mode}`, { strategy: "finetune", ...options }, initFrom),
  );
  return [...usual, ...more];
}
