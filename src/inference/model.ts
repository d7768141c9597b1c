import { type ModelFolder, taskOfModel } from "../bases/model-folder/model-folder.js";
import { pixelInput, withPixels } from "../bases/pixels.js";
import { EngraftError } from "../core/errors.js";
import type { Task } from "../core/results/task.js";
import type { Tensor } from "../core/tensor.js";
import { viewOf } from "../data/augment/views.js";
import { decodePixels, type Pixels } from "../data/index.js";
import { fromOnnx } from "../graph/from-onnx.js";
import type { Graph } from "../graph/graph.js";
import { softmax } from "../linalg/softmax.js";
import { checkViews } from "../options/option-checks.js";
import type { Platform } from "../platform/platform.js";
import type { Machine } from "../run/machine.js";
import { openSession } from "../runtime/open.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import type { AdapterHost } from "./adapter-session.js";
import type { Answer } from "./answer.js";
import type { Assessment, AssessOptions } from "./assess.js";
import { openFolder } from "./open-folder.js";

/** Model of image classification. */
export interface Model {
  readonly task: "image-classification";
  readonly dir: string;
  readonly classes: readonly string[];
  /**
   * Classes of one picture, the most probable first.
   * @param input path of a picture, or its bytes.
   * @param options.tta views of the picture whose probabilities are averaged, 1 … 12. Default 1.
   * @throws DataError when it cannot be read as a picture.
   */
  predict(
    input: string | Uint8Array,
    options?: { readonly top?: number; readonly tta?: number },
  ): Promise<Answer[]>;
  /** Where the model has several heads: their names and classes. {@link predict} answers for the first. */
  readonly tasks?: readonly { readonly name: string; readonly classes: readonly string[] }[];
  /**
   * The answers of every head by the name of its task; of a model with one head, under "".
   * @throws DataError when it cannot be read as a picture.
   */
  predictTasks(
    input: string | Uint8Array,
    options?: { readonly top?: number; readonly tta?: number },
  ): Promise<Record<string, Answer[]>>;
  /**
   * Classes of one picture with what they can be trusted with: a set of classes of stated coverage, whether the answer is too
   * unsure to be given, whether the picture is unlike those that the model knows.
   * @throws ModelError when the folder does not say what its probabilities are good for; DataError as {@link predict}
   * @example const { answers, set, unsure } = await model.assess("rose.jpg");
   */
  assess(input: string | Uint8Array, options?: AssessOptions): Promise<Assessment>;
  /**
   * Answer with another adapter from now on, with its classes: one that was trained on the same base, at the same weights,
   * is swapped without loading anything but its file.
   * @param dir a folder that `train` wrote with "lora", "dora", "ia3" or "adapter".
   * @throws ModelError when it belongs to another base, with both hashes.
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
   * Returns the classes of an image by the name of the head, the most probable first.
   * @param input path of an image, or its bytes
   * @throws DataError for an image that cannot be read
   */
  predict(
    input: string | Uint8Array,
    options?: { readonly top?: number; readonly tta?: number },
  ): Promise<Record<string, Answer[]>>;
  close(): Promise<void>;
}

/** A model folder with its session, pixels in. */
export interface LoadedModel {
  readonly folder: ModelFolder;
  readonly session: Session;
}

/** The graph of a model folder. @throws ModelError when it does not answer with as many scores as there are classes. */
export function graphOf(folder: ModelFolder): Graph {
  const { graph } = fromOnnx(folder.onnx);
  const scores = graph.types.get(graph.outputs[0] ?? "")?.shape?.[1];
  if (typeof scores === "number" && scores !== folder.classes.length) {
    throw new EngraftError(
      "ModelError",
      `the model gives ${scores} scores, its config.json names ${folder.classes.length} classes`,
      {
        at: folder.dir,
        help: "onnx/model.onnx and config.json are not of the same model",
      },
    );
  }
  for (const { name, output, classes } of folder.tasks ?? []) {
    const count = graph.outputs.includes(output) ? graph.types.get(output)?.shape?.[1] : undefined;
    if (count === classes.length) continue;
    throw new EngraftError(
      "ModelError",
      count === undefined
        ? `the model has no output "${output}" for the task "${name}" that its config.json names`
        : `the output "${output}" gives ${count} scores, config.json names ${classes.length} classes of "${name}"`,
      { at: folder.dir, help: "onnx/model.onnx and config.json are not of the same model" },
    );
  }
  return graph;
}

/** @throws ModelError as {@link graphOf} does, or when the runtime cannot load it. */
export async function loadSession(folder: ModelFolder, runtime: Runtime): Promise<LoadedModel> {
  const session = await openSession(runtime, withPixels(graphOf(folder), folder.preprocessing), {
    label: `model "${folder.dir}"`,
  });
  return { folder, session };
}

/** Opens a model folder of image classification, with one head or with several. @throws ModelError for a damaged folder */
export async function openImageModel(
  machine: Machine,
  dir: string,
  options: { readonly threads?: number },
): Promise<Model | TasksModel> {
  const model = await loadModelOn(machine, dir, options);
  const { tasks, predictTasks, close } = model;
  if (tasks === undefined) return model;
  return { task: "multi-task-image-classification", dir: model.dir, tasks, predict: predictTasks, close };
}

/** Opens a model folder of image classification. A model with several heads predicts with the first. */
export async function loadModelOn(
  { platform, openRuntime }: Machine,
  dir: string,
  options: { readonly threads?: number },
): Promise<Model> {
  await requireTask(platform, dir, "image-classification");
  const folder = await openFolder(platform, dir);
  const runtime = await openRuntime(options.threads ?? platform.cores());
  let session: Session;
  try {
    ({ session } = await loadSession(folder, runtime));
  } catch (error) {
    await runtime.close();
    throw error;
  }
  let { dir: from, classes, preprocessing } = folder;
  let known: { readonly dir: string; readonly trust: unknown } | undefined;
  let { tasks } = folder;
  const { outputs } = graphOf(folder);
  let feeds: Readonly<Record<string, Tensor>> = {};
  let host: AdapterHost | undefined;
  const answered = async ({ height, width, data }: Pixels): Promise<Tensor[]> => {
    const pixels: Tensor = { dtype: "uint8", dims: [1, height, width, 3], data };
    return Object.values(await session.run({ ...feeds, [pixelInput]: pixels }));
  };
  /** The probabilities of some heads, each the mean over the views: by its place among the outputs. */
  const scored = async (
    input: string | Uint8Array,
    heads: readonly { readonly at: number; readonly classes: readonly string[] }[],
    { top, tta = 1 }: { readonly top?: number; readonly tta?: number } = {},
  ): Promise<Answer[][]> => {
    checkViews(tta);
    const picture = await decodePixels(input, preprocessing, platform);
    const scores = heads.map((head) => new Array<number>(head.classes.length).fill(0));
    for (let view = 0; view < tta; view++) {
      const out = await answered(viewOf(picture, view));
      for (const [h, { at }] of heads.entries())
        for (const [k, p] of softmax(out[at]!.data as Float32Array).entries()) scores[h]![k]! += p / tta;
    }
    return heads.map((head, h) =>
      head.classes
        .map((label, i) => ({ label, score: scores[h]![i]! }))
        .sort((a, b) => b.score - a.score)
        .slice(0, Math.max(1, top ?? head.classes.length)),
    );
  };
  const first = () => ({ at: tasks?.[0] ? outputs.indexOf(tasks[0].output) : 0, classes });
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
      const { AdapterHost } = await import("./adapters.js");
      const begin = host === undefined;
      host ??= new AdapterHost(platform, runtime);
      const used = await host.use(other, folder.engraft?.base);
      ({ session, feeds } = used);
      ({ dir: from, classes, preprocessing } = used.folder);
      tasks = undefined;
      if (begin) await own.dispose();
    },
    async predict(input, options) {
      return (await scored(input, [first()], options))[0]!;
    },
    async assess(input, options) {
      const { assess, trustIn } = await import("../tasks/classes/trusted.js");
      // Another adapter has its own.
      if (known?.dir !== from) known = { dir: from, trust: await trustIn(platform, from) };
      const out = await answered(await decodePixels(input, preprocessing, platform));
      return assess({ dir: from, classes, trust: known.trust }, out[0]!.data as Float32Array, options);
    },
    async predictTasks(input, options) {
      const heads = tasks ?? [];
      if (heads.length === 0) return { "": (await scored(input, [first()], options))[0]! };
      const answers = await scored(
        input,
        heads.map((task) => ({ at: outputs.indexOf(task.output), classes: task.classes })),
        options,
      );
      return Object.fromEntries(heads.map((task, t) => [task.name, answers[t]!]));
    },
    close: () => runtime.close(),
  };
}

/** @throws ModelError for a model of another task */
export async function requireTask(platform: Platform, dir: string, wanted: Task): Promise<void> {
  const task = await taskOfModel(platform, dir);
  if (task !== wanted)
    throw new EngraftError("ModelError", `the model was trained for ${task}, not for ${wanted}`, {
      at: dir,
      help: "load(folder) opens a model of any task; a page in a browser knows image classification alone",
    });
}
