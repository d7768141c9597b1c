import { exportModel } from "../../bases/export.js";
import { type LinearHead, withHead } from "../../bases/heads.js";
import type { TablePreprocessing } from "../../bases/model-folder/table-folder.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { type Message, message } from "../../core/messages/message.js";
import type { RowItem, TableDataset } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import { freshHead, trunkWithoutFeatures } from "../../run/made-network.js";
import type { RunResult, Solved, TrainableTask } from "../../run/trainable-task.js";
import { predictWith } from "../../run/training/feeds.js";
import { headOf, heldOf } from "../../run/training/planned.js";
import type { TableNetwork } from "./table-network.js";

/** A table with the network that is trained on it. */
export interface Table {
  readonly data: TableDataset;
  readonly network: TableNetwork;
  /** The network that is trained from scratch beside one with weights of another model. */
  readonly scratch?: TableNetwork;
}

/** Returns the network that a context trains: the run's own, or the one from scratch. */
const networkOf = ({ network, scratch }: Table, { opened }: Context): TableNetwork =>
  scratch?.opened === opened ? scratch : network;

/** True if the head was solved on features of another model: then it is a linear probe. */
export const hasSolvedHead = ({ network }: Table): boolean =>
  network.opened.made?.pretrained === true && network.oldHead === undefined;

/** What tasks on tables have in common, whatever their head. */
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
    explain: async ({ context }, result) => {
      if (context.options.explain !== true || !context.machine.report) return;
      const { explainRows } = await import("../explain/explain-run.js");
      await explainRows(context, table.data, result);
    },
  };
}

/** How the head of a run starts. */
interface StartingHead {
  /** As it is trained. */
  readonly start: LinearHead;
  readonly recipe: readonly Message[];
}

/** The head that training starts from: a random one, the old one, or one that `fit` solves on the features. */
export async function startingHead(
  context: Context,
  { opened, oldHead }: TableNetwork,
  fit: (features: Readonly<Record<"train" | "validation", Float32Array>>) => Promise<StartingHead>,
): Promise<StartingHead> {
  const { runtime, options } = context;
  const { body, made } = opened;
  if (!made!.pretrained) return { start: freshHead(context), recipe: [message("random-weights")] };
  if (oldHead)
    return {
      start: oldHead,
      recipe: [message("old-rows-of-all-classes", { classes: headOf(context).outputs })],
    };
  const featuresOf = async (part: RowItem["part"]) =>
    (await predictWith(runtime, body.graph, heldOf(context, part), body.width, options.signal)).logits;
  return fit({ train: await featuresOf("train"), validation: await featuresOf("validation") });
}

/** The model with a head, before training. */
export const networkWith = (context: Context, head: LinearHead) =>
  withHead(context.opened.body, headOf(context).outputs, head);

/** Files of the model folder of a table. */
export function tableFiles(table: Table, context: Context): Readonly<Record<string, string>> {
  const { encoding, hidden } = networkOf(table, context);
  const { columns, targets } = table.data;
  const file: TablePreprocessing = { format: 1, columns, targets, encoding, hidden };
  return { "table.json": `${JSON.stringify(file, null, 2)}\n` };
}

/** Fields of the result of every run on a table. */
export const tableFields = ({
  data,
  network,
}: Table): Pick<RunResult & TableResultEvent, "init" | "table"> => ({
  ...(network.init && { init: network.init }),
  table: data.facts,
});
