import { exportModel } from "../../bases/export.js";
import type { TablePreprocessing } from "../../bases/model-folder/table-folder.js";
import type {
  EngraftEvent,
  RegressionResultEvent,
  TableResultEvent,
  Verdict,
} from "../../core/events/events.js";
import { rowsOf } from "../../core/results/rows.js";
import type { RegressionBaseline } from "../../core/results/task.js";
import type { RowItem } from "../../data/index.js";
import { encodedWidth, oneHotRows } from "../../data/tables/table-encoding.js";
import { accuracyOf, applyHead, scoresOf } from "../../evaluate/class-predictions.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import type { Graph } from "../../graph/graph.js";
import { stepsOfPlan } from "../../methods/epoch-steps.js";
import { fitProbeInTurns } from "../../methods/probe/index.js";
import { fitRidge } from "../../methods/ridge/ridge.js";
import { defaults } from "../../options/options.js";
import { rivalsOf } from "../../run/baselines/rivals.js";
import { stateOf } from "../../run/baselines/scratch.js";
import { scratchWork } from "../../run/baselines/scratch-training.js";
import { verdictOfScores } from "../../run/baselines/verdict-of-scores.js";
import { forecast, forecastFacts } from "../../run/forecast/forecast.js";
import { splitCounts } from "../../run/setup.js";
import { countTestEvaluations } from "../../run/test-set-usage.js";
import { effortOf, keptEpoch } from "../../run/training/kept-epoch.js";
import type { ValidatedBaseline } from "../classes/trivial-baselines.js";
import { finishTask } from "../finish-task.js";
import { groupsGiven } from "../numbers/targets.js";
import { type PreparedTable, predictions, type TableLearner } from "./table-learner.js";
import { inputsOf, type TableContext, type TableStart } from "./table-start.js";

/** Train what there is to train, compare it, and write everything down. */
export async function tableResult(
  context: TableContext,
  learner: TableLearner,
  { scratch, transfer }: { readonly scratch: TableStart; readonly transfer: TableStart | undefined },
  begin: number,
  events: readonly EngraftEvent[],
): Promise<RegressionResultEvent | TableResultEvent> {
  const { run, options, machine, platform, dataset, onEvent } = context;
  const { targets } = learner;
  const [validation, test] = [learner.part("validation"), learner.part("test")];
  const { groups } = groupsGiven(test);
  const start = transfer ?? scratch;
  const own = await learner.prepare(start, transfer ? (options.strategy ?? "full") : "full");
  const beside = transfer && learner.scratch(scratch);
  const total = [...start.graph.initializers.values()].reduce(
    (n, { dtype, data }) => n + (dtype === "float32" ? data.length : 0),
    0,
  );
  const headSize = (start.body.width + 1) * (targets?.count ?? dataset.classes.length);
  const parameters = own.plan?.groups.reduce((n, g) => n + g.parameters, 0) ?? headSize;
  const strategy = {
    name: own.plan ? (transfer ? (options.strategy ?? "full") : "scratch") : "probe",
    reasons: [
      transfer
        ? `started from ${start.init!.from}`
        : "a table alone has nothing pretrained: random weights (--init-from MODEL starts from another table's)",
    ],
  };
  onEvent({
    event: "trainable",
    strategy: strategy.name,
    reasons: strategy.reasons,
    parameters,
    total,
    groups: own.plan?.groups ?? [
      { name: "head (solved, no rate)", parameters: headSize, values: 2, rate: 0 },
    ],
  });
  const secondsPerStep = (await own.fit?.measure()) ?? 0;
  const secondsPerScored = await own.epochEnd();
  const work = beside ? scratchWork(beside.training, options.scratchSteps ?? beside.training.steps) : [];
  const expected = forecast({
    secondsSpent: (performance.now() - begin) / 1000,
    secondsPerPicture: 0,
    picturesToExtract: 0,
    secondsPerStep,
    steps: stepsOf(own, learner),
    // Counted here are the ends of epochs, each a look at the whole validation part.
    secondsPerScored,
    picturesToScore: own.plan ? own.plan.epochs + 1 : 0,
    baselineSteps: work.reduce((n, plan) => n + stepsOfPlan(plan, learner.part("train").length), 0),
    baselinePictures: work.reduce((n, plan) => n + plan.epochs + 1, 0),
    mayStopEarly: true,
    peakRssMb: platform.peakMemoryMb(),
    laterBytes: 0,
  });
  onEvent(expected);
  const learnt = await own.learn();
  const effort = effortOf(learnt.fitted);
  const other = await beside?.learn(effort);
  const state = other && stateOf([other.told.training], effort);
  const table: TablePreprocessing = {
    format: 1,
    columns: dataset.columns,
    targets: dataset.targets,
    encoding: start.encoding,
    hidden: start.hidden,
  };
  const common = {
    event: "result",
    run: run.path,
    model: run.file("model"),
    base: {
      name: start.init ? start.init.from : "none: a network for tables",
      sha256: "",
      license: "your data's",
    },
    strategy,
    split: splitCounts(dataset),
    trainable: { parameters, total },
    ...keptEpoch(learnt.fitted),
    ...(learnt.diverged && { diverged: learnt.diverged }),
    seconds: { total: 0, features: 0, training: learnt.seconds },
    peak_rss_mb: platform.peakMemoryMb(),
    forecast: forecastFacts(expected),
    test_looks: await countTestEvaluations(platform, dataset.testFingerprint, run.path, onEvent),
    ...(start.init && { init: start.init }),
    table: dataset.facts,
  } as const;
  const seconds = () => ({ ...common.seconds, total: (performance.now() - begin) / 1000 });
  const onnxOf = (model: Graph) => exportModel(model, "features", ["batch", encodedWidth(start.encoding)]);
  const write = {
    run,
    machine,
    data: dataset,
    files: { "table.json": table },
    onEvent,
  };
  if (targets) {
    const conformal = targets.conformal(learnt.validation, validation, options.coverage ?? defaults.coverage);
    const scores = targets.score(learnt.test, test, conformal);
    const valued = targets.score(learnt.validation, validation);
    const ridge = await ridgeBaseline(context, learner, scratch);
    const baselines = {
      mean: targets.meanBaseline(test),
      ridge: ridge.baseline,
      ...(other && {
        scratch: { test: targets.score(other.test, test), ...other.told },
      }),
    };
    const rivals = await rivalsOf(baselines, {
      mean: targets.validationR2(targets.means(validation), validation),
      ridge: ridge.validation,
      ...(other && { scratch: other.best.score }),
    });
    const verdict =
      other &&
      (await verdictOfScores([readScores(scores)!], [readScores(targets.score(other.test, test))!], {
        ...{ items: "rows", repeatable: false },
        ...rivals,
        ...(state && { scratch: state }),
        ...(groups && { groups }),
      }));
    const result: RegressionResultEvent = {
      ...common,
      task: "tabular-regression",
      targets: targets.facts,
      test: scores,
      validation: { n: validation.length, r2: valued.r2, loss: valued.loss },
      baselines,
      ...(verdict && { verdict }),
      seconds: seconds(),
    };
    const regression = {
      targets: targets.facts,
      coverage: conformal.coverage,
      half_widths: conformal.halfWidths.map((h) => h ?? null),
    };
    await finishTask({
      ...write,
      onnx: onnxOf(learnt.model),
      result,
      events: [...events, result],
      regression,
    });
    onEvent(result);
    return result;
  }
  const { classes } = dataset;
  const scoresFor = (logits: Float32Array, items: readonly RowItem[]) =>
    scoresOf(classes, predictions(logits, items));
  const valued = scoresFor(learnt.validation, validation);
  const logistic = await logisticBaseline(context, learner, scratch);
  const constant = (items: readonly RowItem[]): Float32Array => majority(learner, classes.length, items);
  const baselines = {
    majority: {
      test: scoresFor(constant(test), test),
      seconds: 0,
      recipe: "always the most frequent class of the training part",
    },
    logistic: logistic.baseline,
    ...(other && {
      scratch: { test: scoresFor(other.test, test), ...other.told },
    }),
  };
  let verdict: Verdict | undefined;
  if (other) {
    const accuracy = (logits: Float32Array): number =>
      accuracyOf(predictions(logits, validation), classes.length);
    const rivals = await rivalsOf(baselines, {
      majority: accuracy(constant(validation)),
      logistic: logistic.validation,
      scratch: other.best.score,
    });
    const scored = (logits: Float32Array) => [readScores(scoresFor(logits, test))!];
    verdict = await verdictOfScores(scored(learnt.test), scored(other.test), {
      ...{ items: "rows", repeatable: false },
      ...rivals,
      ...(state && { scratch: state }),
      ...(groups && { groups }),
    });
  }
  const { trusted } = await import("../classes/trusted.js");
  const { facts, model, ...scored } = trusted(
    { dataset, options: context.options },
    learnt.model,
    predictions(learnt.test, test),
    predictions(learnt.validation, validation),
  );
  const result: TableResultEvent = {
    ...common,
    task: "tabular-classification",
    classes,
    test: scored.test,
    ...(scored.trust && { trust: scored.trust }),
    validation: { n: validation.length, accuracy: valued.accuracy, loss: valued.loss },
    baselines,
    ...(verdict && { verdict }),
    seconds: seconds(),
  };
  await finishTask({
    ...write,
    onnx: onnxOf(model),
    result,
    events: [...events, result],
    ...(facts && { trust: facts }),
  });
  onEvent(result);
  return result;
}

function stepsOf({ plan }: PreparedTable, learner: TableLearner): number {
  return plan ? plan.epochs * Math.ceil(learner.part("train").length / plan.batch) : 0;
}

/** log of the share of each class in the training part, for every row. */
function majority(learner: TableLearner, classes: number, items: readonly RowItem[]): Float32Array {
  const train = learner.part("train");
  const logits = Array.from({ length: classes }, (_, k) =>
    Math.log(train.filter(({ label }) => label === k).length / train.length),
  );
  return Float32Array.from(items.flatMap(() => logits));
}

/** Inputs of a linear model: a column a category. */
function linearInputs({ dataset }: TableContext, learner: TableLearner, start: TableStart) {
  const rows = (part: RowItem["part"]) =>
    oneHotRows(start.encoding, inputsOf(start, dataset, learner.part(part)));
  return { train: rows("train"), validation: rows("validation"), test: rows("test") };
}

async function logisticBaseline(
  context: TableContext,
  learner: TableLearner,
  start: TableStart,
): Promise<ValidatedBaseline> {
  const begin = performance.now();
  const { classes } = context.dataset;
  const { train, validation, test } = linearInputs(context, learner, start);
  const labels = (part: RowItem["part"]) => Int32Array.from(learner.part(part), (i) => i.label);
  const probe = await fitProbeInTurns({
    train: { features: train.rows, labels: labels("train") },
    validation: { features: validation.rows, labels: labels("validation") },
    dims: train.width,
    classes: classes.length,
  });
  const answers = ({ rows, width }: typeof test, part: RowItem["part"]) =>
    predictions(applyHead(probe, rowsOf(rows, width)), learner.part(part));
  return {
    baseline: {
      test: scoresOf(classes, answers(test, "test")),
      seconds: (performance.now() - begin) / 1000,
      recipe: `logistic regression on scaled numbers and one column a category, strength ${Number(probe.strength.toPrecision(3))}`,
    },
    validation: accuracyOf(answers(validation, "validation"), classes.length),
  };
}

async function ridgeBaseline(
  context: TableContext,
  learner: TableLearner,
  start: TableStart,
): Promise<{ readonly baseline: RegressionBaseline; readonly validation: number }> {
  const begin = performance.now();
  const targets = learner.targets!;
  const { train, validation, test } = linearInputs(context, learner, start);
  const part = (name: RowItem["part"], features: Float32Array) => {
    const items = learner.part(name);
    return {
      features,
      values: Float64Array.from(items.flatMap(({ values }) => values as number[])),
      count: items.length,
    };
  };
  const ridge = await fitRidge({
    train: part("train", train.rows),
    validation: part("validation", validation.rows),
    dims: train.width,
    targets: targets.count,
  });
  const answers = ({ rows, width }: typeof test) => applyHead(ridge, rowsOf(rows, width));
  return {
    baseline: {
      test: targets.score(answers(test), learner.part("test")),
      seconds: (performance.now() - begin) / 1000,
      recipe: `ridge regression on scaled numbers and one column a category, alpha ${Number(ridge.strength.toPrecision(3))}`,
    },
    validation: targets.validationR2(answers(validation), learner.part("validation")),
  };
}
