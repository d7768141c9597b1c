import { pixelInput } from "../../bases/pixels.js";
import type { Tensor } from "../../core/tensor.js";
import { viewOf } from "../../data/augment/views.js";
import { decodePixels, type Pixels } from "../../data/index.js";
import type { AdapterHost } from "../../inference/adapter-session.js";
import { type Answer, rankedAnswers } from "../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../inference/assess.js";
import { openImageFolder } from "../../inference/image-folder.js";
import { eachImage, type ImageInput, type PredictImages } from "../../inference/image-input.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import { requireTask } from "../../inference/open-folder.js";
import { softmax } from "../../linalg/softmax.js";
import { checkViews } from "../../options/option-checks.js";
import type { Machine } from "../../run/machine.js";
import type { LineOptions, PredictionLine } from "../targets/target.js";
import type { ClassLineOptions } from "./class-lines.js";

/** Options of a prediction for an image. */
export interface PredictOptions {
  /** Most classes that are returned. Default: all. */
  readonly top?: number;
  /** Views of the image whose probabilities are averaged, 1 … 12. Default 1. */
  readonly tta?: number;
}

/** Model of image classification. */
export interface Model {
  readonly task: "image-classification";
  readonly dir: string;
  readonly classes: readonly string[];
  /**
   * Returns the classes of an image, or of each of several, the most probable first.
   * @throws DataError for an image that cannot be read
   */
  readonly predict: PredictImages<Answer[], PredictOptions>;
  /** For a model with several heads: their names and classes. {@link predict} uses the first. */
  readonly tasks?: readonly { readonly name: string; readonly classes: readonly string[] }[];
  /**
   * Returns the classes of every head by its name. The only head of a model has the name "".
   * @throws DataError for an image that cannot be read
   */
  readonly predictTasks: PredictImages<Record<string, Answer[]>, PredictOptions>;
  /**
   * Returns the classes of an image, or of each of several, with an assessment. It has a set of classes of stated
   * coverage, and flags for unsure predictions and for images unlike the training data.
   * @throws ModelError for a folder without a calibration; DataError as {@link predict}
   * @example const { answers, set, unsure } = await model.assess("rose.jpg");
   */
  readonly assess: PredictImages<Assessment, AssessOptions>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} and {@link assess} */
  predictLines(images: readonly ImageInput[], how: ClassLineOptions): Promise<PredictionLine[]>;
  /**
   * Replaces the adapter and its classes. The new adapter must be trained on the same base with the same weights.
   * @param dir a folder that `train` wrote with "lora", "dora", "ia3" or "adapter".
   * @throws ModelError with both hashes if the adapter belongs to another base.
   */
  useAdapter(dir: string): Promise<void>;
  close(): Promise<void>;
}

/** Model with several heads on one body, as `trainTasks` writes it. */
export interface TasksModel {
  readonly task: "multi-task-image-classification";
  readonly dir: string;
  /** Names and classes of the heads. */
  readonly tasks: readonly { readonly name: string; readonly classes: readonly string[] }[];
  /**
   * Returns the classes of an image, or of each of several, by the name of the head, the most probable first.
   * @throws DataError for an image that cannot be read
   */
  readonly predict: PredictImages<Record<string, Answer[]>, PredictOptions>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(images: readonly ImageInput[], how: LineOptions): Promise<PredictionLine[]>;
  close(): Promise<void>;
}

/** Loads a model of image classification, with one head or with several. @throws ModelError for a damaged folder */
export async function openImageModel(
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<Model | TasksModel> {
  const model = await loadModelOn(machine, dir, options);
  const { tasks, predictTasks, close } = model;
  if (tasks === undefined) return model;
  const { lineOfHeads } = await import("./class-lines.js");
  return {
    task: "multi-task-image-classification",
    dir: model.dir,
    tasks,
    predict: predictTasks,
    predictLines: async (images, how) =>
      (await predictTasks(images, how)).map((one) => lineOfHeads(one, how.top)),
    close,
  };
}

/** Head of a loaded model: the index of its output, and its classes. */
interface Head {
  readonly name: string;
  readonly at: number;
  readonly classes: readonly string[];
}

const headsOf = ({
  tasks,
  classes,
  graph: { outputs },
}: Awaited<ReturnType<typeof openImageFolder>>): readonly Head[] =>
  tasks?.map((task) => ({ name: task.name, at: outputs.indexOf(task.output), classes: task.classes })) ?? [
    { name: "", at: 0, classes },
  ];

/** Loads a model of image classification. A model with several heads predicts with the first. */
export async function loadModelOn(
  machine: Machine,
  dir: string,
  options: Pick<LoadOptions, "threads" | "device">,
): Promise<Model> {
  const { platform } = machine;
  await requireTask(platform, dir, "image-classification");
  const folder = await openImageFolder(platform, dir);
  const { runtime, close, ...opened } = await openModelSession(machine, folder, options);
  const { tasks, engraft } = folder;
  // Another adapter replaces all of these.
  let { session } = opened;
  let { dir: from, classes, preprocessing } = folder;
  let heads = headsOf(folder);
  let feeds: Readonly<Record<string, Tensor>> = {};
  let known: { readonly dir: string; readonly trust: unknown } | undefined;
  let host: AdapterHost | undefined;
  const run = async ({ height, width, data }: Pixels): Promise<Tensor[]> => {
    const pixels: Tensor = { dtype: "uint8", dims: [1, height, width, 3], data };
    return Object.values(await session.run({ [pixelInput]: pixels, ...feeds }));
  };
  /** Returns classes by probability for each of some heads; probabilities are means over the views. */
  const predictWith = async (
    input: ImageInput,
    some: readonly Head[],
    { top, tta = 1 }: PredictOptions = {},
  ): Promise<Answer[][]> => {
    checkViews(tta);
    const image = await decodePixels(input, preprocessing, platform);
    const means = some.map((head) => new Array<number>(head.classes.length).fill(0));
    for (let view = 0; view < tta; view++) {
      const out = await run(viewOf(image, view));
      for (const [h, { at }] of some.entries())
        for (const [k, p] of softmax(out[at]!.data as Float32Array).entries()) means[h]![k]! += p / tta;
    }
    return some.map((head, h) => rankedAnswers(head.classes, means[h]!, top));
  };
  const predict = eachImage(
    async (input, options?: PredictOptions) => (await predictWith(input, heads.slice(0, 1), options))[0]!,
  );
  const assessed = eachImage(async (input, options?: AssessOptions) => {
    const { assess, trustIn } = await import("./calibrate-model.js");
    // Another adapter has its own.
    if (known?.dir !== from) known = { dir: from, trust: await trustIn(platform, from) };
    const out = await run(await decodePixels(input, preprocessing, platform));
    return assess({ dir: from, classes, trust: known.trust }, out[0]!.data as Float32Array, options);
  });
  return {
    task: "image-classification",
    get dir() {
      return from;
    },
    get classes() {
      return classes;
    },
    ...(tasks && { tasks: tasks.map((task) => ({ name: task.name, classes: task.classes })) }),
    async useAdapter(other) {
      const own = session;
      const { AdapterHost } = await import("../../inference/adapters.js");
      const begin = host === undefined;
      host ??= new AdapterHost(platform, runtime);
      const used = await host.use(other, engraft?.base);
      ({ session, feeds } = used);
      ({ dir: from, classes, preprocessing } = used.folder);
      heads = [{ name: "", at: 0, classes }];
      if (begin) await own.dispose();
    },
    predict,
    assess: assessed,
    predictLines: async (...given) =>
      (await import("./class-lines.js")).linesOfClasses({ predict, assess: assessed }, ...given),
    predictTasks: eachImage(async (input, options?: PredictOptions) => {
      const answers = await predictWith(input, heads, options);
      return Object.fromEntries(heads.map(({ name }, h) => [name, answers[h]!]));
    }),
    close,
  };
}
