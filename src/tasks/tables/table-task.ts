import { exportModel } from "../../bases/export.js";
import { type LinearHead, withHead } from "../../bases/heads.js";
import type { TablePreprocessing } from "../../bases/model-folder/table-folder.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { type Message, message } from "../../core/messages/message.js";
import { type OwnBaseText, tableModelNames } from "../../core/results/base-facts.js";
import type { RowItem, TableDataset } from "../../data/index.js";
import { keepsBest } from "../../options/is-planned.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { trunkWithoutFeatures } from "../../run/made-network.js";
import type { OpenedBase } from "../../run/setup.js";
import type { RunResult, Solved, TrainableTask } from "../../run/trainable-task.js";
import { predictWith } from "../../run/training/feeds.js";
import { heldOf } from "../../run/training/planned.js";
import type { SourceTable } from "./source/source-rows.js";
import type { TableNetwork } from "./table-network.js";

/** A table with the network that is trained on it. */
export interface Table {
  readonly data: TableDataset;
  readonly network: TableNetwork;
  /** The network that is trained from scratch as a baseline. Missing if `network` itself has random weights. */
  readonly scratch?: TableNetwork;
  /** Another table whose rows may be learnt from. */
  readonly source?: SourceTable;
}

/** Returns the network that a context trains: the run's own, or the one from scratch. */
const networkOf = ({ network, scratch }: Table, { opened }: Context): TableNetwork =>
  scratch?.opened.body === opened.body ? scratch : network;

/** True if the head was solved on features of another model: then it is a linear probe. */
export const hasSolvedHead = ({ network }: Table): boolean =>
  network.opened.made?.pretrained === true && network.oldHead === undefined;

/** Returns the parts that both tasks on tables share. */
export function tableParts(
  table: Table,
): Pick<
  TrainableTask<unknown, Solved<unknown>, unknown, TableResultEvent | RegressionResultEvent>,
  "openTrunk" | "export" | "explain"
> {
  return {
    openTrunk: trunkWithoutFeatures,
    export: async ({ opened }, model) => {
      const [input] = opened.body.graph.inputs;
      return exportModel(model, "features", opened.body.graph.typeOf(input!).shape!);
    },
    explain: ({ context }, result) => explainTest(context, table.data, result),
  };
}

/** Explains predictions for the test split after a run. */
export async function explainTest(
  context: Context,
  data: TableDataset,
  result: TableResultEvent | RegressionResultEvent,
): Promise<void> {
  const { explainRows } = await import("../explain/explain-run.js");
  await explainRows(context, data, result);
}

/** Strategies whose model is solved on the columns of a table, from the simplest on. */
export const columnStrategies = ["linear", "trees"] as const;
export type ColumnStrategy = (typeof columnStrategies)[number];

/** Returns the strategy if its model is solved on the columns. */
export const columnStrategyOf = ({ strategy }: Pick<RecipeOptions, "strategy">): ColumnStrategy | undefined =>
  columnStrategies.find((name) => name === strategy);

/** Returns the models that a run solves on the columns. A fold of a requested strategy solves that of the strategy only. */
export const columnStrategiesOf = ({
  options,
  folds,
}: Pick<Context, "options" | "folds">): readonly ColumnStrategy[] =>
  folds?.end && !keepsBest(options)
    ? columnStrategies.filter((name) => name === options.strategy)
    : columnStrategies;

/** Returns the opened base of a linear model or of trees. Records then name that model in place of a base. */
export function openedFor(strategy: ColumnStrategy, opened: OpenedBase): OpenedBase {
  const name: OwnBaseText = `none: ${tableModelNames[strategy]}`;
  return { ...opened, base: { ...opened.base, name } };
}

/** Start of a run's head. */
interface StartingHead {
  /** Weights in the form for training. */
  readonly start: LinearHead;
  readonly recipe: readonly Message[];
}

/** Returns the head that training starts from: from the other model, or solved by `fit` on the features. */
export async function startingHead(
  context: Context,
  { opened, oldHead }: TableNetwork,
  fit: (features: Readonly<Record<"train" | "validation", Float32Array>>) => Promise<StartingHead>,
): Promise<StartingHead> {
  const { machine, options } = context;
  const { body } = opened;
  if (oldHead)
    return {
      start: oldHead,
      recipe: [message("old-rows-of-all-classes", { classes: context.training.head.outputs })],
    };
  const featuresOf = (part: RowItem["part"]) =>
    predictWith(machine.runtime, body.graph, heldOf(context, part), body.width, options.signal);
  return fit({ train: await featuresOf("train"), validation: await featuresOf("validation") });
}

/** Returns the network with a head, before training. */
export const networkWith = (context: Context, head: LinearHead) =>
  withHead(context.opened.body, context.training.head.outputs, head);

/** Returns the additional files of a table's model folder. */
export function tableFiles(table: Table, context: Context): Readonly<Record<string, string>> {
  const { encoding, hidden } = networkOf(table, context);
  const model = columnStrategyOf(context.options);
  return tableFile(table.data, { encoding, ...(model ? { hidden: [], model } : { hidden }) });
}

/** Returns `table.json`. */
export function tableFile(
  { columns, targets, forms }: TableDataset,
  model: Pick<TablePreprocessing, "encoding" | "hidden" | "model" | "complete">,
): { readonly "table.json": string } {
  const written = Object.keys(forms).length > 0 && { forms };
  const file: TablePreprocessing = { format: 1, columns, targets, ...written, ...model };
  return { "table.json": `${JSON.stringify(file, null, 2)}\n` };
}

/** Returns the fields that every result on a table has. */
export const tableFields = ({
  data,
  network,
}: Table): Pick<RunResult & TableResultEvent, "init" | "table"> => ({
  ...(network.init && { init: network.init }),
  table: data.facts,
});
