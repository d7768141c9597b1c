import { withNorms } from "../../bases/dense/add-norms.js";
import type { FeatureMap } from "../../bases/dense/dense-head.js";
import { chooseLevels } from "../../bases/levels/choose-levels.js";
import { levelBody } from "../../bases/levels/level-body.js";
import type { FeatureLevels } from "../../bases/levels/levels.js";
import { parseLevels } from "../../bases/levels/parse-levels.js";
import { openBase } from "../../bases/open/open-base.js";
import type { OnWork } from "../../core/events/work-events.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { formatType } from "../../core/shape.js";
import type { Size } from "../../data/boxes/box.js";
import { fillSize } from "../../data/dense/fill-size.js";
import type { PictureInputs } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import type { RecipeOptions } from "../../options/options.js";
import { defaults } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Context, TaskDefaults, TrainingHead } from "../../run/context.js";
import type { OpenedBase } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import type { RunResult, Solved, TrainableTask } from "../../run/trainable-task.js";
import { hasBatchNorm } from "../../train/has-batch-norm.js";
import type { OpenHow, TaskRun } from "../task-run.js";
import type { DenseItem, PictureData } from "./as-dataset.js";
import { denseAugmentation } from "./dense-augmentation.js";
import { denseCache } from "./dense-feeds.js";
import type { DenseTrunk } from "./dense-trunk.js";

/** What a task on pictures with boxes or masks is made of. */
export interface DenseTask<Item, Data, Answers, Facts, Result extends RunResult> {
  readonly targets: "boxes" | "masks";
  /** Opens the data, and reports them. */
  readonly open: (path: string, how: OpenHow) => Promise<Data>;
  /** Target of a picture as text. */
  readonly targetText: (item: Item) => string;
  /** Training defaults. @param pictures of the training split */
  readonly defaultsOf: (pictures: number) => TaskDefaults;
  /** Returns head and task for a base. @param given what the run has opened; @param size of the network's input */
  readonly bind: (opened: DenseOpened<Data>) => Promise<{
    readonly head: TrainingHead;
    readonly task: TrainableTask<Answers, Solved<Answers>, Facts, Result, DenseTrunk>;
  }>;
}

/** Data and base of a run. */
export interface DenseOpened<Data> extends Pick<Context, "options" | "onEvent"> {
  readonly platform: Platform;
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
  targetText,
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
    const size = fillSize(train, { targets, longerSide });
    return { ...(await openDense(options.base ?? defaults.base, options, size, platform, onEvent)), size };
  },
  targetText,
  counted: ({ classes }) => ({ samples: "pictures", classes: classes.length }),
  async bind(data, dense, { options, machine, onEvent }) {
    const { opened, size } = dense;
    const { head, task } = await bind({ data, dense, size, platform: machine.platform, options, onEvent });
    const { preprocessing } = opened.base;
    const decoded = denseCache(data.items, size, denseAugmentation(options));
    const inputs: PictureInputs = { unit: "pictures", preprocessing, decoded, platform: machine.platform };
    const train = data.items.filter(({ part }) => part === "train").length;
    return {
      bound: {
        dataset: data,
        inputs,
        training: {
          head,
          defaults: () => defaultsOf(train),
          scratch: { opened: denseScratch(opened), inputs },
        },
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

/** A base that is cut at feature maps of several strides. */
export interface DenseBase {
  readonly opened: OpenedBase;
  /** Finest first. */
  readonly maps: readonly FeatureMap[];
  readonly kind: FeatureLevels["kind"];
}

/**
 * Opens a base for pictures of one size, cut at its feature levels: those of the option `levels`, else those that are found.
 * @throws OptionError if a named level is no map of its stride
 * @throws ModelError if no two levels are found, or the base takes another picture size only
 */
export async function openDense(
  ref: string,
  { cut: _cut, imageSize: _imageSize, levels, ...options }: RecipeOptions,
  size: Size,
  platform: Platform,
  onEvent: OnWork,
): Promise<DenseBase> {
  const base = await openBase(ref, { ...options, platform, onEvent });
  const { graph } = base.imported;
  const found = chooseLevels(graph, {
    size,
    classes: base.classes,
    named: levels === undefined ? undefined : parseLevels(levels),
  });
  const body = levelBody(graph, found.levels, size);
  const maps = body.levels.map(({ stride, height, width, classes, classChannels, boxes, boxChannels }) => ({
    stride,
    height,
    width,
    values: classes === boxes ? [classes] : [classes, boxes],
    channels: classes === boxes ? classChannels : classChannels + boxChannels,
  }));
  const values = maps.flatMap((map) => map.values);
  const cut = { value: values.join(", "), because: `feature levels of a ${found.kind}` };
  const channels = maps.reduce((sum, map) => sum + map.channels, 0);
  // A crop would cut off objects.
  const { shortestEdge: _, ...wholePictures } = base.preprocessing;
  const opened: OpenedBase = {
    base: { ...base, preprocessing: { ...wholePictures, height: size.height, width: size.width } },
    body: { graph: body.graph, cut, pooling: "none", features: values[0]!, width: channels },
  };
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: `${formatType(body.graph.typeOf(body.graph.inputs[0]!))}, pictures stretched to ${size.width} × ${size.height}`,
    cut: `${cut.because}: ${maps.map((map) => `stride ${map.stride} (${map.channels})`).join(", ")}`,
    features: channels,
    notes: base.imported.notes,
  });
  return { opened, maps, kind: found.kind };
}
