import { type ModelFolder, readModelFolder } from "../bases/model-folder.js";
import { withPixels } from "../bases/pixels.js";
import { EngraftError } from "../core/errors.js";
import { decodePixels } from "../data/index.js";
import { fromOnnx } from "../graph/from-onnx.js";
import type { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import { type Machine, openMachine } from "./machine.js";

/** One class with its probability. */
export interface Answer {
  readonly label: string;
  /** 0 … 1; over all classes they sum to 1. */
  readonly score: number;
}

/** A trained model, ready to answer. */
export interface Model {
  readonly dir: string;
  readonly classes: readonly string[];
  /**
   * Classes of one picture, the most probable first.
   * @param input path of a picture, or its bytes.
   * @throws DataError when it cannot be read as a picture.
   */
  predict(input: string | Uint8Array, options?: { readonly top?: number }): Promise<Answer[]>;
  /** Where the model has several heads: their names and classes. {@link predict} answers for the first. */
  readonly tasks?: readonly { readonly name: string; readonly classes: readonly string[] }[];
  /**
   * The answers of every head by the name of its task; of a model with one head, under "".
   * @throws DataError when it cannot be read as a picture.
   */
  predictTasks(
    input: string | Uint8Array,
    options?: { readonly top?: number },
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
  const session = await runtime.session(toOnnx(withPixels(graphOf(folder), folder.preprocessing)), {
    label: `model "${folder.dir}"`,
  });
  return { folder, session };
}

/**
 * Open a model folder that `train` wrote.
 * @param dir the folder, or the run folder it lies in.
 * @throws ModelError when it is not one.
 * @example
 * const model = await loadModel(run.model);
 * await model.predict("rose.jpg", { top: 3 });
 */
export async function loadModel(dir: string, options: { readonly threads?: number } = {}): Promise<Model> {
  return loadModelOn(await openMachine(), dir, options);
}

/** {@link loadModel} on a machine of the caller's choice. */
export async function loadModelOn(
  { platform, openRuntime }: Machine,
  dir: string,
  options: { readonly threads?: number },
): Promise<Model> {
  const folder = await readModelFolder(platform, dir);
  const runtime = await openRuntime(options.threads ?? platform.cores());
  let session: Session;
  try {
    ({ session } = await loadSession(folder, runtime));
  } catch (error) {
    await runtime.close();
    throw error;
  }
  const { classes, preprocessing, tasks } = folder;
  const outputs = graphOf(folder).outputs;
  const scored = async (input: string | Uint8Array): Promise<Float32Array[]> => {
    const { data, height, width } = await decodePixels(input, preprocessing, platform);
    const out = await session.run({
      [session.inputs[0]!.name]: { dtype: "uint8", dims: [1, height, width, 3], data },
    });
    return Object.values(out).map((tensor) => tensor.data as Float32Array);
  };
  const best = (names: readonly string[], logits: Float32Array, top = names.length): Answer[] => {
    const scores = softmax(logits);
    return names
      .map((label, i) => ({ label, score: scores[i]! }))
      .sort((a, b) => b.score - a.score)
      .slice(0, Math.max(1, top));
  };
  return {
    dir: folder.dir,
    classes,
    ...(tasks && { tasks: tasks.map((task) => ({ name: task.name, classes: task.classes })) }),
    predict: async (input, { top } = {}) => best(classes, (await scored(input))[0]!, top),
    async predictTasks(input, { top } = {}) {
      const all = await scored(input);
      if (tasks === undefined) return { "": best(classes, all[0]!, top) };
      return Object.fromEntries(
        tasks.map((task) => [task.name, best(task.classes, all[outputs.indexOf(task.output)]!, top)]),
      );
    },
    close: () => runtime.close(),
  };
}

/** p_i = exp(z_i - max z) / Σ exp(z_j - max z) */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const max = Math.max(...values);
  const exp = values.map((z) => Math.exp(z - max));
  const sum = exp.reduce((a, b) => a + b, 0);
  return exp.map((e) => e / sum);
}
