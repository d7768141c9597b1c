import type { RegressionResultEvent } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { Graph } from "../../graph/graph.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import type { Context } from "../../run/context.js";
import type { Role, RunModel, Solved, TrainableTask } from "../../run/trainable-task.js";
import { type NumberFacts, type NumberPredictions, numbersTask, targetsOf } from "../numbers/numbers-task.js";
import type { Targets } from "../numbers/targets.js";
import { ridgeBaseline } from "./linear-baselines.js";
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
  const numbers = numbersTask(table.data);
  const targets = targetsOf(table.data);
  const [validation, test] = [rowsIn(table, "validation"), rowsIn(table, "test")];
  let linear: Awaited<ReturnType<typeof ridgeBaseline>> | undefined;
  let trees: typeof linear;
  const baselinesOf = async ({
    context,
    probe,
    solved,
  }: RunModel<NumberPredictions, Solved<NumberPredictions>, NumberFacts>) => {
    linear ??= await ridgeBaseline(table, targets, context.options.signal);
    trees ??= await (await import("./tree-baselines.js")).treesOfNumbers(
      ...([table, targets, context.options.signal] as const),
    );
    const { seconds, recipe } = solved;
    const solvedHead = probe &&
      hasSolvedHead(table) && {
        probe: { test: targets.score(probe.test, test), seconds: seconds.solving, ...recipeFields(recipe) },
      };
    return {
      baselines: {
        mean: targets.meanBaseline(test),
        ridge: linear.baseline,
        trees: trees.baseline,
        ...solvedHead,
      },
      validation: {
        mean: targets.validationR2(targets.means(validation), validation),
        ridge: linear.validation,
        trees: trees.validation,
        ...(solvedHead && { probe: solved.validation.score }),
      },
    };
  };
  return {
    ...numbers,
    ...{ samples: "rows", prepare: async (context) => context, ...tableParts(table) },
    solve: (context) => solve(context, table, targets, numbers.predict),
    result: async (common: CommonResult, own) => ({
      ...(await numbers.result({ ...common, ...tableFields(table) }, own)),
      task: "tabular-regression",
      baselines: (await baselinesOf(own)).baselines,
    }),
    baselines: async (own, scratch) => {
      const { baselines, validation } = await baselinesOf(own);
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

/** Solves ridge regression on the features, unless the head comes from the other model. */
async function solve(
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
      ...{ train: numbered("train"), validation: numbered("validation") },
      ...{ dims: table.network.opened.body.width, targets: targets.count },
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
    ...{ head, start, recipe, answers },
    validation: targets.validation(targets.standardised(answers.held!), validation),
    seconds: { features: 0, solving: (performance.now() - begin) / 1000 },
  };
}
