import { readTableFolder } from "../../bases/model-folder/table-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { EngraftEvent, RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { rowOf } from "../../methods/registry.js";
import { defaults, type TrainOptions } from "../../options/options.js";
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
  requireStart(options);
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
    await (await import("../explain/explain-run.js")).explainRows(context, result);
  return result;
}

/** @throws OptionError for a strategy that keeps what a table alone has not */
export function requireStart({ strategy, initFrom }: Pick<TrainOptions, "strategy" | "initFrom">): void {
  if (strategy !== undefined && rowOf(strategy).pairs)
    throw new EngraftError(
      "OptionError",
      `strategy "${strategy}" is for texts and pictures, and this is a table`,
      {
        help: "its pairs tune an encoder's features, and a table has none: use full, or finetune with --init-from MODEL",
        details: { strategy },
      },
    );
  if (initFrom === undefined && strategy !== undefined && strategy !== "full")
    throw new EngraftError("OptionError", `strategy "${strategy}" needs a trained model to start from`, {
      help: "give --init-from MODEL, a model folder of another table; a table alone is trained from random weights, by --strategy full",
    });
}
