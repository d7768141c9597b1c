import { type DenseHeadShape, freshDenseHead } from "../../bases/dense/dense-head.js";
import { permutation } from "../../core/random.js";
import type { Tensor } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import { defaults } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import { decideOnce } from "../../run/folder/decide-once.js";
import { headTrials } from "../../run/training/head-trials.js";
import { secondsOf, warnOfCutHead } from "../../run/training/phases.js";
import { heldOf } from "../../run/training/planned.js";
import type { Objective } from "../../train/objectives/objective.js";
import { CellCollector, type CellTable, type SampledCells } from "./cell-table.js";
import type { DenseTrunk } from "./dense-trunk.js";
import { normWeights, passesOver, solveCells } from "./solve-cells.js";

/** A dense head that is solved on features of sampled cells. */
export interface CellProblem {
  readonly shape: DenseHeadShape;
  /** float32[outputs]: first predictions of a level. */
  readonly biases: (level: number) => Float32Array;
  /** The loss of rows: a row is a sample with one cell. */
  readonly objective: Objective<"train">;
  /** Name of the row of targets that gets the weights of the cells. */
  readonly weighted: string;
  /** Dimensions of the predictions of a row, as the objective reads them. */
  readonly outputDims: readonly number[];
  /** Samples cells of a training picture, level by level. @param index position in the training split */
  readonly sample: (index: number, mirrored: boolean) => SampledCells[] | Promise<SampledCells[]>;
  /** Returns true for a level with enough rows. Other levels keep their first predictions. */
  readonly isSolvable: (table: CellTable) => boolean;
}

/** A solved head. */
export interface SolvedHead {
  readonly weights: ReadonlyMap<Value, Tensor>;
  /** Most passes over the rows of a level. */
  readonly passes: number;
  /** Seconds for the features, and for the head. */
  readonly seconds: { readonly features: number; readonly solving: number };
}

/** Fewest pictures that a head is solved from, and fewest passes over their rows, whatever a budget says. */
const [fewestPictures, fewestPasses] = [16, 3] as const;

/**
 * Solves a dense head on features of sampled cells. Every picture is seen as it is and mirrored. With a budget, the pictures come in
 * random order, and where their time ends, those so far are enough.
 */
export async function solveHead(
  context: Context,
  trunk: DenseTrunk,
  { shape, biases, objective, weighted, outputDims, sample, isSolvable }: CellProblem,
): Promise<SolvedHead> {
  const { machine, onEvent, options } = context;
  const { signal, seed = defaults.seed } = options;
  const begin = performance.now();
  const collector = new CellCollector(shape);
  const held = heldOf(context, "train");
  const { length } = held.items;
  const places = options.budget === undefined ? undefined : permutation(length, seed, "pictures of the head");
  const items = places ? places.map((place) => held.items[place]!) : held.items;
  const pictures = await headTrials(context, length, {
    unit: "samples",
    fewest: fewestPictures,
  });
  await trunk.eachView({ ...held, items }, { onEvent, signal }, async (maps, index, mirrored) => {
    collector.add(maps, await sample(places?.[index] ?? index, mirrored));
    return mirrored && pictures.next();
  });
  await pictures.end();
  await trunk.close();
  const solvingBegin = performance.now();
  const start = freshDenseHead(shape, seed, biases);
  const weights = new Map([...start, ...normWeights(collector.statistics())]);
  const tables = shape.levels.map((_, l) => collector.takeTable(l));
  const solvable = tables.map(isSolvable);
  const passes = tables.map((table, l) => (solvable[l] ? passesOver(table) : 0));
  const total = passes.reduce((a, b) => a + b, 0);
  let done = 0;
  const onPass = (): void =>
    onEvent({ event: "progress", phase: "head", done: ++done, total, unit: "trials" });
  for (const [l, table] of tables.entries()) {
    if (!solvable[l]) continue;
    const how = { runtime: machine.runtime, start, objective, weighted, outputDims, seed, onPass };
    const solved = await solveCells(table, l, shape, {
      ...how,
      passes: passesWithin(context, l, passes),
      signal,
    });
    for (const [name, value] of solved) weights.set(name, value);
  }
  if (done < total) warnOfCutHead(context, { unit: "passes", done, total });
  return {
    weights,
    passes: Math.max(...passes),
    seconds: { features: (solvingBegin - begin) / 1000, solving: (performance.now() - solvingBegin) / 1000 },
  };
}

/**
 * Returns how many passes over the rows of a level the budget allows: the remaining time of the head is divided by the passes of this
 * level and those after it. Undefined without a budget. A resumed run repeats the decision.
 */
function passesWithin(
  context: Context,
  level: number,
  passes: readonly number[],
): ((secondsPerPass: number) => Promise<number>) | undefined {
  const left = secondsOf("head", context);
  if (left === undefined) return undefined;
  const rest = passes.slice(level).reduce((a, b) => a + b, 0);
  return (secondsPerPass) =>
    decideOnce(context.run, `passes of level ${level}`, async () => {
      const most = Math.floor((left * passes[level]!) / rest / secondsPerPass);
      return Math.min(passes[level]!, Math.max(fewestPasses, most));
    });
}
