import { tableNet, tableValues, treeNet } from "../../bases/architectures/index.js";
import { type LinearHead, withHead, withWeights } from "../../bases/heads.js";
import { type Message, message, recipeFields } from "../../core/messages/message.js";
import type { BaselineOf } from "../../core/results/baseline.js";
import { float32 } from "../../core/tensor.js";
import type { RowItem } from "../../data/index.js";
import {
  encodedWidth,
  encodeRows,
  oneHotRows,
  scalarNames,
  type TableEncoding,
} from "../../data/tables/table-encoding.js";
import type { Graph } from "../../graph/graph.js";
import type { TreeRows, TreesData } from "../../methods/boosting/boosted-trees.js";
import type { Context } from "../../run/context.js";
import type { ComparedModel, Rival, Role, Solved } from "../../run/trainable-task.js";
import { mayRefit } from "../../run/training/may-refit.js";
import type { Validation } from "../../train/fit.js";
import { type ColumnStrategy, columnStrategiesOf, openedFor, type Table } from "./table-task.js";

type Split = Exclude<RowItem["part"], "test">;

/** Rows with one-hot categories: the inputs of a linear model. */
export interface OneHotRows {
  readonly items: readonly RowItem[];
  /** float32[N, D] */
  readonly features: Float32Array;
}

/** How a linear model is fitted. */
export interface LinearFit {
  readonly train: OneHotRows;
  readonly validation: OneHotRows;
  /** D */
  readonly dims: number;
  /** Fit the chosen model again on training and validation rows. */
  readonly refit: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A linear model that was chosen on the validation split. */
export interface SolvedLinear {
  /** Weights for one-hot rows, outputs in their units. */
  readonly head: LinearHead;
  /** Outputs for the validation rows, by a model that did not see them. */
  readonly held: Float32Array;
  readonly recipe: readonly Message[];
}

/** What the models of a table learn, and how their outputs are scored. */
export interface ColumnTargets<Answers> {
  readonly learns: TreesData["learns"];
  /** Number of classes or of targets. */
  readonly outputs: number;
  /** Class of each row, or its standardised targets. */
  readonly targetsOf: (items: readonly RowItem[]) => ArrayLike<number>;
  /** Converts outputs, and a head, for these targets to their units. */
  readonly inUnits: (outputs: Float32Array) => Float32Array;
  readonly headInUnits: (head: LinearHead) => LinearHead;
  /** Fits logistic or ridge regression. */
  readonly fitLinear: (fit: LinearFit) => Promise<SolvedLinear>;
  readonly predict: (context: Context, model: Graph, role: Role) => Promise<Answers>;
  /** Adds outputs for the validation rows to predictions. */
  readonly withHeld: (answers: Answers, held: Float32Array) => Answers;
  readonly validate: (held: Float32Array) => Validation;
}

/** A model on encoded rows, and its outputs for the validation rows by one that did not see them. */
interface ColumnModel {
  readonly model: Graph;
  readonly parameters: number;
  readonly held: Float32Array;
  readonly recipe: readonly Message[];
}

/**
 * Solves a model on the columns of a table. Its settings are chosen on the validation split. At last it is fitted on training and
 * validation rows, unless the number of rows to learn from was given.
 */
async function solveColumns<Answers>(
  context: Context,
  table: Table,
  name: ColumnStrategy,
  targets: ColumnTargets<Answers>,
): Promise<Rival<Answers>> {
  const begin = performance.now();
  const { opened, inputs } = { ...context, ...context.training.scratch };
  const options = { ...context.options, strategy: name };
  const its: Context = { ...context, options, opened: openedFor(name, opened), inputs };
  const refitted = mayRefit(context) && rowsIn(table, "validation").length > 0;
  const solve = name === "linear" ? solveLinear : solveTrees;
  const { model, held, recipe, parameters } = await solve(its, table, targets, refitted);
  const answers = targets.withHeld(await targets.predict(its, model, "baseline"), held);
  return {
    name,
    context: its,
    head: model,
    parameters,
    answers,
    refitted,
    validation: targets.validate(held),
    recipe: [...recipe, ...(refitted ? [message("refitted")] : [])],
    seconds: (performance.now() - begin) / 1000,
  };
}

/**
 * Solves the models on the columns: the run's own if that is its strategy, and its rivals.
 * @param solveNetwork solves the head of the network that the run trains otherwise
 */
export async function solveTable<Answers>(
  context: Context,
  table: Table,
  targets: ColumnTargets<Answers>,
  solveNetwork: () => Promise<Solved<Answers>>,
): Promise<Solved<Answers>> {
  const models: Rival<Answers>[] = [];
  const names = columnStrategiesOf(context);
  const total = names.length;
  const report = (done: number): void =>
    context.onEvent({ event: "progress", phase: "head", done, total, unit: "trials" });
  report(0);
  for (const name of names) {
    models.push(await solveColumns(context, table, name, targets));
    report(models.length);
  }
  const own = models.find(({ name }) => name === context.options.strategy);
  const rivals = models.filter((one) => one !== own);
  if (!own) return { ...(await solveNetwork()), rivals };
  const { name: _strategy, context: _its, seconds, ...solved } = own;
  return { ...solved, rivals, seconds: { features: 0, solving: seconds } };
}

/** Returns the models that a run computed and did not keep as baselines, with their validation scores. */
export function modelBaselines<Answers, Scores, Linear extends "logistic" | "ridge">(
  others: readonly ComparedModel<Answers>[],
  linear: Linear,
  score: (answers: Answers) => Scores,
) {
  type Key = Linear | "trees" | "network";
  const keyOf = (name: string): Key => (name === "linear" ? linear : name === "trees" ? "trees" : "network");
  const entries = <V>(of: (one: ComparedModel<Answers>) => V) =>
    Object.fromEntries(others.map((one) => [keyOf(one.name), of(one)])) as { readonly [K in Key]?: V };
  return {
    baselines: entries(
      ({ answers, seconds, recipe }): BaselineOf<Scores> => ({
        test: score(answers),
        seconds,
        ...recipeFields(recipe),
      }),
    ),
    validation: entries(({ validation }) => validation.score),
  };
}

const rowsIn = ({ data }: Table, ...splits: readonly RowItem["part"][]): readonly RowItem[] =>
  splits.flatMap((split) => data.items.filter(({ part }) => part === split));

/** Returns the encoding of a table, and a function that encodes rows as float32[n, width]. */
export function encoder({ data, network, scratch }: Table) {
  const { encoding } = scratch ?? network;
  const columns = data.columns.map(({ name }) => name);
  const encode = (items: readonly RowItem[]): Float32Array =>
    encodeRows(
      encoding,
      columns,
      items.map(({ cells }) => cells),
    );
  return { encoding, encode };
}

async function solveLinear<Answers>(
  { options: { signal } }: Context,
  table: Table,
  { fitLinear }: ColumnTargets<Answers>,
  refit: boolean,
): Promise<ColumnModel> {
  const { encoding, encode } = encoder(table);
  const rowsOf = (split: Split) => {
    const items = rowsIn(table, split);
    const { rows, width } = oneHotRows(encoding, encode(items));
    return { items, features: rows, width };
  };
  const [train, validation] = [rowsOf("train"), rowsOf("validation")];
  const { head, ...solved } = await fitLinear({ train, validation, dims: train.width, refit, signal });
  return {
    ...solved,
    model: linearNetwork(encoding, head),
    parameters: head.weight.length + head.bias.length,
  };
}

/** Grows trees on the encoded columns: scaled numbers, marks of missing values, and categories by their frequency. */
async function solveTrees<Answers>(
  { options: { signal }, onEvent }: Context,
  table: Table,
  { learns, outputs, targetsOf, inUnits, headInUnits }: ColumnTargets<Answers>,
  refit: boolean,
): Promise<ColumnModel> {
  const { fitBoostedTrees } = await import("../../methods/boosting/boosted-trees.js");
  const { encoding, encode } = encoder(table);
  const dims = encodedWidth(encoding);
  const rowsOf = (...splits: readonly Split[]): TreeRows => {
    const items = rowsIn(table, ...splits);
    return { features: encode(items), targets: targetsOf(items), count: items.length };
  };
  const grow = (train: TreeRows, validation: TreeRows, grown: number, rounds?: number) =>
    fitBoostedTrees(
      { train, validation, dims, outputs, learns },
      {
        rounds,
        signal,
        onProgress: ({ done, total }) =>
          onEvent({
            event: "progress",
            phase: "head",
            unit: "trees",
            done: grown + done,
            total: grown + total,
          }),
      },
    );
  const validation = rowsOf("validation");
  const chosen = await grow(rowsOf("train"), validation, 0);
  const { rounds } = chosen;
  const { trees, head } = refit
    ? await grow(rowsOf("train", "validation"), rowsOf(), chosen.trees.length, rounds)
    : chosen;
  // A leaf has a value; a split, of which there is one less, a feature and a threshold.
  const ofTree = ({ value: { length: nodes } }: (typeof trees)[number]): number => nodes + (nodes - 1) / 2;
  return {
    model: withHead(treeNet(trees, dims), outputs, headInUnits(head)),
    parameters: trees.reduce((sum, tree) => sum + ofTree(tree), 0) + outputs,
    held: inUnits(chosen.predict(validation.features, validation.count)),
    recipe: [message("boosted-trees", { rounds })],
  };
}

/**
 * Returns a linear model on one-hot rows as a network on encoded ones: the embedding of a value holds its weights, one for each
 * output, and the head adds them.
 *
 * logits = W [scalars] + Σ_c E_c[value of category c] + b
 *
 * @param head weight float32[outputs, scalars + values of all categories], see `oneHotRows`
 */
export function linearNetwork(encoding: TableEncoding, { weight, bias }: LinearHead): Graph {
  const outputs = bias.length;
  const inputs = weight.length / outputs;
  const scalars = scalarNames(encoding).length;
  const sizes = encoding.categories.map(({ values }) => values.length + 1);
  const body = tableNet({
    scalars,
    categories: sizes.map((rows) => ({ rows, width: outputs })),
    hidden: [],
  });
  const embeddings = sizes.map((rows, c) => {
    const first = sizes.slice(0, c).reduce((a, b) => a + b, scalars);
    const values = Float32Array.from(
      { length: rows * outputs },
      (_, i) => weight[(i % outputs) * inputs + first + Math.floor(i / outputs)]!,
    );
    return [tableValues.embedding(c), float32([rows, outputs], values)] as const;
  });
  const head = new Float32Array(outputs * body.width);
  for (let k = 0; k < outputs; k++) {
    head.set(weight.subarray(k * inputs, k * inputs + scalars), k * body.width);
    sizes.forEach((_, c) => {
      head[k * body.width + scalars + c * outputs + k] = 1;
    });
  }
  const graph = withWeights(body.graph, new Map(embeddings));
  return withHead({ ...body, graph }, outputs, { weight: head, bias });
}
