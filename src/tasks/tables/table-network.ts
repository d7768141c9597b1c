import { tableNet } from "../../bases/architectures/index.js";
import type { Body } from "../../bases/body.js";
import { type LinearHead, withEmptyHead, withWeights } from "../../bases/heads.js";
import { message } from "../../core/messages/message.js";
import type { InitReport } from "../../core/results/task.js";
import type { TableDataset } from "../../data/index.js";
import { fitEncoding, scalarNames, type TableEncoding } from "../../data/tables/table-encoding.js";
import type { Graph } from "../../graph/graph.js";
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
      pretrained: false,
      because,
      fresh,
    }),
    encoding,
    hidden: defaultHidden,
  };
}

/** Fits the encoding of a table. @param known encoding of an earlier table */
export function encodingOf(data: TableDataset, known?: TableEncoding): TableEncoding {
  const train = data.items.filter(({ part }) => part === "train").map(({ cells }) => cells);
  return fitEncoding(train, data.columns, known);
}

/** Returns the body for encoded rows, with weights of zeros. */
export const bodyFor = (encoding: TableEncoding, hidden: readonly number[]): Body =>
  tableNet({
    scalars: scalarNames(encoding).length,
    categories: encoding.categories.map(({ values, width }) => ({ rows: values.length + 1, width })),
    hidden,
  });

export const withBodyWeights = (body: Body, weights: Weights): Body => ({
  ...body,
  graph: withWeights(body.graph, weights),
});

/** Draws random weights. Embeddings of "another value" start at 0, because no value is special at first. */
export function drawWeights(network: Graph, seed: number): Weights {
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
