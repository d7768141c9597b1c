import { exportClassifier } from "../../bases/export.js";
import { headValues, withHead, withWeights } from "../../bases/heads.js";
import { withPixels } from "../../bases/pixels.js";
import { roundedAs, storedAs } from "../../bases/weight-storage.js";
import { baseFacts } from "../../core/base-facts.js";
import type { EngraftError } from "../../core/errors.js";
import type { EngraftEvent, RegressionResultEvent, TrainResultEvent, Verdict } from "../../core/events.js";
import { wholeOf } from "../../core/rows.js";
import type { RegressionBaseline } from "../../core/task.js";
import { float32 } from "../../core/tensor.js";
import type { Dataset, TargetDataset, TargetItem } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import { scratchPlan } from "../../methods/finetune/scratch.js";
import type { PlanRequest, TrainingPlan } from "../../methods/plan.js";
import { chooseStrategy, plannerOf } from "../../methods/registry.js";
import { fitRidge, ridgeStrengths } from "../../methods/ridge/ridge.js";
import { answeringMean } from "../../train/divergence.js";
import { inParts, partOf } from "../../train/features.js";
import { better, type Fit, type FitResult, prepareFit } from "../../train/fit.js";
import { freshWeights } from "../../train/initialize.js";
import { askedOf } from "../asked.js";
import { pictureAugmentation } from "../augment-options.js";
import { besideOf } from "../beside.js";
import type { Context } from "../context.js";
import { pictureFeeds, predictAll, predictWith, stepsOf } from "../feeds.js";
import { keptEpoch } from "../kept-epoch.js";
import { testLooks } from "../looks.js";
import { measure } from "../measure.js";
import { requireMemory } from "../memory.js";
import { defaults, memoryOf, recomputeOf } from "../options.js";
import { toldDivergence } from "../rate-of.js";
import { explainRefusal, isRefusal } from "../refusal.js";
import { applyHead } from "../scores.js";
import { openTrunk, splitCounts } from "../setup.js";
import { finishTask } from "./finish-task.js";
import { groupsGiven, numbersFit, requireNumbers, sayingR2, Targets, withNumbers } from "./targets.js";
import { verdictOfNumbers } from "./verdict-of-numbers.js";

/** The same pictures for what does not look at their labels: one "class" a number. */
export function asPictures(data: TargetDataset): Dataset {
  const { targets, ...rest } = data;
  return { ...rest, task: "image-classification", classes: targets };
}

/** A run that learns numbers from pictures: plan, forecast, features, ridge, training, scores, report. */
export async function regress(
  planning: Context,
  data: TargetDataset,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<RegressionResultEvent> {
  const { run, options, machine, platform, runtime, opened, decoded, onEvent } = planning;
  const { body, base } = opened;
  const { signal, seed = defaults.seed, strategy: asked = defaults.strategy } = options;
  requireNumbers(options);
  const items = (part: TargetItem["part"]) => data.items.filter((item) => item.part === part);
  const [train, validation, test] = [items("train"), items("validation"), items("test")];
  const targets = Targets.of(data.targets, train);
  const width = body.width;
  requireMemory(
    { items: data.items.length, examples: train.length, width, classes: targets.count },
    platform.memoryBytes(),
  );
  const empty = { weight: new Float32Array(targets.count * width), bias: new Float32Array(targets.count) };
  const blank = withPixels(withHead(body, targets.count, empty), base.preprocessing);
  const request: PlanRequest = {
    examples: train.length,
    ...askedOf(options),
  };
  const held = (part: readonly TargetItem[]) => ({
    items: part,
    preprocessing: base.preprocessing,
    decoded,
    platform,
  });
  const scaled = targets.scaled(train);
  const stageOf = (model: Graph, plan: TrainingPlan, stage: string): Promise<Fit> => {
    const store = run.store(stage);
    const whole = plan.batchNorm === "train";
    const source = {
      ...held(train.map((item, label) => ({ ...item, label }))),
      augmentation: pictureAugmentation(options),
      batch: plan.batch,
      seed,
      ...(signal && { signal }),
    };
    return prepareFit({
      runtime,
      model,
      ...numbersFit(plan, targets.count, options),
      stepsPerEpoch: stepsOf(train.length, plan.batch, whole),
      feeds: (epoch, from) => withNumbers(pictureFeeds(source, epoch, from, whole), scaled, targets.count),
      validate: async (evaluate) => {
        const source = { ...held(validation), ...(signal && { signal }) };
        return targets.validation((await predictAll(evaluate, source, targets.count)).logits, validation);
      },
      stage,
      memoryBytes: memoryOf(options, platform.memoryBytes()),
      recompute: recomputeOf(options),
      phase: stage.startsWith("scratch") ? "scratch" : "training",
      keepsWhatWasGood: true,
      guessing: answeringMean,
      ...(store && { store }),
      ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
      onEvent: sayingR2(onEvent),
      ...(signal && { signal }),
    });
  };

  let plan: TrainingPlan | undefined;
  let fit: Fit | undefined;
  let refusal: EngraftError | undefined;
  const planningBegin = performance.now();
  if (asked !== "probe") {
    try {
      plan = (await plannerOf(asked))(blank, request);
      fit = await stageOf(blank, plan, asked === "auto" ? "finetune" : asked);
    } catch (error) {
      if (!isRefusal(error) || asked !== "auto") throw explainRefusal(error, body.graph);
      refusal = error;
    }
  }
  const strategy = chooseStrategy(asked, train.length, refusal?.message);
  const preparing = (performance.now() - planningBegin) / 1000;
  if (strategy.name === "probe" && fit) {
    await fit.dispose();
    fit = undefined;
  }
  const headSize = targets.count * (width + 1);
  const total = [...blank.initializers.values()].reduce(
    (n, { dtype, data }) => n + (dtype === "float32" ? data.length : 0),
    0,
  );
  const parameters = fit ? plan!.groups.reduce((n, g) => n + g.parameters, 0) : headSize;
  onEvent({
    event: "trainable",
    strategy: strategy.name,
    reasons: strategy.reasons,
    parameters,
    total,
    groups: fit
      ? plan!.groups
      : [{ name: "head (solved, no rate)", parameters: headSize, values: 2, rate: 0 }],
  });
  const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent });
  const scratchPlans =
    options.baselines && (fit || options.baselines !== "auto")
      ? [1, 3].map((times) =>
          scratchPlan(blank, plan ? { ...request, epochs: plan.epochs, batch: plan.batch } : request, times),
        )
      : [];
  const expected = await measure(planning, {
    begin,
    preparing,
    trunk,
    fit,
    plan,
    train,
    validation: validation.length,
    test: test.length,
    beside: besideOf({ ...options, seeds: 1 }, scratchPlans),
    scoredBefore: 0,
  });
  const context =
    options.baselines === "auto"
      ? await (await import("../beside-decided.js")).besideDecided(planning, {
          baselines: expected.beside.baselines,
        })
      : planning;
  onEvent(expected.event);

  const featureBegin = performance.now();
  const ordered = inParts(data.items);
  const rows = await trunk.features(ordered, {
    onEvent,
    decoded,
    folder: run.path,
    ...(signal && { signal }),
  });
  const features = (performance.now() - featureBegin) / 1000;
  await trunk.close();
  const featuresOf = (part: TargetItem["part"]) => partOf(ordered, part, rows).features;

  const trainingBegin = performance.now();
  let tried = 0;
  const numbered = (part: readonly TargetItem[], name: TargetItem["part"]) => ({
    features: wholeOf(featuresOf(name)),
    values: Float64Array.from(part.flatMap(({ values }) => values as number[])),
    count: part.length,
  });
  const ridge = await fitRidge(
    {
      train: numbered(train, "train"),
      validation: numbered(validation, "validation"),
      dims: width,
      targets: targets.count,
    },
    {
      onStrength: () =>
        onEvent({
          event: "progress",
          phase: "head",
          done: ++tried,
          total: ridgeStrengths.length,
          unit: "trials",
        }),
      ...(signal && { signal }),
    },
  );
  const probeSeconds = (performance.now() - trainingBegin) / 1000;
  const probed = withHead(body, targets.count, ridge);
  let model = probed;
  let fitted: FitResult | undefined;
  let answers: ArrayLike<number> = applyHead(ridge, featuresOf("test"));
  let held_ = applyHead(ridge, featuresOf("validation"));
  const probeTest = answers;
  rows.close();
  let diverged: TrainResultEvent["diverged"];
  if (fit) {
    const head = targets.scaledHead(ridge);
    const start = new Map([
      [headValues.weight, float32([targets.count, width], head.weight)],
      [headValues.bias, float32([targets.count], head.bias)],
    ]);
    fitted = await fit.run(start);
    diverged = await toldDivergence(context, asked === "auto" ? "finetune" : asked, fit, fitted, start);
    await fit.dispose();
    model = inUnits(withWeights(probed, fitted.weights), targets);
  }
  const stored = storedAs(model, options.weights ?? defaults.weights, base.imported.storedAs);
  const rounded = roundedAs(model, stored);
  if (fitted || rounded !== model) {
    model = rounded;
    const answer = async (part: readonly TargetItem[]) =>
      (await predictWith(runtime, withPixels(model, base.preprocessing), held(part), targets.count, signal))
        .logits;
    answers = await answer(test);
    held_ = await answer(validation);
  }
  const training = (performance.now() - trainingBegin) / 1000;
  const conformal = targets.conformal(held_, validation, options.coverage ?? defaults.coverage);
  const scores = targets.score(answers, test, conformal);

  let scratch: RegressionBaseline | undefined;
  let verdict: Verdict | undefined;
  if (expected.beside.baselines) {
    const fresh = withWeights(blank, freshWeights(blank, seed));
    let best: { result: FitResult; plan: TrainingPlan } | undefined;
    let seconds = 0;
    for (const [i, plan] of scratchPlans.entries()) {
      const one = await stageOf(fresh, plan, i === 0 ? "scratch" : "scratch × 3");
      const result = await one.run();
      await toldDivergence(context, i === 0 ? "scratch" : "scratch × 3", one, result);
      await one.dispose();
      seconds += result.seconds;
      if (!best || better(result.best, best.result.best)) best = { result, plan };
    }
    const net = inUnits(withWeights(fresh, best!.result.weights), targets);
    const other = (await predictWith(runtime, net, held(test), targets.count, signal)).logits;
    scratch = { test: targets.score(other, test), seconds, recipe: best!.plan.words };
    const { groups } = groupsGiven(test);
    verdict = await verdictOfNumbers(
      targets.shares(answers, test),
      targets.shares(other, test),
      "pictures",
      groups,
    );
  }
  const chosen = fitted?.best ?? targets.validation(standard(held_, targets), validation);
  const result: RegressionResultEvent = {
    event: "result",
    task: "image-regression",
    run: run.path,
    model: run.file("model"),
    base: baseFacts(base),
    strategy,
    targets: targets.facts,
    split: splitCounts(data),
    trainable: { parameters, total },
    ...keptEpoch(fitted),
    ...(diverged && { diverged }),
    test: scores,
    validation: { n: validation.length, r2: chosen.accuracy, loss: chosen.loss },
    seconds: { total: (performance.now() - begin) / 1000, features, training },
    peak_rss_mb: platform.peakMemoryMb(),
    forecast: { seconds: expected.event.seconds, peak_rss_mb: expected.event.peak_rss_mb },
    test_looks: await testLooks(platform, data.testFingerprint, run.path, onEvent),
    baselines: {
      mean: targets.meanBaseline(test),
      ...(fit && {
        probe: {
          test: targets.score(probeTest, test),
          seconds: features + probeSeconds,
          recipe: `ridge regression on frozen features, alpha ${Number(ridge.strength.toPrecision(3))}`,
        },
      }),
      ...(scratch && { scratch }),
    },
    ...(verdict && { verdict }),
  };
  await finishTask({
    run,
    machine,
    data,
    result,
    events: [...events, result],
    onnx: exportClassifier(model, base.preprocessing, stored),
    preprocessing: base.preprocessing,
    ...(base.licenseText !== undefined && { license: base.licenseText }),
    regression: {
      targets: targets.facts,
      coverage: conformal.coverage,
      half_widths: conformal.halfWidths.map((h) => h ?? null),
    },
    onEvent,
  });
  onEvent(result);
  return result;
}

/** A model of standardised numbers as one of numbers in units: scale and mean go into its head. */
export function inUnits(model: Graph, targets: Targets): Graph {
  const [weight, bias] = [headValues.weight, headValues.bias].map((v) => model.initializers.get(v)!);
  const head = targets.unscaledHead({
    weight: weight!.data as Float32Array,
    bias: bias!.data as Float32Array,
  });
  return withWeights(
    model,
    new Map([
      [headValues.weight, float32(weight!.dims, head.weight)],
      [headValues.bias, float32(bias!.dims, head.bias)],
    ]),
  );
}

/** Answers in units as standardised ones. */
export function standard(answers: ArrayLike<number>, { mean, deviation, count }: Targets): Float32Array {
  return Float32Array.from(answers, (v, i) => (v - mean[i % count]!) / deviation[i % count]!);
}
