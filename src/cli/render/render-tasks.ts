import type { TasksResultEvent } from "../../core/events/events.js";
import { defaultTask, factsOf } from "../../core/results/task.js";
import { epochsLine } from "./epochs-line.js";
import { labelled } from "./labelled.js";
import { studyLines } from "./render-report.js";
import { divergenceLine, lastLines } from "./render-result.js";

/** Returns the last lines of a run on several tasks. */
export const renderTasksResult = (result: TasksResultEvent): string[] => [
  ...studyLines(result),
  ...labelled(
    "training",
    ...(result.epochs > 0 ? [epochsLine(result, "validation, mean over the tasks")] : []),
    ...divergenceLine(result),
  ),
  ...lastLines(result, factsOf(defaultTask).input),
];
