import { messageOf } from "../../core/errors.js";
import type { TrainResultEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Context } from "../../run/context.js";
import { explainModel, type Trained } from "../../run/insights/explain-model.js";
import { insightsOf } from "../../run/insights/insights-file.js";
import { recordOf, titleOf } from "../../run/report/run-report.js";
import { reportOn } from "../report/write-report.js";

/** Explains the model of a run that has its result, and rewrites its report. */
export async function explainRun(context: Context, trained: Trained): Promise<void> {
  const { run, machine, onEvent } = context;
  if (!(await explainModel(context, trained))) return;
  try {
    await reportOn(machine, run.path, {}, { isComplete: true });
    await cardAgain(context, trained.result);
  } catch (error) {
    const failed = message("report-not-again", { why: messageOf(error) });
    onEvent({ event: "warning", ...warningText("report", failed) });
  }
}

/** Rewrites the model card with what training changed. */
async function cardAgain({ run, machine }: Context, result: TrainResultEvent): Promise<void> {
  const { classesCard } = await import("./shown-classes.js");
  const { manifest } = run;
  const { files } = machine.platform;
  const insights = await insightsOf(machine.platform, run.path);
  const card = classesCard({
    title: titleOf(manifest),
    events: (await recordOf(machine.platform, run)).events,
    command: manifest.command,
    versions: manifest.versions,
    adapterOnly: manifest.options.adapterOnly === true,
    thumbnails: {},
    result,
    ...(insights && { insights }),
  });
  await files.writeAtomic(files.join(result.model, "README.md"), card);
}
