import { tableNet } from "../../bases/architectures/index.js";
import type { Body } from "../../bases/body.js";
import { headValues, withHead, withWeights } from "../../bases/heads.js";
import type { TableFolder } from "../../bases/model-folder/table-folder.js";
import { transferTable } from "../../bases/table-transfer.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { InitReport } from "../../core/results/task.js";
import { float32, type Tensor } from "../../core/tensor.js";
import type { RowItem, TableDataset } from "../../data/index.js";
import {
  encodedWidth,
  encodeRows,
  fitEncoding,
  scalarNames,
  type TableEncoding,
} from "../../data/tables/table-encoding.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import { freshWeights } from "../../train/initialize.js";

export interface TableContext {
  readonly run: RunFolder;
  readonly options: TrainOptions;
  readonly machine: Machine;
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly dataset: TableDataset;
  readonly onEvent: OnEvent;
}

/** A network before it is trained: its weights are where training starts. */
export interface TableStart {
  readonly name: "scratch" | "transfer";
  readonly body: Body;
  readonly graph: Graph;
  readonly encoding: TableEncoding;
  readonly hidden: readonly number[];
  readonly init?: InitReport;
}

/** Two layers, the first wider: the middle of what fastai's tabular_learner (200, 100) and scikit-learn (100) have. */
const usualHidden = [128, 64] as const;

/** The network for a table, with random weights or those of another table's. */
export function startOf(
  dataset: TableDataset,
  outputs: number,
  seed: number,
  from?: TableFolder,
): TableStart {
  const train = dataset.items.filter(({ part }) => part === "train").map(({ cells }) => cells);
  const encoding = fitEncoding(train, dataset.columns, from?.table.encoding);
  const hidden = from?.table.hidden ?? usualHidden;
  const body = tableNet({
    scalars: scalarNames(encoding).length,
    categories: encoding.categories.map(({ values, width }) => ({ rows: values.length + 1, width })),
    hidden,
  });
  const empty = { weight: new Float32Array(outputs * body.width), bias: new Float32Array(outputs) };
  const blank = withHead(body, outputs, empty);
  const fresh = freshWeights(blank, seed);
  encoding.categories.forEach(({ width }, c) => {
    // "Another value" begins where no value is special.
    const name: Value = `table/embedding${c}/weight`;
    (fresh.get(name)!.data as Float32Array).fill(0, 0, width);
  });
  const graph = withWeights(blank, fresh);
  if (!from) return { name: "scratch", body, graph, encoding, hidden };
  const { weights, ...report } = transferTable(
    { graph: from.graph, encoding: from.table.encoding },
    { graph, encoding },
  );
  const [scalars, moved] = [encodedWidth(encoding), report.adapted.length];
  if (moved === 0)
    throw new EngraftError("ModelError", `no column of ${dataset.root} is called as one of ${from.dir}`, {
      at: `its columns are ${from.table.columns
        .map(({ name }) => `"${name}"`)
        .slice(0, 12)
        .join(", ")}; the table has ${scalars} inputs`,
      help: "rename the columns that mean the same, or train without --init-from",
    });
  const head = oldHead(from, dataset);
  return {
    name: "transfer",
    body: { ...body, graph: withWeights(body.graph, weights) },
    graph: withWeights(graph, new Map([...weights, ...(head?.weights ?? [])])),
    encoding,
    hidden,
    init: {
      from: from.dir,
      ...report,
      head: head ? head.words : "solved on the features that moved: the old one is for something else",
    },
  };
}

/** The old head, where it is for the very same classes, or the same number. */
function oldHead(
  from: TableFolder,
  dataset: TableDataset,
): { readonly weights: readonly (readonly [Value, Tensor])[]; readonly words: string } | undefined {
  if (from.engraft.task !== "tabular-classification" || dataset.task !== "tabular-classification")
    return undefined;
  const rows = dataset.classes.map((name) => from.classes.indexOf(name));
  if (rows.some((row) => row < 0)) return undefined;
  const weight = from.graph.initializers.get(headValues.weight);
  const bias = from.graph.initializers.get(headValues.bias);
  if (!weight || !bias) return undefined;
  const width = weight.dims[1]!;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    data.set((weight.data as Float32Array).subarray(row * width, (row + 1) * width), i * width);
  });
  const shifts = rows.map((row) => (bias.data as Float32Array)[row]!);
  return {
    weights: [
      [headValues.weight, float32([rows.length, width], data)],
      [headValues.bias, float32([rows.length], shifts)],
    ],
    words: `the old rows of all ${rows.length} classes`,
  };
}

/** Inputs of rows. float32[n, F] */
export function inputsOf(
  start: Pick<TableStart, "encoding">,
  dataset: TableDataset,
  items: readonly RowItem[],
): Float32Array {
  return encodeRows(
    start.encoding,
    dataset.columns.map(({ name }) => name),
    items.map(({ cells }) => cells),
  );
}
