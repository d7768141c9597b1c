import type { RowItem } from "../../data/index.js";
import { encodedWidth, oneHotRows } from "../../data/tables/table-encoding.js";
import { secondsOfTrees } from "../../methods/boosting/trees-seconds.js";
import type { Context } from "../../run/context.js";
import { mayRefit } from "../../run/training/may-refit.js";
import { type ColumnTargets, encoder } from "./column-models.js";
import { columnStrategiesOf, type Table } from "./table-task.js";

/** Most rows of a linear model that is timed. Its time is linear in the rows. */
const mostLinear = 1000;

/** Forecasts the seconds of the linear model and the trees on the columns, from fits on some of the rows. */
export async function secondsOfColumns<Answers>(
  context: Context,
  table: Table,
  targets: ColumnTargets<Answers>,
): Promise<number> {
  const rows = rowsBySplit(table);
  if (rows.train.length === 0) return 0;
  const refit = mayRefit(context) && rows.validation.length > 0;
  const names = columnStrategiesOf(context);
  const linear = names.includes("linear") ? await linearSeconds(context, table, targets, rows, refit) : 0;
  return names.includes("trees") ? linear + (await treeSeconds(table, targets, rows, refit)) : linear;
}

type Rows = Readonly<Record<"train" | "validation", readonly RowItem[]>>;

const rowsBySplit = ({ data: { items } }: Table): Rows => ({
  train: items.filter(({ part }) => part === "train"),
  validation: items.filter(({ part }) => part === "validation"),
});

/** s = s(n) N / n,   n of N training rows, with the same share of the validation rows */
async function linearSeconds<Answers>(
  { options: { signal } }: Context,
  table: Table,
  { fitLinear }: ColumnTargets<Answers>,
  { train, validation }: Rows,
  refit: boolean,
): Promise<number> {
  const { encoding, encode } = encoder(table);
  const n = Math.min(train.length, mostLinear);
  const some = (all: readonly RowItem[]) => {
    const items = evenly(all, Math.ceil((all.length * n) / train.length));
    const { rows, width } = oneHotRows(encoding, encode(items));
    return { items, features: rows, width };
  };
  const [few, held] = [some(train), some(validation)];
  const begin = performance.now();
  await fitLinear({ train: few, validation: held, dims: few.width, refit, signal });
  return (((performance.now() - begin) / 1000) * train.length) / n;
}

async function treeSeconds<Answers>(
  table: Table,
  { learns, outputs, targetsOf }: ColumnTargets<Answers>,
  { train, validation }: Rows,
  refit: boolean,
): Promise<number> {
  const { fitBoostedTrees } = await import("../../methods/boosting/boosted-trees.js");
  const { encoding, encode } = encoder(table);
  const dims = encodedWidth(encoding);
  const none = { features: new Float32Array(0), targets: [], count: 0 };
  const work = {
    rows: train.length,
    refit: refit ? train.length + validation.length : 0,
    cellsPerRow: dims * (learns === "classes" && outputs === 2 ? 1 : outputs),
  };
  return secondsOfTrees(work, async (rounds, count) => {
    const items = evenly(train, count);
    const few = { features: encode(items), targets: targetsOf(items), count };
    const begin = performance.now();
    await fitBoostedTrees({ train: few, validation: none, dims, outputs, learns }, { rounds });
    return (performance.now() - begin) / 1000;
  });
}

/** Returns `count` rows, evenly spread, because tables are often sorted. */
const evenly = (all: readonly RowItem[], count: number): readonly RowItem[] =>
  Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
