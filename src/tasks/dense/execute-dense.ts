import { withNorms } from "../../bases/dense/add-norms.js";
import type { Size } from "../../data/boxes/box.js";
import { fillSize } from "../../data/dense/fill-size.js";
import type { PictureInputs } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context, TaskDefaults, TrainingHead } from "../../run/context.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import type { OpenedBase } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import type { RunResult, Solved, TrainableTask } from "../../run/trainable-task.js";
import { startFrom } from "../../run/training/start-from.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";
import { asDataset, type DenseItem, type PictureData } from "./as-dataset.js";
import { denseAugmentation } from "./dense-augmentation.js";
import { denseCache } from "./dense-feeds.js";
import type { DenseTrunk } from "./dense-trunk.js";
import { type DenseBase, openDense } from "./open-dense.js";

/** What a task on pictures with boxes or masks is made of. */
export interface DenseTask<Item, Data, Answers, Facts, Result extends RunResult> {
  readonly targets: "boxes" | "masks";
  /** Opens the data, and reports them. */
  readonly load: LoadData<Data>;
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

/** Executes a run on pictures with boxes or masks, from the first step or from the last checkpoint. */
export async function executeDense<
  Item extends DenseItem,
  Data extends PictureData<Item>,
  Answers,
  Facts,
  Result extends RunResult,
>(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
  {
    targets,
    load,
    labelOf,
    defaultsOf,
    bind,
  }: DenseTask<Item, Data & PictureData<Item>, Answers, Facts, Result>,
): Promise<Result> {
  const { platform } = machine;
  return withOpenedRun(machine, run, options, load, async ({ given, runtime, begin, events, onEvent }) => {
    const dataset = asDataset(given, labelOf);
    await requireSameData(run, dataset);
    const train = given.items.filter(({ part }) => part === "train");
    const longerSide = options.imageSize;
    const size = fillSize(train, { targets, ...(longerSide !== undefined && { longerSide }) });
    const dense = await openDense(options.base ?? defaults.base, options, size, platform, onEvent);
    const { opened, ...init } = await startFrom({ run, options, platform, onEvent }, dense.opened);
    await requireSameBase(run, opened);
    await run.settle();
    const { head, task } = await bind({ data: given, dense, size, platform, options, onEvent });
    const { preprocessing } = opened.base;
    const decoded = denseCache(given.items, size, denseAugmentation(options));
    const inputs: PictureInputs = { unit: "pictures", preprocessing, decoded, platform };
    const context: Context = {
      run,
      options,
      machine,
      platform,
      runtime,
      dataset,
      opened,
      ...init,
      scratch: { opened: denseScratch(opened), inputs },
      inputs,
      taskDefaults: () => defaultsOf(train.length),
      head,
      onEvent,
    };
    return trainTask(context, task, begin, events);
  });
}

/** Returns a base for training from random weights: with normalisations, even if its file has them folded into the weights. */
const denseScratch = (opened: OpenedBase): OpenedBase => ({
  ...opened,
  body: { ...opened.body, graph: normalised(opened.body.graph) },
});

const normalised = (graph: Graph): Graph => (hasBatchNorm(graph) ? graph : withNorms(graph));
