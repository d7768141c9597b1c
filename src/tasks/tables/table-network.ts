import { tableNet } from "../../bases/architectures/index.js";
import type { Body } from "../../bases/body.js";
import { headValues, type LinearHead, withEmptyHead, withWeights } from "../../bases/heads.js";
import { type TableFolder, tableModelNames } from "../../bases/model-folder/table-folder.js";
import { transferTable } from "../../bases/table-transfer.js";
import { EngraftError } from "../../core/errors.js";
import { inEnglish, message } from "../../core/messages/message.js";
import type { InitReport } from "../../core/results/task.js";
import type { TableDataset } from "../../data/index.js";
import {
  encodedWidth,
  fitEncoding,
  scalarNames,
  type TableEncoding,
} from "../../data/tables/table-encoding.js";
import type { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { madeBase } from "../../run/made-network.js";
import type { OpenedBase } from "../../run/setup.js";
import type { Weights } from "../../train/epochs/average-weights.js";
import { freshWeights } from "../../train/initialize.js";

/** A network that was made for a table. */
export interface TableNetwork {
  readonly opened: OpenedBase;
  readonly encoding: TableEncoding;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Report on weights that come from another table's model. Missing for random weights. */
  readonly init?: InitReport;
  /** The head of that model, if it predicts the same classes. */
  readonly oldHead?: LinearHead;
}

/** Default hidden layers: between fastai's tabular_learner (200, 100) and scikit-learn (100). */
const defaultHidden = [128, 64] as const;

/** Makes a network for a table, with random weights. */
export function networkFor(data: TableDataset, outputs: number, seed: number): TableNetwork {
  const encoding = encodingOf(data);
  const body = bodyFor(encoding, defaultHidden);
  const fresh = data.task === "tabular-regression" ? drawPassing : drawWeights;
  const weights = fresh(withEmptyHead(body, outputs), seed);
  const because = message("table-without-base");
  return {
    opened: madeBase("none: a network for tables", withBodyWeights(body, weights), {
      ...{ pretrained: false, because, fresh },
    }),
    ...{ encoding, hidden: defaultHidden },
  };
}

/**
 * Makes a network for a table from the model of another table. Weights of columns are matched by name.
 * @throws ModelError if no column has the name of one of the model's, or if the model is no network
 */
export function networkFrom(
  from: TableFolder,
  data: TableDataset,
  outputs: number,
  seed: number,
): TableNetwork {
  const { hidden, model } = from.table;
  if (model)
    throw new EngraftError(
      "ModelError",
      `${from.dir} is ${tableModelNames[model]}: it has no weights to start from`,
      {
        help: "give the model of a network: one that was trained with --strategy full",
      },
    );
  const encoding = encodingOf(data, from.table.encoding);
  const body = bodyFor(encoding, hidden);
  const blank = withEmptyHead(body, outputs);
  const graph = withWeights(blank, drawWeights(blank, seed));
  const { weights, ...report } = transferTable(
    { graph: from.graph, encoding: from.table.encoding },
    { graph, encoding },
  );
  if (report.adapted.length === 0)
    throw new EngraftError("ModelError", `no column of ${data.root} is called as one of ${from.dir}`, {
      at: `its columns are ${from.table.columns
        .map(({ name }) => `"${name}"`)
        .slice(0, 12)
        .join(", ")}; the table has ${encodedWidth(encoding)} inputs`,
      help: "rename the columns that mean the same, or train without --init-from",
    });
  const oldHead = headFrom(from, data);
  const head = oldHead
    ? message("head-of-all-classes", { classes: outputs })
    : message("head-solved-on-moved");
  return {
    opened: madeBase(from.dir, withBodyWeights(body, new Map([...graph.initializers, ...weights])), {
      ...{ pretrained: true, because: message("table-from-model", { model: from.dir }), fresh: drawWeights },
    }),
    ...{ encoding, hidden, init: { from: from.dir, ...report, head: inEnglish([head]), head_message: head } },
    ...(oldHead && { oldHead }),
  };
}

function encodingOf(data: TableDataset, known?: TableEncoding): TableEncoding {
  const train = data.items.filter(({ part }) => part === "train").map(({ cells }) => cells);
  return fitEncoding(train, data.columns, known);
}

const bodyFor = (encoding: TableEncoding, hidden: readonly number[]): Body =>
  tableNet({
    scalars: scalarNames(encoding).length,
    categories: encoding.categories.map(({ values, width }) => ({ rows: values.length + 1, width })),
    hidden,
  });

const withBodyWeights = (body: Body, weights: Weights): Body => ({
  ...body,
  graph: withWeights(body.graph, weights),
});

/** Draws random weights. Embeddings of "another value" start at 0, because no value is special at first. */
function drawWeights(network: Graph, seed: number): Weights {
  const weights = freshWeights(network, seed);
  for (const [name, { dims, data }] of weights)
    if (/^table\/embedding\d+\/weight$/.test(name)) (data as Float32Array).fill(0, 0, dims[1]);
  return weights;
}

/** Largest share of a layer's units that pass the inputs on. */
const passing = 1 / 2;

/**
 * Draws weights whose first units in every layer pass the inputs on. A linear head on the features can then be any linear model.
 *
 * x_j = ReLU(x_j) − ReLU(−x_j)
 *
 * If a table has too many inputs for that, all weights are random.
 * @see Balduzzi et al., "The Shattered Gradients Problem", 2017, section 4
 */
function drawPassing(network: Graph, seed: number): Weights {
  const weights = drawWeights(network, seed);
  const layers = [...weights].filter(([name]) => /^table\/layer\d+\/weight$/.test(name)).map(([, w]) => w);
  const inputs = layers[0]!.dims[0]!;
  if (layers.some(({ dims }) => 2 * inputs > passing * dims[1]!)) return weights;
  layers.forEach(({ dims: [rows, units], data }, layer) => {
    for (let row = 0; row < rows!; row++)
      for (let unit = 0; unit < 2 * inputs; unit++) {
        const first = row === unit >> 1 ? 1 - 2 * (unit & 1) : 0;
        (data as Float32Array)[row * units! + unit] = layer === 0 ? first : row === unit ? 1 : 0;
      }
  });
  return weights;
}

/** Returns the other model's head for the classes of the data; undefined unless that model has all of them. */
function headFrom(from: TableFolder, data: TableDataset): LinearHead | undefined {
  if (from.engraft.task !== "tabular-classification" || data.task !== "tabular-classification")
    return undefined;
  const rows = data.classes.map((name) => from.classes.indexOf(name));
  const [weight, bias] = [headValues.weight, headValues.bias].map((name: Value) =>
    from.graph.initializers.get(name),
  );
  if (rows.some((row) => row < 0) || !weight || !bias) return undefined;
  const width = weight.dims[1]!;
  const values = weight.data as Float32Array;
  const weights = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    weights.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { weight: weights, bias: Float32Array.from(rows, (row) => (bias.data as Float32Array)[row]!) };
}
