import { withNorms } from "../../bases/dense/add-norms.js";
import type { Size } from "../../data/boxes/box.js";
import { fillSize } from "../../data/dense/fill-size.js";
import type { PictureInputs } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import { defaults } from "../../options/options.js";
import type { Context, TaskDefaults, TrainingHead } from "../../run/context.js";
import type { OpenedBase } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import type { RunResult, Solved, TrainableTask } from "../../run/trainable-task.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";
import type { OpenHow, TaskRun } from "../task-run.js";
import { asSamples, type DenseItem, type PictureData } from "./as-dataset.js";
import { denseAugmentation } from "./dense-augmentation.js";
import { denseCache } from "./dense-feeds.js";
import type { DenseTrunk } from "./dense-trunk.js";
import { type DenseBase, openDense } from "./open-dense.js";

/** What a task on pictures with boxes or masks is made of. */
export interface DenseTask<Item, Data, Answers, Facts, Result extends RunResult> {
  readonly targets: "boxes" | "masks";
  /** Opens the data, and reports them. */
  readonly open: (path: string, how: OpenHow) => Promise<Data>;
  /** A class of each picture. */
  readonly labelOf: (item: Item) => number;
  /** Training defaults. @param pictures of the training split */
  readonly defaultsOf: (pictures: number) => TaskDefaults;
  /** Returns head and task for a base. @param given what the run has opened; @param size of the network's input */
  readonly bind: (opened: DenseOpened<Data>) => Promise<{
    readonly head: TrainingHead;
    readonly task: TrainableTask<Answers, Solved<Answers>, Facts, Result, DenseTrunk>;
  }>;
}

/** Data and base of a run. */
export interface DenseOpened<Data> extends Pick<Context, "platform" | "options" | "onEvent"> {
  readonly data: Data;
  readonly dense: DenseBase;
  /** Size of the network's input. */
  readonly size: Size;
}

/** Runs on pictures with boxes or masks. */
export const denseRun = <
  Item extends DenseItem,
  Data extends PictureData<Item>,
  Answers,
  Facts,
  Result extends RunResult,
>({
  targets,
  open,
  labelOf,
  defaultsOf,
  bind,
}: DenseTask<Item, Data & PictureData<Item>, Answers, Facts, Result>): TaskRun<
  Data & PictureData<Item>,
  DenseBase & { readonly size: Size },
  Result
> => ({
  open,
  async base(data, { options, platform, onEvent }) {
    const longerSide = options.imageSize;
    const train = data.items.filter(({ part }) => part === "train");
    const size = fillSize(train, { targets, ...(longerSide !== undefined && { longerSide }) });
    return { ...(await openDense(options.base ?? defaults.base, options, size, platform, onEvent)), size };
  },
  recorded: (data) => asSamples(data, labelOf),
  counted: ({ classes }) => ({ samples: "pictures", classes: classes.length }),
  async bind(data, dense, { options, platform, onEvent }) {
    const { opened, size } = dense;
    const { head, task } = await bind({ data, dense, size, platform, options, onEvent });
    const { preprocessing } = opened.base;
    const decoded = denseCache(data.items, size, denseAugmentation(options));
    const inputs: PictureInputs = { unit: "pictures", preprocessing, decoded, platform };
    const train = data.items.filter(({ part }) => part === "train").length;
    return {
      bound: {
        dataset: asSamples(data, labelOf),
        scratch: { opened: denseScratch(opened), inputs },
        inputs,
        taskDefaults: () => defaultsOf(train),
        head,
      },
      train: (context, ...begun) => trainTask(context, task, ...begun),
    };
  },
});

/** Returns a base for training from random weights: with normalisations, even if its file has them folded into the weights. */
const denseScratch = (opened: OpenedBase): OpenedBase => ({
  ...opened,
  body: { ...opened.body, graph: normalised(opened.body.graph) },
});

const normalised = (graph: Graph): Graph => (hasBatchNorm(graph) ? graph : withNorms(graph));
