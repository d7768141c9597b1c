import type { TableResultEvent } from "../../core/events/events.js";
import { message, recipeFields } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import { factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { readPredictions } from "../../evaluate/predictions.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import type { Graph } from "../../graph/graph.js";
import { fitProbeInTurns } from "../../methods/probe/index.js";
import type { Context } from "../../run/context.js";
import { freshHead } from "../../run/made-network.js";
import { classPredictions } from "../../run/test-predictions.js";
import type { Role, TrainableTask } from "../../run/trainable-task.js";
import type { OfClasses } from "../../run/training/head-of-classes.js";
import { itemsOf } from "../../run/training/planned.js";
import { namedValidation } from "../../run/validation-fields.js";
import {
  type ClassFacts,
  type ClassHead,
  type ClassPredictions,
  type ClassRunModel,
  classesTask,
} from "../classes/classes-task.js";
import { majorityBaseline } from "../classes/trivial-baselines.js";
import { finishTask } from "../finish-task.js";
import { type ColumnTargets, modelBaselines } from "./column-models.js";
import type { ScoreRows } from "./source/compare-source.js";
import { solvingSteps, targetBaseline, type WithSource, withSource } from "./source/with-source.js";
import {
  hasSolvedHead,
  networkWith,
  startingHead,
  type Table,
  tableFields,
  tableFiles,
  tableParts,
} from "./table-task.js";

/** Returns the task of tabular classification: one class per row. */
export function tableClassesTask(
  table: Table,
): TrainableTask<ClassPredictions, ClassHead, ClassFacts, TableResultEvent> {
  const { predict, calibrate, scored, scoredOnValidation } = classesTask("rows");
  const { classes } = table.data;
  const columns = columnTargets(table, predict);
  const source = withSource(table, columns);
  const baselinesOf = (own: ClassRunModel) => baselinesOfClasses(table, source, own);
  return {
    score: "accuracy",
    samples: "rows",
    predict,
    calibrate,
    scored,
    ...tableParts(table),
    ...(scoredOnValidation && { scoredOnValidation }),
    ...solvingSteps(source, table, columns, (context) => solveHead(context as OfClasses, table, predict)),
    result: async (common: CommonResult, own: ClassRunModel) => ({
      ...common,
      ...tableFields(table),
      task: "tabular-classification",
      classes,
      test: own.facts.test,
      ...(own.facts.trust && { trust: own.facts.trust }),
      validation: {
        n: itemsOf(own.context, "validation").length,
        ...namedValidation("accuracy", own.validation),
      },
      ...(source && { with_source: source.compared(own.context).facts }),
      baselines: baselinesOf(own).baselines,
    }),
    baselines: async (own: ClassRunModel, scratch) => {
      const { baselines, validation } = baselinesOf(own);
      const scratchBaseline = scratch && {
        scratch: { test: scoresOf(classes, scratch.answers.test), ...scratch.report },
      };
      return { baselines: { ...baselines, ...scratchBaseline }, validation };
    },
    save: ({ own: { context, facts, answers }, onnx, ...saved }) =>
      finishTask({
        ...saved,
        context,
        data: table.data,
        onnx: onnx!,
        predictions: classPredictions({ ...answers.test, classes: table.data.classes }),
        files: { ...tableFiles(table, context), ...saved.files },
        ...(facts.facts && { trust: facts.facts }),
      }),
  };
}

/** Returns the baselines of a run, with their validation scores. */
function baselinesOfClasses(
  table: Table,
  source: WithSource<ClassPredictions> | undefined,
  { context, probe, solved, others = [] }: ClassRunModel,
) {
  const { classes, items } = table.data;
  const factsOfTest = factsOf(items.filter(({ part }) => part === "test"));

  const scores = ({ test }: ClassPredictions) => scoresOf(classes, test);
  const majority = majorityBaseline(context);
  const models = modelBaselines(others, "logistic", scores);
  const alone =
    source &&
    targetBaseline(source.compared(context), (logits) => scoresOf(classes, { logits, ...factsOfTest }));
  const solvedHead = probe &&
    hasSolvedHead(table) && {
      probe: {
        test: scoresOf(classes, probe.test),
        seconds: solved.seconds.solving,
        ...recipeFields(solved.recipe),
      },
    };
  return {
    baselines: {
      majority: majority.baseline,
      ...models.baselines,
      ...solvedHead,
      ...(alone && { target_alone: alone.baseline }),
    },
    // A verdict with a source is about the target alone.
    validation: alone
      ? { target_alone: alone.validation }
      : {
          majority: majority.validation,
          ...models.validation,
          ...(solvedHead && { probe: solved.validation.score }),
        },
  };
}

/** What logistic regression and trees on the columns learn. */
function columnTargets({ data }: Table, predict: ColumnTargets<ClassPredictions>["predict"]) {
  const { classes } = data;
  const held = (logits: Float32Array) => ({
    logits,
    ...factsOf(data.items.filter(({ part }) => part === "validation")),
  });
  return {
    learns: "classes",
    outputs: classes.length,
    predict,
    targetsOf: (items) => factsOf(items).labels,
    inUnits: (logits) => logits,
    headInUnits: (head) => head,
    async fitLinear({ train, validation, dims, refit, signal }) {
      const labelled = ({ features, items }: typeof train) => ({ features, ...factsOf(items) });
      const probe = await fitProbeInTurns(
        { train: labelled(train), validation: labelled(validation), dims, classes: classes.length },
        // Columns have different units.
        { scaling: "each", refit, signal },
      );
      return {
        head: probe,
        held: probe.held,
        recipe: [
          message("linear-model", { model: "logistic", inputs: "columns" }),
          message("inverse-regularisation", { strength: Number(probe.strength.toPrecision(3)) }),
          ...(probe.folds === undefined ? [] : [message("chosen-by-folds", { folds: probe.folds })]),
        ],
      };
    },
    withHeld: (answers, logits) => ({ ...answers, held: held(logits) }),
    validate: (logits) => {
      const { accuracy, loss } = scoresOf(classes, held(logits));
      return { score: accuracy, loss };
    },
    scoreRows(logits, rows) {
      const predictions = { logits, ...factsOf(rows) };
      const scores = scoresOf(classes, predictions);
      const { losses } = readPredictions({ classes, ...predictions });
      return { scored: readScores(scores)!, ci95: scores.accuracy_ci95, losses };
    },
  } satisfies ColumnTargets<ClassPredictions> & { scoreRows: ScoreRows };
}

/** Solves logistic regression on the features, unless the head is random or comes from the other model. */
async function solveHead(
  context: OfClasses,
  { network }: Table,
  predict: (context: Context, model: Graph, role: Role) => Promise<ClassPredictions>,
): Promise<ClassHead> {
  const begin = performance.now();
  const { classes } = context.dataset;
  const random = async () => ({ start: freshHead(context), recipe: [message("random-weights")] });
  const solved = async (features: Readonly<Record<"train" | "validation", Float32Array>>) => {
    const labelled = (part: "train" | "validation") => ({
      features: features[part],
      labels: factsOf(itemsOf(context, part)).labels,
    });
    const start = await fitProbeInTurns({
      train: labelled("train"),
      validation: labelled("validation"),
      dims: network.opened.body.width,
      classes: classes.length,
    });
    const strength = Number(start.strength.toPrecision(3));
    return {
      start,
      recipe: [
        message("linear-model", { model: "logistic", inputs: "features" }),
        message("inverse-regularisation", { strength: strength }),
      ],
    };
  };
  const head = await (network.opened.made!.pretrained ? startingHead(context, network, solved) : random());
  const answers = await predict(context, networkWith(context, head.start), "own");
  const { accuracy, loss } = scoresOf(classes, answers.held!);
  return {
    head: head.start,
    recipe: head.recipe,
    answers,
    validation: { score: accuracy, loss },
    seconds: { features: 0, solving: (performance.now() - begin) / 1000 },
  };
}
