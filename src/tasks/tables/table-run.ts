import { EngraftError } from "../../core/errors.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { message } from "../../core/messages/message.js";
import type { TableDataset } from "../../data/index.js";
import { isPlanned } from "../../options/is-planned.js";
import { defaults, type RecipeOptions } from "../../options/options.js";
import type { TaskDefaults } from "../../run/context.js";
import { trainTask } from "../../run/train-task.js";
import type { OpenedWith, OpenHow, TaskRun } from "../task-run.js";
import { openRows } from "./open-rows.js";
import { asSamples, rowInputs } from "./row-inputs.js";
import { networkFor, type TableNetwork } from "./table-network.js";
import { columnStrategyOf, openedFor, type Table } from "./table-task.js";

/** Runs of tabular classification or regression. The network is new, or has the weights of another table's model. */
export const tableRun = (
  task: TableDataset["task"],
): TaskRun<TableDataset, OpenedNetwork, RegressionResultEvent | TableResultEvent> => ({
  async open(path, how) {
    const data = await openRows(path, how.options, task, how);
    requireSeason(data, how.options);
    return data;
  },
  base: openNetwork,
  targetText: ({ label, values }, { classes }) => classes[label] ?? values.join(" "),
  counted: ({ classes }) => ({ samples: "rows", classes: classes.length }),
  async bind(data, { table }, { options, onEvent }) {
    const { network, scratch } = table;
    if (network.init) onEvent({ event: "init", ...network.init });
    // A page loads the code of its task only.
    const numbers = task === "tabular-regression" && (await import("../numbers/numbers-task.js"));
    const dataset = asSamples(data);
    return {
      bound: {
        options: { ...options, ...decidedOptions(options) },
        dataset,
        inputs: rowInputs(data, network.encoding),
        training: {
          head: numbers
            ? numbers.numbersHead(data, options)
            : (await import("../../run/training/head-of-classes.js")).classesHead(dataset),
          defaults: () => defaultTraining(data, scratch !== undefined),
          ...(scratch && {
            scratch: { opened: scratch.opened, inputs: rowInputs(data, scratch.encoding) },
          }),
        },
        ...(table.source && { besides: { samples: table.source.items } }),
      },
      async train(context, ...run) {
        if (numbers) {
          const { tableNumbersTask } = await import("./table-numbers-task.js");
          return trainTask(context, tableNumbersTask(table), ...run);
        }
        const { tableClassesTask } = await import("./table-classes-task.js");
        return trainTask(context, tableClassesTask(table), ...run);
      },
    };
  },
});

/** @throws OptionError for a season that is as long as the data */
function requireSeason({ past = [] }: TableDataset, { season }: Pick<RecipeOptions, "season">): void {
  if (season === undefined || past.length === 0) return;
  const times = 1 + past.reduce((latest, { moment }) => Math.max(latest, moment.time), 0);
  if (season < times) return;
  throw new EngraftError(
    "OptionError",
    `a season of ${season} times is longer than the data, which have ${times}`,
    {
      help: "count a season in different times of --split-by: 7 for days, 12 for months",
      details: { season, times },
    },
  );
}

/** A table's network as the base of a run. */
interface OpenedNetwork extends OpenedWith {
  readonly table: Table;
}

/** Makes the network of a run, and the one from scratch that it is compared with. */
async function openNetwork(
  data: TableDataset,
  { platform, options, onEvent }: OpenHow,
): Promise<OpenedNetwork> {
  const { initFrom, seed = defaults.seed, with: other } = options;
  const columns = columnStrategyOf(options);
  const opened = (network: TableNetwork) => (columns ? openedFor(columns, network.opened) : network.opened);
  const outputs = data.task === "tabular-classification" ? data.classes.length : data.targets.length;
  if (other !== undefined) {
    const { openSource } = await import("./source/source-rows.js");
    const source = await openSource(other, data, { platform, options, onEvent });
    const both = { ...data, items: [...data.items, ...source.items] };
    const network = networkFor(both, outputs, seed);
    return {
      opened: opened(network),
      from: { name: other, sha256: source.sha256, what: "table of --with" },
      table: { data, network, source },
    };
  }
  const made = networkFor(data, outputs, seed);
  if (initFrom === undefined) return { opened: opened(made), table: { data, network: made } };
  const { readTableFolder } = await import("../../bases/model-folder/table-folder.js");
  const from = await readTableFolder(platform, initFrom);
  const { networkFrom } = await import("./network-from-model.js");
  const network = networkFrom(from, data, outputs, seed);
  return {
    opened: opened(network),
    from: { name: initFrom, sha256: from.sha256 },
    table: { data, network, scratch: made },
  };
}

/**
 * Returns strategy and baselines. Without a requested strategy, the run trains all weights of a network and compares it with the
 * models that it solves on the columns. Baselines without a second training cost little, so they are on by default.
 */
function decidedOptions(options: RecipeOptions): Pick<RecipeOptions, "strategy" | "baselines" | "reasons"> {
  const { strategy, baselines, initFrom, with: source } = options;
  if (source !== undefined)
    // The candidates decide on linear model or trees, and the target alone is the baseline.
    return { strategy: strategy === "auto" ? undefined : strategy, baselines: baselines !== false };
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
