import { float32 } from "../../core/tensor.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import { encodedWidth, scalarNames, type TableEncoding } from "../../data/tables/table-encoding.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { inline } from "../../graph/surgery/index.js";
import { tableNet, tableValues } from "../architectures/index.js";
import type { Body } from "../body.js";
import { withWeights } from "../heads.js";
import { missingInput } from "../one-input.js";
import { pixelValues } from "../pixels.js";
import type { StoredAs } from "../weight-storage.js";
import { withLogits } from "../with-logits.js";
import { joinBodies, lengthOfRows, rowOfLength } from "./joined-base.js";

/** An input of a row: a picture, a text, or its encoded columns. */
export interface RowInput {
  /** Name of its column; "columns" for all numbers and categories. */
  readonly name: string;
  readonly kind: "picture" | "text" | "columns";
  readonly body: Body;
}

/** What a row holds: how its picture is preprocessed, whether it has a text, and how its columns are encoded. */
export interface RowLayout {
  /** Number of inputs. */
  readonly inputs: number;
  /** Width of the encoded columns; 0 without columns. */
  readonly columns: number;
  readonly picture?: ImagePreprocessing;
  readonly hasText: boolean;
}

/** Inputs of the saved model. */
const named = {
  missing: missingInput,
  picture: "pixel_values",
  ids: "input_ids",
  mask: "attention_mask",
  columns: "columns",
} as const;

/** Returns the backbone of encoded columns: numbers as they are, categories one-hot. */
export function columnsBody(encoding: TableEncoding): Body {
  const sizes = encoding.categories.map(({ values }) => values.length + 1);
  const scalars = scalarNames(encoding).length;
  const body = tableNet({ scalars, categories: sizes.map((n) => ({ rows: n, width: n })), hidden: [] });
  const identities = sizes.map((n, c) => {
    const rows = Float32Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
    return [tableValues.embedding(c), float32([n, n], rows)] as const;
  });
  return { ...body, graph: withWeights(body.graph, new Map(identities)) };
}

/**
 * Joins the backbones of several inputs in one graph with named inputs. Features, with D the mean width of the bases:
 *
 *     z = (√D x₁ / ‖x₁‖, m₁, √D x₂ / ‖x₂‖, m₂, √(D / C) c, m₃)
 *
 * Standardised columns c, float32[batch, C], have a mean length of about √C: each input counts alike. A unit row of one number would be
 * its sign. A missing input has zeros, and its mark m is 1.
 * @param trained number of inputs, from the first on, whose weights a training may change
 */
export function joinInputs(
  inputs: readonly RowInput[],
  picture: ImagePreprocessing | undefined,
  trained: number,
): Body {
  const graph = new Graph(inputs.map(({ name }) => name).join("+"));
  const missing = graph.input(named.missing, { dtype: "float32", shape: ["batch", inputs.length] });
  const bodies = inputs.map(({ body }, i) => (i < trained ? body : frozen(body)));
  const length = lengthOfRows(inputs.flatMap(({ kind, body }) => (kind === "columns" ? [] : [body])));
  const features = joinBodies(
    graph,
    bodies,
    (g, i) => inputOf(graph, g, inputs[i]!, picture),
    (g, x, i) => {
      const { kind, body } = inputs[i]!;
      const row =
        kind === "columns" ? g.mul(x, g.number(length / Math.sqrt(body.width))) : rowOfLength(g, x, length);
      const mark = g.slice(missing, { starts: [i], ends: [i + 1], axes: [1] });
      return g.concat([g.where(g.greater(mark, g.number(0)), g.number(0), row), mark], 1);
    },
  );
  const because = "the features of all inputs side by side, each with a mark of missing ones";
  const width = bodies.reduce((sum, body) => sum + body.width + 1, 0);
  return { graph, cut: { value: features, because }, pooling: "none", features, width };
}

/** Returns a backbone whose weights no training changes. */
const frozen = (body: Body): Body => ({
  ...body,
  graph: withWeights(
    body.graph,
    new Map([...body.graph.initializers].map(([name, weight]) => [name, { ...weight, constant: true }])),
  ),
});

/** Adds the named inputs of an input, and returns what its backbone takes. */
function inputOf(graph: Graph, g: Builder, { kind, body }: RowInput, picture?: ImagePreprocessing): Value {
  if (kind === "columns") return graph.input(named.columns, body.graph.typeOf(body.graph.inputs[0]!));
  if (kind === "picture") {
    const { height, width } = picture!;
    return graph.input(named.picture, { dtype: "float32", shape: ["batch", 3, height, width] });
  }
  const type = { dtype: "int64", shape: ["batch", "tokens"] } as const;
  const ids = graph.input(named.ids, type);
  const present = g.greater(graph.input(named.mask, type), g.number(0, "int64"));
  return g.cast(g.where(present, ids, g.number(-1, "int64")), "int32");
}

/**
 * Prepends what reads the named inputs from one row of numbers: marks of missing inputs, encoded columns, pixels in RGB, and tokens with
 * −1 for padding. Only for running here, see `rowTensors`.
 */
export function withRows(model: Graph, { inputs, columns, picture, hasText }: RowLayout): Graph {
  const graph = new Graph(model.name);
  const g = new Builder(graph, "rows");
  const row = graph.input("row", { dtype: "float32", shape: ["batch", "numbers"] });
  let at = 0;
  const next = (count: number): Value => {
    at += count;
    return g.slice(row, { starts: [at - count], ends: [at], axes: [1] });
  };
  const bound = new Map<Value, Value>([[named.missing, g.reshape(next(inputs), [0, inputs])]]);
  if (columns > 0) bound.set(named.columns, g.reshape(next(columns), [0, columns]));
  if (picture) {
    const { height, width } = picture;
    const pixels = g.reshape(next(height * width * 3), [0, height, width, 3]);
    bound.set(named.picture, pixelValues(g, pixels, picture));
  }
  if (hasText) {
    const tokens = graph.fresh("tokens");
    const places = [at, 2 ** 31 - 1, 1].map((n) => g.ints([n]));
    // Pushed with its type: rows without their beginning have a length of their own.
    graph.push(
      { kind: "op", op: "Slice", name: tokens, inputs: [row, ...places], outputs: [tokens], attributes: {} },
      [{ dtype: "float32", shape: ["batch", "tokens"] }],
    );
    bound.set(named.ids, g.cast(g.max(tokens, g.number(0)), "int64"));
    bound.set(named.mask, g.cast(g.min(g.add(tokens, g.number(1)), g.number(1)), "int64"));
  }
  const names = inline(graph, model, bound);
  graph.outputs.push(...model.outputs.map((output) => names.get(output)!));
  for (const [domain, version] of model.opsets) graph.opsets.set(domain, version);
  return graph;
}

/** Returns the ONNX file of a model with its named inputs, and the output `logits`. */
export function exportSeveral(model: Graph, stored: StoredAs): Uint8Array {
  const graph = new Graph(model.name);
  const bound = new Map(model.inputs.map((name) => [name, graph.input(name, model.typeOf(name))]));
  const names = inline(graph, model, bound);
  return withLogits(graph, [names.get(model.outputs[0]!)!], { model, names, stored });
}

/** Returns the layout of rows. */
export const layoutOf = (
  encoding: TableEncoding,
  picture: ImagePreprocessing | undefined,
  hasText: boolean,
): RowLayout => {
  const columns = encodedWidth(encoding);
  const inputs = Number(picture !== undefined) + Number(hasText) + Number(columns > 0);
  return { inputs, columns, hasText, ...(picture && { picture }) };
};
