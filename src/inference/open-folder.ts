import { noObjectColumns } from "../bases/detection/detection-settings.js";
import { type ModelFolder, readModelFolder, taskOfModel } from "../bases/model-folder/model-folder.js";
import type { NamedHead } from "../bases/task-heads.js";
import { EngraftError } from "../core/errors.js";
import type { Task } from "../core/results/task.js";
import { fromOnnx } from "../graph/from-onnx.js";
import type { Graph } from "../graph/graph.js";
import type { Platform } from "../platform/platform.js";

/** Opens a model folder. An adapter is merged with its base. */
export function openFolder(platform: Platform, path: string): Promise<ModelFolder> {
  return readModelFolder(platform, path, async (dir) => {
    // Loaded on demand: most folders hold a whole model.
    const { mergedFile } = await import("./adapters.js");
    return mergedFile(platform, dir);
  });
}

/** Returns the graph of a model folder. @throws ModelError if its number of outputs is not the number of classes */
export function graphOf(folder: ModelFolder): Graph {
  const { graph } = fromOnnx(folder.onnx);
  const shape = graph.types.get(graph.outputs[0] ?? "")?.shape;
  // A detector has columns for "no object" behind its classes.
  const others = graph.types.has("pred_boxes") ? noObjectColumns : 0;
  const columns = shape?.[others > 0 ? 2 : 1];
  const scores = typeof columns === "number" ? columns - others : undefined;
  if (scores !== undefined && scores !== folder.classes.length) {
    throw new EngraftError(
      "ModelError",
      `the model gives ${scores} scores, its config.json names ${folder.classes.length} classes`,
      { at: folder.dir, help: "onnx/model.onnx and config.json are not of the same model" },
    );
  }
  if (folder.tasks) requireHeads(graph, folder.tasks, folder.dir);
  return graph;
}

/** @throws ModelError if the outputs of a model are not those of its heads */
export function requireHeads(graph: Graph, heads: readonly NamedHead[], dir: string): void {
  for (const { name, output, classes } of heads) {
    const count = graph.outputs.includes(output) ? graph.types.get(output)?.shape?.[1] : undefined;
    if (count === classes.length) continue;
    throw new EngraftError(
      "ModelError",
      count === undefined
        ? `the model has no output "${output}" for the task "${name}" that its config.json names`
        : `the output "${output}" gives ${count} scores, config.json names ${classes.length} classes of "${name}"`,
      { at: dir, help: "onnx/model.onnx and config.json are not of the same model" },
    );
  }
}

/** Refuses a model of another task. @throws ModelError */
export async function requireTask(platform: Platform, dir: string, wanted: Task): Promise<void> {
  const task = await taskOfModel(platform, dir);
  if (task !== wanted)
    throw new EngraftError("ModelError", `the model was trained for ${task}, not for ${wanted}`, {
      at: dir,
      help: "load(folder) opens a model of any task; a page in a browser knows image classification alone",
    });
}
