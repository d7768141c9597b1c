// Whether a source table helps: candidates that are chosen by folds of the target's rows.
import { EngraftError, stopIf } from "../../../core/errors.js";
import type { Interval } from "../../../core/events/events.js";
import type { SourceFacts } from "../../../core/events/source-facts.js";
import { type Message, message } from "../../../core/messages/message.js";
import type { Scored } from "../../../core/results/scored.js";
import type { RowItem } from "../../../data/index.js";
import { groupsOfItems } from "../../../data/split/groups.js";
import { stratifiedFolds } from "../../../methods/probe/folds.js";
import type { Context } from "../../../run/context.js";
import { mayRefit } from "../../../run/training/may-refit.js";
import { difference } from "../../../statistics/index.js";
import { type ColumnStrategy, columnStrategies, type Table } from "../table-task.js";
import { type ColumnFit, type FitColumns, fitColumns, fitOnSource } from "./source-models.js";
import type { SourceTable } from "./source-rows.js";

/**
 * Scores outputs for rows: sample by sample, with the confidence interval of the score. The losses are log losses, or shares of 1 − R²: their
 * mean is the loss.
 */
export type ScoreRows = (
  outputs: Float32Array,
  rows: readonly RowItem[],
) => { readonly scored: Scored; readonly ci95: Interval | null; readonly losses: ArrayLike<number> };

/** A candidate of a run with a source table, fitted on all rows that it may learn from. */
export interface SourceCandidate {
  readonly name: SourceFacts["kept"];
  readonly model: ColumnStrategy;
  readonly fit: ColumnFit;
  /** Outputs for the validation rows, by a model that did not see the row. */
  readonly held: Float32Array;
  /** Outputs for the test rows. */
  readonly test: Float32Array;
  /** Score and loss by folds. */
  readonly score: number;
  readonly loss: number;
  /** Loss of each row that chooses. */
  readonly losses: ArrayLike<number>;
  readonly recipe: readonly Message[];
  readonly seconds: number;
}

/** The candidates of a run with a source table, and the kept one. */
export interface SourceComparison {
  readonly kept: SourceCandidate;
  readonly alone: SourceCandidate;
  readonly facts: SourceFacts;
  readonly reason: Message;
}

/** Fewest rows of the target that can choose by folds. */
const fewestRows = 10;

/** Least lead of a source by folds, as a share of the loss of the target alone: usually, and if it is beyond its 95 % interval. */
const leastLead = { usual: 0.05, beyondInterval: 0.01 } as const;

/**
 * Fits and scores the candidates: the target alone, both tables with a column "source", and a linear model on the outputs of a source's model.
 * Each one is a linear model or trees, and that is chosen in the same way. Folds are of training and validation rows, and all rows of
 * the source always train. The candidate with the source that has the lowest log loss, or the highest R², is kept if it is clearly better
 * than the target alone ({@link leadOf}). The test split chooses nothing.
 * @throws DataError for too few rows of the target
 */
export async function compareSource(
  context: Context,
  table: Table & { readonly source: SourceTable },
  targets: FitColumns["targets"],
  scoreRows: ScoreRows,
): Promise<SourceComparison> {
  const { options, onEvent } = context;
  const { signal } = options;
  const { source, data } = table;
  const inSplit = (split: RowItem["part"]) => data.items.filter(({ part }) => part === split);
  const [train, validation, test] = [inSplit("train"), inSplit("validation"), inSplit("test")];
  const isRefitted = mayRefit(context);
  const rows = isRefitted ? [...train, ...validation] : train;
  const folds = stratifiedFolds(
    rows.map(({ label }) => label),
    groupsOfItems(rows),
  );
  if (rows.length < fewestRows || folds.length < 2) throw tooFewToChoose(rows.length);
  const how: FitColumns = { table, targets, signal };
  const kinds = columnStrategies.filter(
    (kind) => options.strategy === undefined || kind === options.strategy,
  );
  const total = kinds.length * candidateNames.length;
  let done = 0;
  const candidates: SourceCandidate[] = [];
  const alone: SourceAlone[] = [];
  for (const model of kinds) {
    const ofSource = await fitColumns(model, how, [], source.items);
    const ofRows = (some: readonly RowItem[]) => scoreRows(ofSource.predict(some), some);
    alone.push({ ...ofRows(test), model, loss: mean(ofRows(rows).losses) });
    for (const name of candidateNames) {
      onEvent({ event: "progress", phase: "head", done: done++, total, unit: "trials" });
      stopIf(signal);
      const begin = performance.now();
      const fitOn = makers[name]!(model, ofSource, how, source);
      const outputs = new Float32Array(rows.length * targets.outputs);
      for (const fold of folds) {
        const fit = await fitOn(fold.train.map((i) => rows[i]!));
        const predicted = fit.predict(fold.held.map((i) => rows[i]!));
        fold.held.forEach((row, i) => {
          const own = predicted.subarray(i * targets.outputs, (i + 1) * targets.outputs);
          outputs.set(own, row * targets.outputs);
        });
      }
      const byFolds = scoreRows(outputs, rows);
      const fit = await fitOn(rows);
      candidates.push({
        ...{ name, model, fit, test: fit.predict(test) },
        held: isRefitted ? outputs.slice(train.length * targets.outputs) : fit.predict(validation),
        ...{ score: byFolds.scored.value, loss: mean(byFolds.losses), losses: byFolds.losses },
        recipe: [
          ...fit.recipe,
          ...(name === "pooled"
            ? [message("with-source-rows", { source: source.name, rows: source.items.length })]
            : []),
          message("chosen-by-folds", { folds: folds.length }),
          ...(isRefitted && validation.length > 0 ? [message("refitted")] : []),
        ],
        seconds: (performance.now() - begin) / 1000,
      });
    }
  }
  onEvent({ event: "progress", phase: "head", done: total, total, unit: "trials" });
  return decided(candidates, bestOf(alone), { source, test, folds: folds.length, rows }, scoreRows);
}

const candidateNames = ["alone", "pooled", "residual"] as const;

type Make = (
  model: ColumnStrategy,
  ofSource: ColumnFit,
  how: FitColumns,
  source: SourceTable,
) => (rows: readonly RowItem[]) => Promise<ColumnFit>;

/** How each candidate is fitted on rows of the target. */
const makers: Readonly<Record<SourceCandidate["name"], Make>> = {
  alone: (model, _source, how) => (rows) => fitColumns(model, how, rows),
  pooled:
    (model, _source, how, { items }) =>
    (rows) =>
      fitColumns(model, how, rows, items),
  residual: (_model, ofSource, how) => (rows) => fitOnSource(ofSource, how, rows),
};

/** A model of the source alone, with its loss on the rows that choose. */
type SourceAlone = ReturnType<ScoreRows> & Pick<SourceCandidate, "model" | "loss">;

/** Returns the one with the lowest loss, of equal ones the first. */
const bestOf = <One extends { readonly loss: number }>(ones: readonly One[]): One =>
  ones.reduce((a, b) => (b.loss < a.loss ? b : a));

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Returns by how much the loss of a candidate with the source is below that of the target alone, and how much is needed: more than one standard
 * error of the difference, and more than 5 % of the loss. Beyond the 95 % interval, 1 % of the loss is enough. The differences are
 * paired by row, and their standard error counts that the models of the folds share rows. Fewer than 10 groups of rows have no standard error, so no lead is enough.
 * @see docs/decisions/0055-another-table-as-source.md
 */
export function leadOf(
  other: Pick<SourceCandidate, "losses">,
  alone: Pick<SourceCandidate, "losses" | "loss">,
  { folds, groups }: { readonly folds: number; readonly groups?: readonly string[] | undefined },
): SourceFacts["lead"] {
  const compared = difference([alone.losses], [other.losses], {
    ...(groups && { groups }),
    folds,
    binary: false,
  });
  const { gain, interval, squares } = compared;
  if (compared.why === "few groups") return { value: gain, needed: null, groups: new Set(groups).size };
  if (!interval || !squares) return { value: gain, needed: 0 };
  const error = Math.sqrt(squares.ofUnits / squares.units);
  const needed = Math.min(
    Math.max(error, leastLead.usual * alone.loss),
    Math.max(interval[1] - gain, leastLead.beyondInterval * alone.loss),
  );
  return { value: gain, needed };
}

/** Chooses a candidate, and compares it with the target alone on the test split. */
function decided(
  all: readonly SourceCandidate[],
  ofSource: SourceAlone,
  {
    source,
    test,
    folds,
    rows,
  }: {
    readonly source: SourceTable;
    readonly test: readonly RowItem[];
    readonly folds: number;
    /** Rows of the target that choose. */
    readonly rows: readonly RowItem[];
  },
  scoreRows: ScoreRows,
): SourceComparison {
  const best = candidateNames.map((name) => bestOf(all.filter((one) => one.name === name)));
  const [alone, ...others] = best as [SourceCandidate, ...SourceCandidate[]];
  const other = bestOf(others);
  const lead = leadOf(other, alone, { folds, groups: groupsOfItems(rows) });
  const kept = lead.needed !== null && lead.value > lead.needed ? other : alone;
  const scores = new Map(best.map((one) => [one, scoreRows(one.test, test)]));
  const sharesOf = (one: SourceCandidate) => scores.get(one)!.scored.shares;
  const groups = groupsOfItems(test);
  const { gain: value, interval } = difference([sharesOf(other)], [sharesOf(alone)], { groups });
  const metric = scores.get(kept)!.scored.metric as SourceFacts["metric"];
  const against = kept === alone ? other : alone;
  const foldsOf = ({ loss }: Pick<SourceCandidate, "loss">): number => (metric === "r2" ? 1 - loss : loss);
  return {
    kept,
    alone,
    reason: message("chosen-with-source", {
      ...{ kept: kept.name, source: source.name, metric, score: foldsOf(kept), rows: rows.length, folds },
      ...{ other: against.name, of_other: foldsOf(against), lead },
    }),
    facts: {
      ...{ source: source.name, rows: source.items.length, left_out: source.leftOut },
      ...{ metric, chosen_on: rows.length, folds, kept: kept.name, lead },
      scores: [
        ...best.map((one) => {
          const { scored, ci95 } = scores.get(one)!;
          return { name: one.name, model: one.model, folds: foldsOf(one), test: scored.value, ci95 };
        }),
        {
          ...{ name: "source", model: ofSource.model, folds: foldsOf(ofSource) },
          ...{ test: ofSource.scored.value, ci95: ofSource.ci95 },
        },
      ],
      gain: { of: other.name as "pooled" | "residual", value, ci95: interval },
    },
  };
}

const tooFewToChoose = (rows: number): EngraftError =>
  new EngraftError(
    "DataError",
    `the target has ${rows} rows to learn from: too few to choose by folds whether the source helps`,
    {
      help: `give at least ${fewestRows} rows besides the test split, in at least two groups, or leave --with out`,
    },
  );
