import type { RegressionResultEvent } from "../../core/events/events.js";
import { type Message, message, recipeFields, warningText } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { RegressionBaseline } from "../../core/results/task.js";
import type { RowItem, TableDataset } from "../../data/index.js";
import type { PastRow } from "../../data/tables/open-table.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import type { Graph } from "../../graph/graph.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import type { RecipeOptions } from "../../options/options.js";
import type { Context } from "../../run/context.js";
import type { Role, RunModel, Solved, TrainableTask } from "../../run/trainable-task.js";
import { type NumberFacts, type NumberPredictions, numbersTask, targetsOf } from "../numbers/numbers-task.js";
import type { Targets } from "../numbers/targets.js";
import { type ColumnTargets, modelBaselines } from "./column-models.js";
import type { ScoreRows } from "./source/compare-source.js";
import { solvingSteps, targetBaseline, withSource } from "./source/with-source.js";
import {
  hasSolvedHead,
  networkWith,
  startingHead,
  type Table,
  tableFields,
  tableFiles,
  tableParts,
} from "./table-task.js";

/** Returns the task of tabular regression: one or more numbers per row. */
export function tableNumbersTask(
  table: Table,
): TrainableTask<NumberPredictions, Solved<NumberPredictions>, NumberFacts, RegressionResultEvent> {
  const numbers = numbersTask(table.data, "tabular-regression");
  const targets = targetsOf(table.data);
  const [validation, test] = [rowsIn(table, "validation"), rowsIn(table, "test")];
  const columns = columnTargets(table, targets, numbers.predict);
  const source = withSource(table, columns);
  const earlier = (context: Context) => earlierBaselines(targets, table.data, context.options);
  const baselinesOf = ({
    context,
    probe,
    solved,
    others = [],
  }: RunModel<NumberPredictions, Solved<NumberPredictions>, NumberFacts>) => {
    const { seconds, recipe } = solved;
    const scores = (answers: NumberPredictions) => targets.score(answers.test, test);
    const models = modelBaselines(others, "ridge", scores);
    const alone =
      source && targetBaseline(source.compared(context), (outputs) => targets.score(outputs, test));
    const solvedHead = probe &&
      hasSolvedHead(table) && {
        probe: { test: scores(probe), seconds: seconds.solving, ...recipeFields(recipe) },
      };
    return {
      baselines: {
        mean: targets.meanBaseline(test),
        ...earlier(context).baselines,
        ...models.baselines,
        ...solvedHead,
        ...(alone && { target_alone: alone.baseline }),
      },
      // A verdict with a source is about the target alone.
      validation: alone
        ? { target_alone: alone.validation }
        : {
            mean: targets.validationR2(targets.means(validation), validation),
            ...earlier(context).validation,
            ...models.validation,
            ...(solvedHead && { probe: solved.validation.score }),
          },
    };
  };
  return {
    ...numbers,
    ...tableParts(table),
    ...solvingSteps(source, table, columns, (context) => solveHead(context, table, targets, numbers.predict)),
    result: async (common: CommonResult, own) => {
      warnEarlierBetter(own.context, earlier(own.context).validation, own.validation.score);
      return {
        ...(await numbers.result({ ...common, ...tableFields(table) }, own)),
        ...(source && { with_source: source.compared(own.context).facts }),
        baselines: baselinesOf(own).baselines,
      };
    },
    baselines: async (own, scratch) => {
      const { baselines, validation } = baselinesOf(own);
      const scratchBaseline = scratch && {
        scratch: { test: targets.score(scratch.answers.test, test), ...scratch.report },
      };
      return { baselines: { ...baselines, ...scratchBaseline }, validation };
    },
    save: (saved) =>
      numbers.save({
        ...saved,
        files: { ...tableFiles(table, saved.own.context), ...saved.files },
      }),
  };
}

const rowsIn = ({ data }: Table, part: "train" | "validation" | "test") =>
  data.items.filter((item) => item.part === part);

/** What ridge regression and trees on the columns learn. */
function columnTargets(table: Table, targets: Targets, predict: ColumnTargets<NumberPredictions>["predict"]) {
  const held = rowsIn(table, "validation");
  return {
    learns: "numbers",
    outputs: targets.count,
    predict,
    // Standardised targets: the error on validation counts each target alike.
    targetsOf: (items) => targets.scaled(items),
    inUnits: (outputs) => targets.unscaled(outputs),
    headInUnits: (head) => targets.unscaledHead(head),
    async fitLinear({ train, validation, dims, refit, signal }) {
      const numbered = ({ features, items }: typeof train) => ({
        features,
        count: items.length,
        values: Float64Array.from(items.flatMap(({ values }) => values as number[])),
      });
      const data = {
        train: numbered(train),
        validation: numbered(validation),
        dims,
        targets: targets.count,
      };
      const ridge = await fitRidge(data, { refit, signal });
      return {
        head: ridge,
        held: ridge.held,
        recipe: [
          message("linear-model", { model: "ridge", inputs: "columns" }),
          message("ridge-alpha", { alpha: Number(ridge.strength.toPrecision(3)) }),
          ...(ridge.folds === undefined ? [] : [message("chosen-by-folds", { folds: ridge.folds })]),
        ],
      };
    },
    withHeld: (answers, outputs) => ({ ...answers, held: outputs }),
    validate: (outputs) => targets.validation(targets.standardised(outputs), held),
    scoreRows(outputs, rows) {
      const scores = targets.score(outputs, rows);
      const scored = readScores(scores)!;
      return { scored, ci95: scores.r2_ci95, losses: scored.shares.map((share) => 1 - share) };
    },
  } satisfies ColumnTargets<NumberPredictions> & { scoreRows: ScoreRows };
}

/** Names of the baselines that repeat an earlier target, as in a result. */
type EarlierKey = "last_value" | "last_season";

/**
 * Returns the baselines of a table that is divided by time, with their validation R². They train nothing.
 *
 * - last value: the mean target of the latest time that is known at the time of the row
 * - one season before: the mean target `season` times before, or twice as many if that is not known yet, and so on
 *
 * If several groups share most times, each group is a series of its own. A row without an earlier one in its group gets the value of all
 * rows, and without any the mean of the training split.
 * @returns none for other tables
 */
export function earlierBaselines(
  targets: Targets,
  { items, past }: Pick<TableDataset, "items" | "past">,
  { season }: Pick<RecipeOptions, "season">,
): {
  readonly baselines: Readonly<Partial<Record<EarlierKey, RegressionBaseline>>>;
  readonly validation: Readonly<Partial<Record<EarlierKey, number>>>;
} {
  if (past === undefined) return { baselines: {}, validation: {} };
  const seriesName = sharesTimes(past) ? ({ group = "" }: Pick<PastRow, "group">) => group : () => "";
  const [groups, all] = [seriesOf(past, seriesName), seriesOf(past, () => "").get("") ?? []];
  const [validation, test] = (["validation", "test"] as const).map((split) =>
    items.filter(({ part }) => part === split),
  ) as [RowItem[], RowItem[]];
  const repeat = (rows: readonly RowItem[], step: number): number[] =>
    rows.flatMap((item) => {
      const own = groups.get(seriesName(item)) ?? [];
      return earlierMean(own, item, step) ?? earlierMean(all, item, step) ?? targets.means([item]);
    });
  const baseline = (step: number, recipe: Message): RegressionBaseline => ({
    test: targets.score(repeat(test, step), test),
    seconds: 0,
    ...recipeFields([recipe]),
  });
  const score = (step: number): number => targets.validationR2(repeat(validation, step), validation);
  return {
    baselines: {
      last_value: baseline(1, message("last-value")),
      ...(season !== undefined && { last_season: baseline(season, message("last-season", { season })) }),
    },
    validation: { last_value: score(1), ...(season !== undefined && { last_season: score(season) }) },
  };
}

/** True if more than half of the times have rows of several groups, such as the sales of several shops. */
function sharesTimes(past: readonly PastRow[]): boolean {
  const groupsAt = new Map<number, Set<string | undefined>>();
  for (const { moment, group } of past)
    groupsAt.set(moment.time, (groupsAt.get(moment.time) ?? new Set()).add(group));
  const shared = [...groupsAt.values()].filter(({ size }) => size > 1).length;
  return 2 * shared > groupsAt.size;
}

/** The targets of the rows of one time. */
interface Targeted {
  readonly time: number;
  readonly sums: number[];
  rows: number;
}

/** Returns the targets of each series, the earliest first. */
function seriesOf(
  past: readonly PastRow[],
  nameOf: (row: PastRow) => string,
): ReadonlyMap<string, readonly Targeted[]> {
  const series = new Map<string, Targeted[]>();
  for (const row of [...past].sort((a, b) => a.moment.time - b.moment.time)) {
    const { moment, values } = row;
    const name = nameOf(row);
    const own = series.get(name) ?? [];
    series.set(name, own);
    if (own.at(-1)?.time !== moment.time) own.push({ time: moment.time, sums: values.map(() => 0), rows: 0 });
    const last = own.at(-1)!;
    values.forEach((value, k) => {
      last.sums[k]! += value;
    });
    last.rows++;
  }
  return series;
}

/** Returns the mean targets of the latest known time that is a multiple of `step` times before a row. */
function earlierMean(
  own: readonly Targeted[],
  { moment }: RowItem,
  step: number,
): readonly number[] | undefined {
  const { time, known } = moment ?? { time: 0, known: -1 };
  let [low, high] = [0, own.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (own[middle]!.time <= known) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0; i--) {
    const { time: earlier, sums, rows } = own[i]!;
    if ((time - earlier) % step === 0) return sums.map((sum) => sum / rows);
  }
  return undefined;
}

/** Warns if an earlier value predicts the validation split better than the model. */
function warnEarlierBetter(
  { onEvent }: Pick<Context, "onEvent">,
  earlier: Readonly<Partial<Record<EarlierKey, number>>>,
  own: number,
): void {
  const [key, best] = Object.entries(earlier).reduce(
    (a, b) => (b[1] > a[1] ? b : a),
    ["last_value", Number.NEGATIVE_INFINITY],
  ) as [EarlierKey, number];
  if (best > own)
    onEvent({
      event: "warning",
      ...warningText(
        "earlier_value_better",
        message("earlier-value-better", { earlier: key, score: best, own }),
      ),
    });
}

/** Solves ridge regression on the features, unless the head comes from the other model. */
async function solveHead(
  context: Context,
  table: Table,
  targets: Targets,
  predict: (context: Context, model: Graph, role: Role) => Promise<NumberPredictions>,
): Promise<Solved<NumberPredictions>> {
  const begin = performance.now();
  const validation = rowsIn(table, "validation");
  const { start, recipe } = await startingHead(context, table.network, async (features) => {
    const numbered = (part: "train" | "validation") => {
      const items = rowsIn(table, part);
      const values = Float64Array.from(items.flatMap((item) => item.values as number[]));
      return { features: features[part], values, count: items.length };
    };
    const ridge = await fitRidge({
      train: numbered("train"),
      validation: numbered("validation"),
      dims: table.network.opened.body.width,
      targets: targets.count,
    });
    const alpha = Number(ridge.strength.toPrecision(3));
    return {
      start: targets.scaledHead(ridge),
      recipe: [
        message("linear-model", { model: "ridge", inputs: "features" }),
        message("ridge-alpha", { alpha: alpha }),
      ],
    };
  });
  const head = targets.unscaledHead(start);
  const answers = await predict(context, networkWith(context, head), "own");
  return {
    head,
    start,
    recipe,
    answers,
    validation: targets.validation(targets.standardised(answers.held!), validation),
    seconds: { features: 0, solving: (performance.now() - begin) / 1000 },
  };
}
