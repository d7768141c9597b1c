import { EngraftError } from "../../core/errors.js";
import type { NamedHead } from "../task-heads.js";

/** Returns the part of config.json for several heads, each with its output of onnx/model.onnx. */
export function tasksConfig(tasks: readonly NamedHead[]): Record<string, unknown> {
  return {
    engraft_tasks: tasks.map(({ name, output, classes }) => ({
      name,
      output,
      id2label: Object.fromEntries(classes.map((label, i) => [String(i), label])),
    })),
  };
}

/**
 * Reads `engraft_tasks`: heads with their outputs. @param labelsOf reads `id2label` @throws ModelError if one has no
 * name, output or labels
 */
export function readTasks(
  config: unknown,
  at: string,
  labelsOf: (config: unknown, at: string) => readonly string[],
): readonly NamedHead[] {
  const tasks = (config as { engraft_tasks?: unknown } | null)?.engraft_tasks;
  const bad = (why: string): EngraftError =>
    new EngraftError("ModelError", `config.json: "engraft_tasks" ${why}`, {
      at,
      help: 'each task has a "name", an "output" of onnx/model.onnx and an "id2label"',
    });
  if (!Array.isArray(tasks) || tasks.length === 0) throw bad("is no list of tasks");
  return tasks.map((task: unknown) => {
    const { name, output } = (task ?? {}) as { name?: unknown; output?: unknown };
    if (typeof name !== "string" || typeof output !== "string")
      throw bad("has a task without name or output");
    return { name, output, classes: labelsOf(task, at) };
  });
}
