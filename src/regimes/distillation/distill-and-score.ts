import { oldScoresOf } from "../../bases/body.js";
import { exportClassifier } from "../../bases/export.js";
import { withHead, withWeights } from "../../bases/heads.js";
import { withPixels } from "../../bases/pixels.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import type { EngraftEvent, TrainResultEvent } from "../../core/events/events.js";
import { baseFacts } from "../../core/results/base-facts.js";
import { sizeOf } from "../../core/shape.js";
import type { Tensor } from "../../core/tensor.js";
import { PixelCache } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import { extract } from "../../graph/surgery/index.js";
import { countTestEvaluations } from "../../inference/test-set-usage.js";
import { distillationOf, withTeacher } from "../../methods/distillation/distillation.js";
import { distillMethods } from "../../methods/distillation/settings.js";
import type { PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { plannerOf, rowOf } from "../../methods/registry.js";
import { augmentOptionsOf, pictureAugmentation } from "../../options/augment-options.js";
import {
  type DistillOptions,
  defaults,
  memoryOf,
  recomputeOf,
  type TrainOptions,
} from "../../options/options.js";
import { requestedOptions } from "../../options/requested-options.js";
import type { Context } from "../../run/context.js";
import { finish } from "../../run/finish.js";
import { averageFields, namedValidation } from "../../run/folder/old-fields.js";
import { requireSameModel } from "../../run/folder/require-same.js";
import { extraTrainingsOf } from "../../run/forecast/extra-trainings.js";
import { forecastFacts } from "../../run/forecast/forecast.js";
import { measure } from "../../run/forecast/measure.js";
import { openTrunk, splitCounts, withOldHead } from "../../run/setup.js";
import { adapted } from "../../run/training/adapted.js";
import { type PictureSource, predictWith, type RowsOf } from "../../run/training/feeds.js";
import { keptEpoch } from "../../run/training/kept-epoch.js";
import { requireMemory } from "../../run/training/memory.js";
import { toldDivergence } from "../../run/training/rate-of.js";
import { explainRefusal } from "../../run/training/refusal.js";
import { solveHead } from "../../run/training/solve-head.js";
import { prepareStage } from "../../run/training/stage.js";
import { detailedScores } from "../../tasks/classes/detailed.js";
import { correctOf, type Predictions, scoresOf } from "../../tasks/classes/scores.js";
import { better, type FitResult } from "../../train/fit.js";
import { checkDistill } from "./check-distill.js";
import { type OpenedTeacher, openTeacher } from "./open-teacher.js";
import { teacherRows } from "./teacher-rows.js";

/** What a strategy trained with or without the teacher came to. */
interface Trained {
  readonly fitted: FitResult;
  readonly diverged?: NonNullable<TrainResultEvent["diverged"]>;
  readonly model: Graph;
  readonly predictions: Predictions;
}

/**
 * A run of `distill`: the student's head is solved on its own features, then the student is trained twice for each seed from
 * that start, in the same order of the same pictures: with the teacher's terms in its loss, and without.
 */
export async function distillAndScore(
  given: Context,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<TrainResultEvent> {
  const context = await adapted(given);
  const { run, machine, platform, runtime, dataset, opened, decoded, onEvent } = context;
  const options = context.options as TrainOptions & DistillOptions;
  const { body, base } = opened;
  const { signal, comparison = true, seeds = 1, seed = defaults.seed } = options;
  const { classes } = dataset;
  const part = (name: string) => dataset.items.filter((item) => item.part === name);
  const [train, validation, test] = [part("train"), part("validation"), part("test")];
  requireMemory(
    { items: dataset.items.length, examples: train.length, width: body.width, classes: classes.length },
    memoryOf(options, platform.memoryBytes()),
  );
  const { methods, values, rest } = checkDistill(options);
  const asked = options.strategy ?? defaults.strategy;
  const compared = methods.some((name) => "scores" in distillMethods[name]);
  const teacher = await openTeacher(options.teacher, classes, { platform, compared });
  await requireSameModel(run, "teacher_sha256", teacher.base);
  await run.settle();

  const oldScores = rowOf(asked).oldHead ? oldScoresOf(base.imported.graph, body) : undefined;
  const empty = {
    weight: new Float32Array(classes.length * body.width),
    bias: new Float32Array(classes.length),
  };
  const trunkBody = oldScores === undefined ? body : withOldHead(opened, oldScores);
  const blank = withPixels(withHead(trunkBody, classes.length, empty), base.preprocessing);
  const request: PlanRequest = {
    examples: train.length,
    seed,
    ...requestedOptions(options),
    classes: classes.map((name, label) => ({
      name,
      count: train.filter((item) => item.label === label).length,
    })),
    option: rest,
    ...(oldScores !== undefined && { oldScores }),
  };
  const distillation = distillationOf(blank, teacher, methods, values, { seed, classes: classes.length });
  const { student } = distillation;
  const alone = (await plannerOf(asked))(blank, request);
  const plan = withTeacher(alone, distillation, request);
  const augmentation = pictureAugmentation(options);
  const held = (items: typeof train) => ({ items, preprocessing: base.preprocessing, decoded, platform });
  const prepare = (model: Graph, its: TrainingPlan, stage: string, ofSeed: number, rows?: RowsOf) => {
    const store = run.store(stage);
    const source: PictureSource = {
      items: train,
      preprocessing: base.preprocessing,
      augmentation,
      augmentOptions: augmentOptionsOf(options.option),
      batch: its.batch,
      seed: ofSeed,
      decoded,
      platform,
      ...(rows && { rows }),
      ...(signal && { signal }),
    };
    return prepareStage({
      runtime,
      model,
      plan: its,
      train: source,
      validation: held(validation),
      classes,
      stage,
      memoryBytes: memoryOf(options, platform.memoryBytes()),
      recompute: recomputeOf(options),
      ...(store && { store }),
      ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
      onEvent,
      ...(signal && { signal }),
    });
  };
  const parameters = plan.groups.reduce((n, g) => n + g.parameters, 0);
  const total = totalSize(student);
  const reasons = [
    `${asked === defaults.strategy ? "the default, or asked for" : "asked for"}; learns from ${teacher.name}: ${distillation.words}`,
  ];
  onEvent({ event: "trainable", strategy: asked, reasons, parameters, total, groups: plan.groups });

  const answers = await teacherRows({
    context,
    teacher,
    distillation,
    train,
    augmentation,
    epochs: plan.epochs,
  });
  try {
    const preparingBegin = performance.now();
    const first = await prepare(student, plan, "distill", seed, answers.rowsOf(seed)).catch(
      (error: unknown) => {
        throw explainRefusal(error, body.graph);
      },
    );
    const preparing = (performance.now() - preparingBegin) / 1000;
    const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent });
    const repeats = [...Array(seeds - 1).fill(plan), ...(comparison ? Array(seeds).fill(alone) : [])];
    const measured = await measure(context, {
      begin,
      preparing,
      trunk,
      // The steps that are measured see batches whose answers are known by then: the teacher's time comes to them.
      fit: {
        ...first,
        measure: async () => (await first.measure()) + (comparison ? 0.5 : 1) * answers.perBatch(),
      },
      plan,
      train,
      validation: validation.length,
      test: test.length,
      extra: [extraTrainingsOf(repeats, "other seeds and trainings without the teacher")],
      scoredBefore: 0,
    });
    const expected = measured.event;
    onEvent(expected);

    const solved = await solveHead(context, trunk, events);
    const probed = withHead(body, classes.length, solved.probe);
    const start = new Map<string, Tensor>(
      [...probed.initializers].filter(([v]) => !body.graph.initializers.has(v)),
    );
    const trainingBegin = performance.now() - 1000 * solved.seconds.solving;
    const stored = storedAs(probed, options.weights ?? defaults.weights, base.imported.storedAs);
    const trained = async (fit: typeof first, stage: string): Promise<Trained> => {
      const fitted = await fit.run(start);
      const diverged = await toldDivergence(context, stage, fit, fitted, start);
      await fit.dispose();
      // What is measured is what the file holds.
      const model = roundedAs(withWeights(probed, fitted.weights), stored);
      const pixels = withPixels(model, base.preprocessing);
      return {
        fitted,
        ...(diverged && { diverged }),
        model,
        predictions: await predictWith(runtime, pixels, held(test), classes.length, signal),
      };
    };
    const [withIt, without]: [Trained[], Trained[]] = [[], []];
    let seconds = 0;
    for (let k = 0; k < seeds; k++) {
      const [now, suffix] = [seed + k, k === 0 ? "" : ` seed ${seed + k}`];
      const [own, other] = [`distill${suffix}`, `without teacher${suffix}`];
      const fit = k === 0 ? first : await prepare(student, plan, own, now, answers.rowsOf(now));
      withIt.push(await trained(fit, own));
      if (!comparison) continue;
      without.push(await trained(await prepare(blank, alone, other, now), other));
      seconds += without.at(-1)!.fitted.seconds;
    }
    const kept = withIt.reduce((a, b) => (better(b.fitted.best, a.fitted.best) ? b : a));
    const beside = without[withIt.indexOf(kept)];
    const training = (performance.now() - trainingBegin) / 1000;
    const own = await scoresOfTeacher(context, teacher, test);
    const right = (all: readonly Trained[]) =>
      all.map(({ predictions: p }) => correctOf(p, classes.length).map(Number));
    const { compareTrainings } = await import("../../evidence/compare-trainings.js");
    const accuracy = (one: Trained): number => scoresOf(classes, one.predictions).accuracy;
    const result: TrainResultEvent = {
      event: "result",
      task: "image-classification",
      run: run.path,
      model: run.file("model"),
      base: baseFacts(base),
      strategy: { name: asked, reasons },
      classes,
      split: splitCounts(dataset),
      trainable: { parameters, total },
      ...keptEpoch(kept.fitted),
      test: detailedScores(classes, kept.predictions),
      validation: { ...namedValidation("accuracy", kept.fitted.best), n: validation.length },
      seconds: { total: (performance.now() - begin) / 1000, features: solved.seconds.features, training },
      peak_rss_mb: platform.peakMemoryMb(),
      forecast: forecastFacts(expected),
      test_looks: await countTestEvaluations(platform, dataset.testFingerprint, run.path, onEvent),
      ...averageFields(kept.fitted.average),
      ...(kept.diverged && { diverged: kept.diverged }),
      ...(context.init && { init: { ...context.init, ...(solved.words && { head: solved.words }) } }),
      distillation: {
        teacher: { ...baseFacts(teacher.base), name: teacher.name },
        methods,
        words: distillation.words,
        answers: answers.words,
        ...(own && { test: own }),
        seconds: answers.seconds,
        seeds: withIt.map((one, k) => ({
          seed: seed + k,
          accuracy: accuracy(one),
          ...(comparison && { without_teacher: accuracy(without[k]!) }),
        })),
      },
      ...(beside && {
        baselines: {
          without_teacher: {
            test: detailedScores(classes, beside.predictions),
            seconds,
            recipe: alone.words,
          },
        },
        verdict: compareTrainings({
          a: right(withIt),
          b: right(without),
          items: "pictures",
          ...(withIt[0]!.predictions.groups && { groups: withIt[0]!.predictions.groups }),
          names: { a: "the teacher", b: "the same student without it" },
        }),
      }),
    };
    const onnx = exportClassifier(kept.model, base.preprocessing, stored);
    await finish({ run, machine, dataset, base, result, events: [...events, result], onnx, onEvent });
    onEvent(result);
    return result;
  } finally {
    await answers.close();
  }
}

/** How the teacher itself does on the test part. */
async function scoresOfTeacher(
  { runtime, platform, dataset, options }: Context,
  { base, scores, order }: OpenedTeacher,
  test: Context["dataset"]["items"],
) {
  if (scores === undefined || order === undefined || test.length === 0) return undefined;
  const graph = withPixels(extract(base.imported.graph, [scores]), base.preprocessing);
  const source = { items: test, preprocessing: base.preprocessing, decoded: new PixelCache(0), platform };
  const count = order.length;
  const { logits, ...rest } = await predictWith(runtime, graph, source, count, options.signal);
  const sorted = Float32Array.from(logits, (_, i) => logits[i - (i % count) + order[i % count]!]!);
  return scoresOf(dataset.classes, { logits: sorted, ...rest });
}

function totalSize(graph: Graph): number {
  let size = 0;
  for (const [, { dims, dtype }] of graph.initializers) if (dtype === "float32") size += sizeOf(dims);
  return size;
}
