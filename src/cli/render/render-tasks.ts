import { formatDuration } from "../../core/duration.js";
import type { TasksResultEvent } from "../../core/events/events.js";
import { defaultTask, factsOf } from "../../core/results/task.js";
import { epochsLine } from "./epochs-line.js";
import { labelled } from "./labelled.js";
import { confidence, percent } from "./percent.js";
import { formatCount } from "./render.js";
import { divergenceLine, lastLines } from "./render-result.js";

/** Returns the last lines of a run on several tasks. */
export function renderTasksResult(result: TasksResultEvent): string[] {
  const { seconds, forecast } = result;
  const lines = labelled(
    "trained",
    ...(result.epochs > 0 ? [epochsLine(result, "validation, mean over the tasks")] : []),
    `${formatDuration(seconds.total)} (features ${formatDuration(seconds.features)}, training ${formatDuration(seconds.training)}; forecast ${formatDuration(forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB`,
    ...divergenceLine(result),
  );
  for (const { name, test, baseline, baselines, verdict, output, weight } of result.tasks)
    lines.push(
      ...labelled(
        name,
        `accuracy ${percent(test.accuracy)} on ${formatCount(test.n)} pictures (${confidence(test.accuracy_ci95)}), macro F1 ${percent(test.macro_f1)}`,
        `output ${output}, weight of its loss ${weight.toPrecision(3)}${result.weighting === "uncertainty" ? " (learnt)" : ""}`,
        ...(baseline
          ? [
              `alone: accuracy ${percent(baseline.test.accuracy)} (${confidence(baseline.test.accuracy_ci95)}), ${formatDuration(baseline.seconds)}`,
            ]
          : []),
        ...(baselines
          ? [
              `most frequent class: accuracy ${percent(baselines.majority.test.accuracy)}${baselines.probe ? `; linear probe: accuracy ${percent(baselines.probe.test.accuracy)}` : ""}`,
            ]
          : []),
        ...(verdict ? [verdict.words] : []),
      ),
    );
  lines.push(
    ...labelled("mean", `accuracy ${percent(result.mean_accuracy)} over ${result.tasks.length} tasks`),
  );
  return [...lines, ...lastLines(result, factsOf(defaultTask).input)];
}
