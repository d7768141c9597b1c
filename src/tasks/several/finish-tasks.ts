import { tasksConfig } from "../../bases/model-folder/tasks-config.js";
import type { EngraftEvent, TasksResultEvent } from "../../core/events/events.js";
import type { TaskData } from "../../data/index.js";
import { listName } from "../../data/split/found.js";
import type { Context } from "../../run/context.js";
import { reportOf, saveRun } from "../../run/save-run.js";

/** A result, and the files of its run. */
interface FinishedTasks {
  readonly result: TasksResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx: Uint8Array;
  /** A model for each task follows: the run is not done. */
  readonly unfinished: boolean;
}

/** Saves a model of several tasks. */
export async function finishTasks(
  context: Context,
  { items }: TaskData,
  { result, events, onnx, unfinished }: FinishedTasks,
): Promise<void> {
  const { dataset, opened } = context;
  const told = reportOf(context, dataset.root.replace(listName, ""), result, events);
  const [first] = result.tasks;
  const { n, accuracy, accuracy_ci95 } = first!.test;
  const { renderTasksCard } = await import("../../report/cards/tasks-card.js");
  await saveRun(context, {
    ...{ data: { ...dataset, items }, result, unfinished, card: renderTasksCard(told) },
    render: async () => (await import("../../report/pages/tasks-report.js")).renderTasksReport(told),
    content: {
      ...{ onnx, classes: first!.classes, config: tasksConfig(result.tasks) },
      preprocessing: opened.base.preprocessing,
    },
    engraft: { task: "image-classification", test: { n, accuracy, accuracy_ci95 } },
  });
}
