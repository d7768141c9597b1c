import { type Body, oldScoresOf } from "../bases/body.js";
import { exportClassifier } from "../bases/export.js";
import { withHead, withWeights } from "../bases/heads.js";
import { withPixels } from "../bases/pixels.js";
import { roundedAs, storedAs } from "../bases/weight-storage.js";
import type { EngraftError } from "../core/errors.js";
import type { Baseline, EngraftEvent, TrainResultEvent, Verdict } from "../core/events.js";
import type { Tensor } from "../core/tensor.js";
import type { ImageItem } from "../data/index.js";
import type { Graph } from "../graph/graph.js";
import { bindDims, extract } from "../graph/surgery/index.js";
import { scratchPlan } from "../methods/finetune/scratch.js";
import type { PlanRequest, TrainingPlan } from "../methods/plan.js";
import { defaultStrengths, fitProbeInTurns, type Probe } from "../methods/probe/index.js";
import { chooseStrategy, plannerOf, rowOf } from "../methods/registry.js";
import { featureBatch, inParts, type PartFeatures, partOf } from "../train/features.js";
import type { Fit, FitResult } from "../train/fit.js";
import { leastBytes, requireRoom } from "../train/step-memory.js";
import type { Context } from "./context.js";
import { type HeldSource, type PictureSource, predictWith } from "./feeds.js";
import { finish } from "./finish.js";
import { testLooks } from "./looks.js";
import { measure } from "./measure.js";
import { requireMemory } from "./memory.js";
import { defaults } from "./options.js";
import { explainRefusal, isRefusal, withoutBaselines } from "./refusal.js";
import { applyHead, correctOf, type Predictions, scoresOf } from "./scores.js";
import { fromScratch } from "./scratch.js";
import { openTrunk, splitCounts, withOldHead } from "./setup.js";
import { prepareStage } from "./stage.js";

/**
 * The run itself: plan, forecast, features, probe, training, scores, report. Everything that takes long keeps what
 * it did on disk, so that after a kill the same steps are gone through again and find their work done.
 */
export async function trainAndScore(
  context: Context,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<TrainResultEvent> {
  const { run, options, machine, platform, runtime, dataset, opened, decoded, onEvent } = context;
  const { body, base } = opened;
  const { signal } = options;
  const seed = options.seed ?? defaults.seed;
  const classes = dataset.classes;
  const items = (part: ImageItem["part"]): ImageItem[] => dataset.items.filter((item) => item.part === part);
  const trainItems = items("train");
  requireMemory(
    {
      items: dataset.items.length,
      examples: trainItems.length,
      width: body.width,
      classes: classes.length,
    },
    platform.memoryBytes(),
  );
  requireRoom(
    `running the base on ${featureBatch} pictures`,
    leastBytes(bindDims(body.graph, { batch: featureBatch })),
    platform.memoryBytes(),
  );
  const empty = {
    weight: new Float32Array(classes.length * body.width),
    bias: new Float32Array(classes.length),
  };
  const asked = options.strategy ?? defaults.strategy;
  const oldScores = rowOf(asked).oldHead ? oldScoresOf(base.imported.graph, body) : undefined;
  const blankOf = (trunk: Body) => withPixels(withHead(trunk, classes.length, empty), base.preprocessing);
  const plain = blankOf(body);
  const blank = oldScores === undefined ? plain : blankOf(withOldHead(opened, oldScores));
  const request: PlanRequest = {
    examples: trainItems.length,
    seed,
    ...(options.epochs !== undefined && { epochs: options.epochs }),
    ...(options.batchSize !== undefined && { batch: options.batchSize }),
    ...(options.lr !== undefined && { rate: options.lr }),
    ...(options.trainable !== undefined && { trainable: options.trainable }),
    classes: classes.map((name, label) => ({
      name,
      count: trainItems.filter((item) => item.label === label).length,
    })),
    ...(options.option !== undefined && { option: options.option }),
    ...(options.optimizer !== undefined && { optimizer: options.optimizer }),
    ...(options.schedule !== undefined && { schedule: options.schedule }),
    ...(oldScores !== undefined && { oldScores }),
  };
  const source = (batch: number): PictureSource => ({
    items: trainItems,
    preprocessing: base.preprocessing,
    augmentation: options.augment ?? defaults.augment,
    batch,
    seed,
    decoded,
    platform,
    ...(signal && { signal }),
  });
  const held = (part: ImageItem["part"]) => ({
    items: items(part),
    preprocessing: base.preprocessing,
    decoded,
    platform,
  });
  const stageOf = (model: Graph, plan: TrainingPlan, stage: string, phase: "training" | "scratch") => {
    const store = run.store(stage);
    return prepareStage({
      runtime,
      model,
      plan,
      train: source(plan.batch),
      validation: held("validation"),
      classes,
      stage,
      phase,
      ...(store && { store }),
      ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
      onEvent,
      ...(signal && { signal }),
    });
  };

  // Prepared before anything is computed: an operator without a gradient is found now, not after the features.
  let plan: TrainingPlan | undefined;
  let refusal: EngraftError | undefined;
  let fit: Fit | undefined;
  if (asked !== "probe") {
    try {
      plan = (await plannerOf(asked))(blank, request);
      fit = await stageOf(blank, plan, asked === "auto" ? "finetune" : asked, "training");
    } catch (error) {
      if (!isRefusal(error) || asked !== "auto") throw explainRefusal(error, body.graph);
      refusal = error;
    }
  }
  // The same for a run from scratch beside a probe, which needs the gradients that the probe does not.
  if (options.baselines && !fit) {
    try {
      (await plannerOf(asked))(blank, request);
      await (await stageOf(plain, scratchPlan(plain, request, 1), "scratch", "scratch")).dispose();
    } catch (error) {
      throw withoutBaselines(error);
    }
  }
  const strategy = chooseStrategy(asked, trainItems.length, refusal?.message);
  if (strategy.name === "probe" && fit) {
    await fit.dispose();
    fit = undefined;
  }
  const headSize = classes.length * (body.width + 1);
  onEvent({
    event: "trainable",
    strategy: strategy.name,
    reasons: strategy.reasons,
    parameters: fit ? plan!.groups.reduce((n, g) => n + g.parameters, 0) : headSize,
    total: totalSize(blank),
    groups: fit
      ? plan!.groups
      : [{ name: "head (solved, no rate)", parameters: headSize, values: 2, rate: 0 }],
  });
  const trunk = await openTrunk(opened, runtime, platform, { ...options, onEvent });
  const scratchPlans = options.baselines
    ? [1, 3].map((times) =>
        scratchPlan(plain, plan ? { ...request, epochs: plan.epochs, batch: plan.batch } : request, times),
      )
    : [];
  const expected = await measure(context, {
    trunk,
    fit,
    plan,
    train: trainItems,
    validation: items("validation").length,
    test: items("test").length,
    scratch: scratchPlans,
    scoredBefore: rowOf(asked).relationship ? trainItems.length : 0,
  });
  onEvent(expected);

  const featureBegin = performance.now();
  const ordered = inParts(dataset.items);
  const rows = await trunk.features(ordered, { onEvent, decoded, ...(signal && { signal }) });
  const features = (performance.now() - featureBegin) / 1000;
  await trunk.close();
  const parts = {
    train: partOf(ordered, "train", rows, body.width),
    validation: partOf(ordered, "validation", rows, body.width),
    test: partOf(ordered, "test", rows, body.width),
  };

  const trainingBegin = performance.now();
  let tried = 0;
  const head = (done: number): void =>
    onEvent({
      event: "progress",
      phase: "head",
      done,
      total: defaultStrengths.length,
      unit: "trials",
    });
  head(0);
  const probe = await fitProbeInTurns(
    { train: parts.train, validation: parts.validation, dims: body.width, classes: classes.length },
    {
      onStrength: () => head(++tried),
      ...(signal && { signal }),
    },
  );
  if (tried < defaultStrengths.length) head(defaultStrengths.length);
  const probeSeconds = (performance.now() - trainingBegin) / 1000;
  const probePredictions: Predictions = {
    logits: applyHead(probe, parts.test.features, body.width),
    labels: parts.test.labels,
    items: parts.test.items.map((item) => item.id),
  };
  const probed = withHead(body, classes.length, probe);
  let fitted: FitResult | undefined;
  let files: Readonly<Record<string, Uint8Array | string>> | undefined;
  let model = probed;
  let predictions = probePredictions;
  if (fit) {
    const start = new Map<string, Tensor>(
      [...probed.initializers].filter(([v]) => !body.graph.initializers.has(v)),
    );
    if (oldScores !== undefined && rowOf(asked).relationship)
      start.set(...(await relationship(context, oldScores, held("train"))));
    fitted = await fit.run(start);
    await fit.dispose();
    model = withWeights(probed, fitted.weights);
    if (plan?.adaptation) {
      const { keepAdapter } = await import("./adapters.js");
      ({ model, files } = keepAdapter(context, model, plan.adaptation.spec, fitted.weights));
    }
  }
  // What is measured is what the file holds; an adapter holds float32.
  const kept = options.adapterOnly === true ? "fp32" : (options.weights ?? defaults.weights);
  const stored = storedAs(model, kept, base.imported.storedAs);
  const rounded = roundedAs(model, stored);
  if (fitted || rounded !== model) {
    model = rounded;
    predictions = await predictWith(
      runtime,
      withPixels(model, base.preprocessing),
      held("test"),
      classes.length,
      signal,
    );
  }
  const training = (performance.now() - trainingBegin) / 1000;
  const test = scoresOf(classes, predictions);
  const validation = fitted ? fitted.best : validationOf(classes, probe, parts.validation, body.width);

  let baselines: { scratch?: Baseline; probe?: Baseline } | undefined;
  let verdict: Verdict | undefined;
  if (options.baselines) {
    const scratch = await fromScratch(
      context,
      plain,
      scratchPlans,
      (net, its, stage) => stageOf(net, its, stage, "scratch"),
      held("test"),
    );
    baselines = { scratch: scratch.baseline };
    if (fit)
      baselines.probe = {
        test: scoresOf(classes, probePredictions),
        seconds: features + probeSeconds,
        recipe: `logistic regression on frozen features, strength ${probe.strength}`,
      };
    const { compareRuns } = await import("../evidence/verdict.js");
    verdict = compareRuns({
      a: { correct: [correctOf(predictions, classes.length)] },
      b: { correct: [correctOf(scratch.predictions, classes.length)] },
    });
  }
  const result: TrainResultEvent = {
    event: "result",
    task: "image-classification",
    run: run.path,
    model: run.file("model"),
    base: { name: base.name, sha256: base.sha256, license: base.license },
    strategy,
    classes,
    split: splitCounts(dataset),
    trainable: {
      parameters: fit ? plan!.groups.reduce((n, g) => n + g.parameters, 0) : headSize,
      total: totalSize(blank),
    },
    epochs: fitted?.epochs.length ?? 0,
    best_epoch: fitted?.bestEpoch ?? 0,
    test,
    validation: { n: parts.validation.items.length, ...validation },
    seconds: { total: (performance.now() - begin) / 1000, features, training },
    peak_rss_mb: platform.peakMemoryMb(),
    forecast: { seconds: expected.seconds, peak_rss_mb: expected.peak_rss_mb },
    test_looks: await testLooks(platform, dataset.testFingerprint, run.path, onEvent),
    ...(baselines && { baselines }),
    ...(verdict && { verdict }),
  };
  await finish({
    run,
    machine,
    dataset,
    base,
    result,
    events: [...events, result],
    ...(options.adapterOnly !== true && { onnx: exportClassifier(model, base.preprocessing, stored) }),
    ...(files && { files }),
    onEvent,
  });
  onEvent(result);
  return result;
}

/** Which of the base's classes each class resembles, from the base's answers to the training pictures. */
async function relationship(
  { opened, runtime, options, dataset }: Context,
  oldScores: string,
  train: HeldSource,
): Promise<[string, Tensor]> {
  const { relationshipName, relationshipOf } = await import("../methods/regularised/co-tuning.js");
  const { imported, preprocessing } = opened.base;
  const old = imported.graph.typeOf(oldScores).shape![1] as number;
  const answering = withPixels(extract(imported.graph, [oldScores]), preprocessing);
  const { logits, labels } = await predictWith(runtime, answering, train, old, options.signal);
  return [relationshipName, relationshipOf(logits, labels, dataset.classes.length)];
}

function validationOf(classes: readonly string[], probe: Probe, part: PartFeatures, width: number) {
  if (part.items.length === 0) return { loss: Number.NaN, accuracy: Number.NaN };
  const { loss, accuracy } = scoresOf(classes, {
    logits: applyHead(probe, part.features, width),
    labels: part.labels,
    items: part.items.map((i) => i.id),
  });
  return { loss, accuracy };
}

function totalSize(graph: Graph): number {
  let size = 0;
  for (const [, { data, dtype }] of graph.initializers) if (dtype === "float32") size += data.length;
  return size;
}
