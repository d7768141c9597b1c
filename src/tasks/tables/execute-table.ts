import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import type { TableDataset } from "../../data/index.js";
import { isPlanned } from "../../options/is-planned.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Context, TaskDefaults } from "../../run/context.js";
import { type LoadData, type OpenedRun, withOpenedRun } from "../../run/execute-run.js";
import { requireSameData, requireSameModel } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { splitCounts } from "../../run/setup.js";
import { trainTask } from "../../run/train-task.js";
import { openRows } from "../numbers/open-task-data.js";
import type { InspectedData, InspectOptions } from "../task-run.js";
import { asSamples, rowInputs } from "./row-inputs.js";
import { networkFor } from "./table-network.js";
import { columnStrategyOf, openedFor, type Table } from "./table-task.js";

/** Trains a network on a table. The network is new, or has the weights of another table's model. */
export async function executeTable(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
  task: TableDataset["task"],
): Promise<RegressionResultEvent | TableResultEvent> {
  const { platform } = machine;
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const loadData: LoadData<TableDataset> = (onEvent, signal) =>
    openRows(run.manifest.data, options, task, { platform, seed, onEvent, signal });
  return withOpenedRun(machine, run, options, loadData, async (under) => {
    const { given: data, runtime, begin, events, onEvent } = under;
    await requireSameData(run, { ...data, classes: data.classes.length > 0 ? data.classes : [""] });
    const table = await openTable(machine, run, options, under);
    const { network, scratch } = table;
    // A page loads the code of its task only.
    const numbers = task === "tabular-regression" && (await import("../numbers/numbers-task.js"));
    const columns = columnStrategyOf(options);
    const dataset = asSamples(data);
    const context: Context = {
      run,
      machine,
      platform,
      runtime,
      onEvent,
      options: { ...options, ...decidedOptions(options) },
      dataset,
      opened: columns ? openedFor(columns, network.opened) : network.opened,
      inputs: rowInputs(data, network.encoding),
      ...(scratch && { scratch: { opened: scratch.opened, inputs: rowInputs(data, scratch.encoding) } }),
      head: numbers
        ? numbers.numbersHead(data, options)
        : (await import("../../run/training/head-of-classes.js")).classesHead(dataset),
      taskDefaults: () => defaultTraining(data, scratch !== undefined),
    };
    if (numbers) {
      const { tableNumbersTask } = await import("./table-numbers-task.js");
      return trainTask(context, tableNumbersTask(table), begin, events);
    }
    const { tableClassesTask } = await import("./table-classes-task.js");
    return trainTask(context, tableClassesTask(table), begin, events);
  });
}

/** Opens the data of a table, and the model that weights come from, without training. */
export async function inspectTable(
  { platform }: Machine,
  path: string,
  options: InspectOptions,
  task: TableDataset["task"],
): Promise<InspectedData> {
  const { seed, signal, initFrom, onEvent = () => undefined } = options;
  const data = await openRows(path, options, task, { platform, seed, signal, onEvent });
  const from =
    initFrom === undefined
      ? undefined
      : await (await import("../../bases/model-folder/table-folder.js")).readTableFolder(platform, initFrom);
  return {
    fingerprint: data.fingerprint,
    baseSha256: from?.sha256 ?? "",
    train: splitCounts(data).train,
    samples: "rows",
    classes: data.classes.length,
  };
}

/** Makes the network of a run, and the one from scratch that it is compared with. */
async function openTable(
  { platform }: Machine,
  run: RunFolder,
  { initFrom, seed = defaults.seed }: TrainOptions,
  { given: data, onEvent }: OpenedRun<TableDataset>,
): Promise<Table> {
  const outputs = data.task === "tabular-classification" ? data.classes.length : data.targets.length;
  const made = networkFor(data, outputs, seed);
  if (initFrom === undefined) {
    await run.settle();
    return { data, network: made };
  }
  const { readTableFolder } = await import("../../bases/model-folder/table-folder.js");
  const from = await readTableFolder(platform, initFrom);
  await requireSameModel(run, "init_sha256", { name: initFrom, sha256: from.sha256 });
  await run.settle();
  const { networkFrom } = await import("./network-from-model.js");
  const network = networkFrom(from, data, outputs, seed);
  if (network.init) onEvent({ event: "init", ...network.init });
  return { data, network, scratch: made };
}

/**
 * Returns strategy and baselines. Without a requested strategy, the run trains all weights of a network and compares it with the
 * models that it solves on the columns. Baselines without a second training cost little, so they are on by default.
 */
function decidedOptions(options: TrainOptions): Pick<TrainOptions, "strategy" | "baselines" | "reasons"> {
  const { strategy, baselines, initFrom } = options;
  const isChosen = strategy === undefined || (strategy === "auto" && initFrom === undefined);
  return {
    strategy: isChosen ? "full" : strategy,
    ...(isPlanned(options) && { reasons: options.reasons ?? [message("table-without-base")] }),
    ...(initFrom !== undefined && { baselines: baselines ?? true }),
    ...(initFrom === undefined && baselines !== undefined && { baselines: baselines !== false }),
  };
}

/** Peak learning rates with random weights and with those of another model. fastai's tabular_learner uses 1e-3 to 1e-2. */
const rates = { scratch: 5e-3, transfer: 2e-3 } as const;

/** Returns default epochs, batch size and learning rates. Rows cost little, so there are more steps than for images. */
function defaultTraining({ items }: TableDataset, pretrained: boolean): TaskDefaults {
  const rows = items.filter(({ part }) => part === "train").length;
  const batch = rows < 500 ? 16 : rows < 5000 ? 32 : rows < 20_000 ? 128 : 256;
  const steps = 1500;
  return {
    epochs: Math.min(60, Math.max(5, Math.round(steps / Math.ceil(rows / batch)))),
    batch,
    rate: pretrained ? rates.transfer : rates.scratch,
    scratchRate: rates.scratch,
  };
}
