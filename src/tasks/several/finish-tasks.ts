import { writeModelFolder } from "../../bases/model-folder/model-folder.js";
import { samplePartsOf } from "../../bases/model-folder/sample-parts.js";
import { tasksConfig } from "../../bases/model-folder/tasks-config.js";
import type { EngraftEvent, TasksResultEvent } from "../../core/events/events.js";
import type { TaskData } from "../../data/index.js";
import { listName } from "../../data/split/found.js";
import type { Context } from "../../run/context.js";
import { keepReport } from "../../run/report/keep-report.js";

/** A result, and the files of its run. */
interface FinishedTasks {
  readonly result: TasksResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly onnx: Uint8Array;
  /** A model for each task follows: the run is not done. */
  readonly unfinished: boolean;
}

/** Write the model folder, the report, and last of all the manifest that says the run is done. */
export async function finishTasks(
  { run, machine, platform, dataset, opened, onEvent }: Context,
  data: TaskData,
  { result, events, onnx, unfinished }: FinishedTasks,
): Promise<void> {
  const { base } = opened;
  const { manifest } = run;
  const title = (dataset.root.split(/[\\/]/).filter(Boolean).at(-1) ?? "run").replace(listName, "");
  const report = { title, result, events, command: manifest.command, versions: manifest.versions };
  const [first] = result.tasks;
  const { renderTasksCard } = await import("../../report/cards/tasks-card.js");
  await platform.files.remove(result.model);
  await writeModelFolder(platform, result.model, {
    onnx,
    classes: first!.classes,
    config: tasksConfig(result.tasks),
    preprocessing: base.preprocessing,
    card: renderTasksCard(report),
    ...(base.licenseText !== undefined && { license: base.licenseText }),
    samples: samplePartsOf(data.items),
    engraft: {
      format: 1,
      task: "image-classification",
      base: result.base,
      strategy: result.strategy,
      versions: manifest.versions,
      split: result.split,
      data: { fingerprint: dataset.fingerprint, test_fingerprint: dataset.testFingerprint },
      test: {
        n: first!.test.n,
        accuracy: first!.test.accuracy,
        accuracy_ci95: first!.test.accuracy_ci95,
      },
      seed: result.split.seed,
    },
  });
  const render = async () => (await import("../../report/pages/tasks-report.js")).renderTasksReport(report);
  await keepReport(machine, run, render, onEvent);
  await run.update({ ...(!unfinished && { status: "done" }), result });
}
