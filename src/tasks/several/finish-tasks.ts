import { tasksConfig } from "../../bases/model-folder/tasks-config.js";
import type { EngraftEvent, TasksResultEvent } from "../../core/events/events.js";
import type { TaskData } from "../../data/index.js";
import { listName } from "../../data/split/found.js";
import type { Context } from "../../run/context.js";
import { reportOf, saveRun } from "../../run/save-run.js";

/** Result and model of a run on several tasks. */
interface FinishedTasks {
  readonly result: TasksResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx: Uint8Array;
  /** True if the trainings of single tasks follow: the run is not done. */
  readonly unfinished: boolean;
}

/** Saves the model folder, the report and the record of a run on several tasks. */
export async function finishTasks(
  context: Context,
  { items }: TaskData,
  { result, events, onnx, unfinished }: FinishedTasks,
): Promise<void> {
  const { dataset, opened } = context;
  const report = reportOf(context, dataset.root.replace(listName, ""), result, events);
  const [first] = result.tasks;
  const { n, accuracy, accuracy_ci95 } = first!.test;
  const { renderTasksCard } = await import("../../report/cards/tasks-card.js");
  await saveRun(context, {
    data: { ...dataset, items },
    result,
    unfinished,
    card: renderTasksCard(report),
    render: async () =>
      (await import("../../report/studies/study-sheets.js")).studyPage(result, "en", report),
    content: {
      onnx,
      classes: first!.classes,
      config: tasksConfig(result.tasks),
      preprocessing: opened.base.preprocessing,
    },
    engraft: { task: "image-classification", test: { n, accuracy, accuracy_ci95 } },
  });
}
