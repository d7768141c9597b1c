import type { RegressionResultEvent } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { Graph } from "../../graph/graph.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import type { Context } from "../../run/context.js";
import type { Role, RunModel, Solved, TrainableTask } from "../../run/trainable-task.js";
import { type NumberFacts, type NumberPredictions, numbersTask, targetsOf } from "../numbers/numbers-task.js";
import type { Targets } from "../numbers/targets.js";
import { type ColumnTargets, modelBaselines, solveTable } from "./column-models.js";
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
  const baselinesOf = ({
    probe,
    solved,
    others = [],
  }: RunModel<NumberPredictions, Solved<NumberPredictions>, NumberFacts>) => {
    const { seconds, recipe } = solved;
    const scores = (answers: NumberPredictions) => targets.score(answers.test, test);
    const models = modelBaselines(others, "ridge", scores);
    const solvedHead = probe &&
      hasSolvedHead(table) && {
        probe: { test: scores(probe), seconds: seconds.solving, ...recipeFields(recipe) },
      };
    return {
      baselines: { mean: targets.meanBaseline(test), ...models.baselines, ...solvedHead },
      validation: {
        mean: targets.validationR2(targets.means(validation), validation),
        ...models.validation,
        ...(solvedHead && { probe: solved.validation.score }),
      },
    };
  };
  return {
    ...numbers,
    prepare: async (context) => context,
    ...tableParts(table),
    secondsToSolve: async (context) =>
      (await import("./seconds-of-columns.js")).secondsOfColumns(
        context,
        table,
        columnTargets(table, targets, numbers.predict),
      ),
    solve: (context) =>
      solveTable(context, table, columnTargets(table, targets, numbers.predict), () =>
        solveHead(context, table, targets, numbers.predict),
      ),
    result: async (common: CommonResult, own) => ({
      ...(await numbers.result({ ...common, ...tableFields(table) }, own)),
      baselines: baselinesOf(own).baselines,
    }),
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
function columnTargets(
  table: Table,
  targets: Targets,
  predict: ColumnTargets<NumberPredictions>["predict"],
): ColumnTargets<NumberPredictions> {
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
  };
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
