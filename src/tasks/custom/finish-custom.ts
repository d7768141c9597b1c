import { writeModelFolder } from "../../bases/model-folder/model-folder.js";
import { samplePartsOf } from "../../bases/model-folder/sample-parts.js";
import type { CustomResultEvent } from "../../core/events/events.js";
import type { Dataset } from "../../data/index.js";
import { keepReport } from "../../run/report/keep-report.js";
import { titleOf } from "../../run/report/run-report.js";
import type { Saved, Solved } from "../../run/trainable-task.js";
import type { TaskParts } from "./task-parts.js";

/** Writes the model folder, the report, and last of all the manifest that says the run is done. */
export async function finishCustom<Input>(
  { name }: TaskParts<Input>,
  data: Dataset,
  {
    own: { context },
    result,
    events,
    onnx,
    files,
    unfinished,
  }: Saved<unknown, Solved<unknown>, object, CustomResultEvent>,
): Promise<void> {
  const { run, machine, platform, onEvent } = context;
  const { manifest } = run;
  const { renderCustomCard, renderCustomReport } = await import("../../report/pages/custom-report.js");
  const { command, versions } = manifest;
  const told = { title: titleOf(manifest), result, events, command, versions };
  const { base, strategy, split, test, classes } = result;
  await platform.files.remove(result.model);
  await writeModelFolder(platform, result.model, {
    ...(onnx && { onnx }),
    ...(files && { files }),
    ...{ classes, config: { model_type: name, architectures: [name] } },
    card: renderCustomCard(told),
    samples: samplePartsOf(data.items),
    engraft: {
      ...{ format: 1, task: name, base, strategy, versions, split },
      data: { fingerprint: data.fingerprint, test_fingerprint: data.testFingerprint },
      test: { n: test.n, metric: test.metric },
      seed: split.seed,
    },
  });
  await keepReport(machine, run, async () => renderCustomReport(told), onEvent);
  await run.update({ ...(!unfinished && { status: "done" }), result });
}
