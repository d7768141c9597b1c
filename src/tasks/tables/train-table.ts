import { readTableFolder } from "../../bases/model-folder/table-folder.js";
import type { EngraftEvent, RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { defaults } from "../../options/options.js";
import { requireSameModel } from "../../run/folder/require-same.js";
import { tableLearner } from "./table-learner.js";
import { tableResult } from "./table-result.js";
import { startOf, type TableContext } from "./table-start.js";

/** A run on a table: encoding, network, training, linear and trivial baselines, scores, report. */
export async function trainTable(
  context: TableContext,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<RegressionResultEvent | TableResultEvent> {
  const { run, options, dataset, platform, onEvent } = context;
  const { initFrom } = options;
  const outputs = dataset.task === "tabular-classification" ? dataset.classes.length : dataset.targets.length;
  const from = initFrom === undefined ? undefined : await readTableFolder(platform, initFrom);
  if (from) await requireSameModel(run, "init_sha256", { name: initFrom!, sha256: from.sha256 });
  await run.settle();
  const scratch = startOf(dataset, outputs, options.seed ?? defaults.seed);
  const transfer = from && startOf(dataset, outputs, options.seed ?? defaults.seed, from);
  if (transfer?.init) onEvent({ event: "init", ...transfer.init });
  const learner = await tableLearner(context, outputs);
  const result = await tableResult(context, learner, { scratch, transfer }, begin, events);
  if (options.explain === true && context.machine.report)
    await (await import("../../inference/explain/explain-run.js")).explainRows(context, result);
  return result;
}
