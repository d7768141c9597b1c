// Models on the columns of a target table that also learn from a source table.
import { type RegressionTree, treeNet } from "../../../bases/architectures/index.js";
import { type LinearHead, withHead } from "../../../bases/heads.js";
import { type Message, message } from "../../../core/messages/message.js";
import { rowsOf } from "../../../core/results/rows.js";
import { float32 } from "../../../core/tensor.js";
import type { RowItem } from "../../../data/index.js";
import { encodedWidth, oneHotRows, type TableEncoding } from "../../../data/tables/table-encoding.js";
import { applyHead } from "../../../evaluate/class-predictions.js";
import { Builder } from "../../../graph/builder.js";
import { Graph } from "../../../graph/graph.js";
import { inline } from "../../../graph/surgery/index.js";
import { type ColumnTargets, encoder, linearNetwork } from "../column-models.js";
import type { ColumnStrategy, Table } from "../table-task.js";

/** A fitted model on rows of the target. */
export interface ColumnFit {
  /** Returns numbers in their units, or logits, float32[N, outputs]. */
  readonly predict: (rows: readonly RowItem[]) => Float32Array;
  /** Returns the model as a graph on encoded rows. */
  readonly graph: () => Graph;
  readonly parameters: number;
  readonly recipe: readonly Message[];
}

type Outputs = ColumnTargets<unknown>;

/** How models are fitted. */
export interface FitColumns {
  readonly table: Table;
  readonly targets: Pick<
    Outputs,
    "learns" | "outputs" | "targetsOf" | "inUnits" | "headInUnits" | "fitLinear"
  >;
  readonly signal: AbortSignal | undefined;
}

/** Every seventh row chooses strength or rounds: about the share of the validation split. */
const chosenOn = 7;

/**
 * Fits a linear model or trees on rows. Strength or rounds are chosen on a seventh of them, and the model is fitted on all of them at last.
 * @param source rows of the source. With them, the column "source" is 1 for these rows and 0 for the others. The model of the target
 * has it fixed to 0
 */
export async function fitColumns(
  kind: ColumnStrategy,
  { table, targets, signal }: FitColumns,
  rows: readonly RowItem[],
  source: readonly RowItem[] = [],
): Promise<ColumnFit> {
  const { encoding, encode } = encoder(table);
  const hasColumn = source.length > 0 && rows.length > 0;
  const all = [...rows, ...source];
  const held = all.flatMap((_, i) => (i % chosenOn === chosenOn - 1 ? [i] : []));
  const others = all.flatMap((_, i) => (i % chosenOn === chosenOn - 1 ? [] : [i]));
  const encoded = encode(all);
  const whole = kind === "linear" ? oneHotRows(encoding, encoded).rows : encoded;
  const width = whole.length / all.length;
  const dims = width + (hasColumn ? 1 : 0);
  const at = (places: readonly number[]) => {
    const features = new Float32Array(places.length * dims);
    places.forEach((i, row) => {
      features.set(whole.subarray(i * width, (i + 1) * width), row * dims);
      if (hasColumn) features[row * dims + width] = i < rows.length ? 0 : 1;
    });
    return { items: places.map((i) => all[i]!), features };
  };
  if (kind === "linear") {
    const fit = { train: at(others), validation: at(held), dims, refit: true, signal };
    const { head, recipe } = await targets.fitLinear(fit);
    const own = hasColumn ? withoutLast(head) : head;
    return {
      predict: (items) => applyHead(own, rowsOf(oneHotRows(encoding, encode(items)).rows, width)),
      graph: () => linearNetwork(encoding, own),
      parameters: own.weight.length + own.bias.length,
      recipe,
    };
  }
  const { fitBoostedTrees } = await import("../../../methods/boosting/boosted-trees.js");
  const { learns, outputs, targetsOf, inUnits, headInUnits } = targets;
  const treeRows = (places: readonly number[]) => {
    const { items, features } = at(places);
    return { features, targets: targetsOf(items), count: items.length };
  };
  const grow = (train: readonly number[], validation: readonly number[], rounds?: number) =>
    fitBoostedTrees(
      { train: treeRows(train), validation: treeRows(validation), dims, outputs, learns },
      { ...(rounds !== undefined && { rounds }), ...(signal && { signal }) },
    );
  const { rounds } = held.length > 0 ? await grow(others, held) : { rounds: undefined };
  const { trees, head, predict, rounds: grown } = await grow([...all.keys()], [], rounds);
  const own = hasColumn ? trees.map((tree) => withFeature(tree, width, 0)) : trees;
  return {
    predict: (items) => {
      const x = encode(items);
      const features = new Float32Array(items.length * dims);
      items.forEach((_, i) => {
        features.set(x.subarray(i * width, (i + 1) * width), i * dims);
      });
      return inUnits(predict(features, items.length));
    },
    graph: () => withHead(treeNet(own, encodedWidth(encoding)), outputs, headInUnits(head)),
    parameters: own.reduce((sum, { value: { length: n } }) => sum + n + (n - 1) / 2, 0) + outputs,
    recipe: [message("boosted-trees", { rounds: grown })],
  };
}

/**
 * Fits a linear correction of a model of the source.
 *
 * numbers:  ŷ = s(x) + x Wᵀ + b    ridge regression on the residuals y − s(x)
 * classes:  logits = s(x) Wᵀ + b    logistic regression on the log-odds s(x)
 */
export async function fitOnSource(
  source: ColumnFit,
  { table, targets, signal }: FitColumns,
  rows: readonly RowItem[],
): Promise<ColumnFit> {
  const { encoding, encode } = encoder(table);
  const { outputs, learns, fitLinear } = targets;
  const areNumbers = learns === "numbers";
  const featuresOf = (items: readonly RowItem[], scores: Float32Array) => {
    if (!areNumbers) return { features: scores, dims: outputs };
    const { rows: columns, width } = oneHotRows(encoding, encode(items));
    return { features: columns, dims: width };
  };
  const fitted = source.predict(rows);
  const { features, dims } = featuresOf(rows, fitted);
  const learnt = areNumbers
    ? rows.map((row, i) => ({ ...row, values: row.values.map((y, t) => y - fitted[i * outputs + t]!) }))
    : rows;
  const split = (isHeld: boolean) => {
    const places = [...learnt.keys()].filter((i) => (i % chosenOn === chosenOn - 1) === isHeld);
    const some = new Float32Array(places.length * dims);
    places.forEach((i, row) => {
      some.set(features.subarray(i * dims, (i + 1) * dims), row * dims);
    });
    return { items: places.map((i) => learnt[i]!), features: some };
  };
  const { head, recipe } = await fitLinear({
    train: split(false),
    validation: split(true),
    dims,
    refit: true,
    signal,
  });
  return {
    predict(items) {
      const scores = source.predict(items);
      const own = featuresOf(items, scores);
      const added = applyHead(head, rowsOf(own.features, own.dims));
      return areNumbers ? added.map((value, i) => value + scores[i]!) : added;
    },
    graph: () => correctedGraph(source.graph(), head, encoding, areNumbers),
    parameters: source.parameters + head.weight.length + head.bias.length,
    recipe: [
      message("fitted-on-source", { residual: areNumbers }),
      ...recipe.filter(({ code }) => code !== "linear-model"),
    ],
  };
}

/** Returns one graph: a head on the outputs of a source's model, or a linear model of the row that is added to them. */
function correctedGraph(
  source: Graph,
  head: LinearHead,
  encoding: TableEncoding,
  areNumbers: boolean,
): Graph {
  const outputs = head.bias.length;
  const graph = new Graph("table-with-source");
  const x = graph.input("features", source.typeOf(source.inputs[0]!));
  const outputOf = (model: Graph, prefix: string) => {
    const names = inline(graph, model, new Map([[model.inputs[0]!, x]]), (value) => `${prefix}/${value}`);
    return names.get(model.outputs[0]!)!;
  };
  const g = new Builder(graph, "correction");
  const scores = outputOf(source, "source");
  if (areNumbers) graph.outputs.push(g.add(scores, outputOf(linearNetwork(encoding, head), "target")));
  else {
    const weight = g.weight("weight", float32([outputs, outputs], head.weight));
    const bias = g.weight("bias", float32([outputs], head.bias));
    graph.outputs.push(g.gemm(scores, weight, bias, { transB: true }));
  }
  return graph;
}

/** Returns a head for rows whose last input is 0, so that it has no effect. */
function withoutLast({ weight, bias }: LinearHead): LinearHead {
  const dims = weight.length / bias.length;
  return { bias, weight: weight.filter((_, i) => i % dims !== dims - 1) };
}

/** Returns a tree for rows whose feature has one value: its splits are gone. */
export function withFeature(tree: RegressionTree, feature: number, value: number): RegressionTree {
  const made = { feature: [], threshold: [], left: [], right: [], value: [] } as {
    [K in keyof RegressionTree]: number[];
  };
  const add = (from: number): number => {
    if (tree.left[from] !== undefined && tree.feature[from] === feature)
      return add(value <= tree.threshold[from]! ? tree.left[from] : tree.right[from]!);
    const node = made.value.push(tree.value[from]!) - 1;
    if (tree.left[from] === undefined) return node;
    made.feature[node] = tree.feature[from]!;
    made.threshold[node] = tree.threshold[from]!;
    made.left[node] = add(tree.left[from]);
    made.right[node] = add(tree.right[from]!);
    return node;
  };
  add(0);
  return made;
}
