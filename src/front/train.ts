import { withHead, withWeights } from "../bases/heads.js";
import { exportClassifier } from "../bases/export.js";
import { withPixels } from "../bases/pixels.js";
import { EngraftError } from "../core/errors.js";
import type { Baseline, EngraftEvent, OnEvent, TrainResultEvent, Verdict } from "../core/events.js";
import type { Tensor } from "../core/tensor.js";
import { type Dataset, type ImageItem, PixelCache } from "../data/index.js";
import type { Graph } from "../graph/graph.js";
import { toOnnx } from "../graph/to-onnx.js";
import { finetunePlan } from "../methods/finetune/finetune.js";
import { scratchPlan } from "../methods/finetune/scratch.js";
import type { PlanRequest, TrainingPlan } from "../methods/plan.js";
import { type Probe, fitProbe } from "../methods/probe/index.js";
import { chooseStrategy } from "../methods/registry.js";
import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";
import { partOf } from "../train/features.js";
import type { FitResult } from "../train/fit.js";
import { freshWeights } from "../train/initialize.js";
import { type PictureSource, predictAll, stepsOf } from "./feeds.js";
import { forecast } from "./forecast.js";
import { testLooks } from "./looks.js";
import { type TrainOptions, defaults } from "./options.js";
import { openMachine } from "./machine.js";
import { finish } from "./finish.js";
import { RunFolder, type RunManifest, freeRunPath } from "./run-folder.js";
import { type Predictions, applyHead, scoresOf } from "./scores.js";
import { type OpenedBase, type Trunk, openBody, openData, openTrunk, splitCounts } from "./setup.js";
import { prepareStage } from "./stage.js";

/**
 * Fine-tune a base on labelled pictures: forecast, train, evaluate, write a run folder with a model folder.
 *
 * @param data a folder, CSV or JSONL (see the guide, "Data"), or an opened data set.
 * @returns the `result` event: scores on the test part with intervals, where model and report are.
 * @throws EngraftError with a message for people; `Interrupted` after an abort, with the state saved.
 * @example
 * const run = await train("./flowers", { base: "vision-mini", onEvent: console.log });
 * console.log(run.test.accuracy, run.model);
 */
export async function train(data: string | Dataset, options: TrainOptions = {}): Promise<TrainResultEvent> {
  const { platform } = await openMachine();
  const root = platform.files.resolve(typeof data === "string" ? data : data.root);
  if (typeof data === "string" && !(await platform.files.stat(root))) {
    throw new EngraftError("DataError", `there is no data at "${data}"`, {
      help: "give a folder with one folder of pictures for each class",
    });
  }
  const path =
    options.out === undefined
      ? await freeRunPath(platform, root, new Date().toISOString().slice(0, 10))
      : platform.files.resolve(options.out);
  const { onEvent: _e, signal: _s, threads, out: _o, ...kept } = options;
  const manifest: RunManifest = {
    format: 1,
    status: "running",
    command: commandLine(root, kept, path),
    data: root,
    options: kept,
    started: new Date().toISOString(),
    versions: {},
    machine: platform.machine(),
    threads: threads ?? platform.cores(),
  };
  await platform.files.ensureDir(platform.files.dirname(path));
  return platform.files.withLock(
    path,
    async () =>
      work(
        await RunFolder.create(platform, path, manifest),
        options,
        typeof data === "string" ? undefined : data,
      ),
    {
      what: `the run folder "${path}"`,
    },
  );
}

/**
 * Go on with a run that was stopped or killed. A finished run gives its result again.
 * @throws RunError when the folder holds no run, or data or base are not the ones it was started with.
 */
export async function resume(
  path: string,
  options: Pick<TrainOptions, "onEvent" | "signal" | "threads"> = {},
): Promise<TrainResultEvent> {
  const { platform } = await openMachine();
  const run = await RunFolder.open(platform, platform.files.resolve(path));
  if (run.manifest.status === "done" && run.manifest.result) {
    options.onEvent?.(run.manifest.result);
    return run.manifest.result as TrainResultEvent;
  }
  return platform.files.withLock(
    run.path,
    async () => {
      const { manifest } = run;
      const warn = (code: string, message: string): void =>
        options.onEvent?.({ event: "warning", code, message });
      if (manifest.machine !== platform.machine()) {
        warn(
          "machine",
          `the run was started on ${manifest.machine}: the result will not be bit-identical here`,
        );
      }
      if (options.threads !== undefined && options.threads !== manifest.threads) {
        warn(
          "threads",
          `the run was started with ${manifest.threads} threads: with ${options.threads} the result may differ in the last bits`,
        );
      }
      return work(
        run,
        { ...(manifest.options as TrainOptions), threads: manifest.threads, ...options },
        undefined,
      );
    },
    // A killed process cannot give its lock back: it is free after 15 s.
    { what: `the run folder "${run.path}"`, wait: 20_000 },
  );
}

/** Everything the steps of a run share. */
interface Context {
  readonly run: RunFolder;
  readonly options: TrainOptions;
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly dataset: Dataset;
  readonly opened: OpenedBase;
  readonly decoded: PixelCache;
  readonly onEvent: OnEvent;
}

async function work(
  run: RunFolder,
  options: TrainOptions,
  dataset: Dataset | undefined,
): Promise<TrainResultEvent> {
  const begin = performance.now();
  const { platform, openRuntime } = await openMachine();
  let writing = Promise.resolve();
  const events: EngraftEvent[] = [];
  const onEvent: OnEvent = (event) => {
    options.onEvent?.(event);
    if (event.event === "progress") return;
    events.push(event);
    // The file is a record for people; a full disk must not stop the run before its checkpoint says so.
    writing = writing.then(() => run.event(event)).catch(() => undefined);
  };
  const threads = options.threads ?? platform.cores();
  const runtime = await openRuntime(threads);
  try {
    onEvent({
      event: "start",
      command: run.manifest.command,
      version: runtime.version,
      run: run.path,
      seed: options.seed ?? defaults.seed,
      threads,
      machine: platform.machine(),
    });
    await run.update({
      versions: {
        ...platform.versions(),
        [runtime.name]: runtime.version,
        decoder: await platform.pictures.version(),
      },
    });
    const given = await openData(dataset ?? run.manifest.data, { ...options, onEvent });
    requireSame(run, "data", run.manifest.fingerprint, given.fingerprint);
    const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
    requireSame(run, "base", run.manifest.base_sha256, opened.base.sha256);
    await run.update({ fingerprint: given.fingerprint, base_sha256: opened.base.sha256 });
    const context: Context = {
      run,
      options,
      platform,
      runtime,
      dataset: given,
      opened,
      decoded: new PixelCache(),
      onEvent,
    };
    const result = await trainAndScore(context, begin, events);
    await writing;
    return result;
  } finally {
    await writing;
    await runtime.close();
  }
}

function requireSame(run: RunFolder, what: string, before: string | undefined, now: string): void {
  if (before === undefined || before === now) return;
  throw new EngraftError("RunError", `the ${what} changed since the run was started`, {
    at: `${run.path}: ${what} ${before.slice(0, 12)}… then, ${now.slice(0, 12)}… now`,
    help: `put the ${what} back as it was, or start a new run`,
    details: { before, now },
  });
}

async function trainAndScore(
  context: Context,
  begin: number,
  events: readonly EngraftEvent[],
): Promise<TrainResultEvent> {
  const { run, options, platform, runtime, dataset, opened, decoded, onEvent } = context;
  const { body, base } = opened;
  const { signal } = options;
  const seed = options.seed ?? defaults.seed;
  const classes = dataset.classes;
  const items = (part: ImageItem["part"]): ImageItem[] => dataset.items.filter((item) => item.part === part);
  const trainItems = items("train");
  const request: PlanRequest = {
    examples: trainItems.length,
    ...(options.epochs !== undefined && { epochs: options.epochs }),
    ...(options.batchSize !== undefined && { batch: options.batchSize }),
    ...(options.lr !== undefined && { rate: options.lr }),
  };
  const empty = {
    weight: new Float32Array(classes.length * body.width),
    bias: new Float32Array(classes.length),
  };
  const blank = withPixels(withHead(body, classes.length, empty), base.preprocessing);
  const asked = options.strategy ?? defaults.strategy;
  const source = (batch: number): PictureSource => ({
    items: trainItems,
    preprocessing: base.preprocessing,
    augmentation: options.augment ?? defaults.augment,
    batch,
    seed,
    decoded,
    ...(signal && { signal }),
  });
  const held = (part: ImageItem["part"]) => ({
    items: items(part),
    preprocessing: base.preprocessing,
    decoded,
  });
  const stageOf = (model: Graph, plan: TrainingPlan, stage: string, phase: "training" | "scratch") =>
    prepareStage({
      runtime,
      model,
      plan,
      train: source(plan.batch),
      validation: held("validation"),
      classes,
      stage,
      phase,
      store: run.store(stage),
      onEvent,
      ...(signal && { signal }),
    });

  // Prepared before anything is computed: an operator without a gradient is found now, not after the features.
  let plan: TrainingPlan | undefined;
  let refusal: EngraftError | undefined;
  let fit: Awaited<ReturnType<typeof stageOf>> | undefined;
  if (asked !== "probe") {
    try {
      plan = finetunePlan(blank, request);
      fit = await stageOf(blank, plan, "finetune", "training");
    } catch (error) {
      if (!(error instanceof EngraftError) || asked !== "auto") throw error;
      refusal = error;
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
        scratchPlan(blank, plan ? { ...request, epochs: plan.epochs, batch: plan.batch } : request, times),
      )
    : [];
  const expected = await measure(
    context,
    trunk,
    fit,
    plan,
    trainItems,
    items("validation").length + items("test").length,
    scratchPlans,
  );
  onEvent(expected);

  const featureBegin = performance.now();
  const rows = await trunk.features(dataset.items, { onEvent, decoded, ...(signal && { signal }) });
  const features = (performance.now() - featureBegin) / 1000;
  await trunk.close();
  const parts = {
    train: partOf(dataset, "train", rows, body.width),
    validation: partOf(dataset, "validation", rows, body.width),
    test: partOf(dataset, "test", rows, body.width),
  };

  const trainingBegin = performance.now();
  const probe = fitProbe({
    train: parts.train,
    validation: parts.validation,
    dims: body.width,
    classes: classes.length,
  });
  const probeSeconds = (performance.now() - trainingBegin) / 1000;
  const probePredictions: Predictions = {
    logits: applyHead(probe, parts.test.features, body.width),
    labels: parts.test.labels,
    items: parts.test.items.map((item) => item.id),
  };
  const probed = withHead(body, classes.length, probe);
  let fitted: FitResult | undefined;
  let model = probed;
  let predictions = probePredictions;
  if (fit) {
    const start = new Map<string, Tensor>(
      [...probed.initializers].filter(([v]) => !body.graph.initializers.has(v)),
    );
    fitted = await fit.run(start);
    await fit.dispose();
    model = withWeights(probed, fitted.weights);
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
    const scratch = await fromScratch(context, blank, scratchPlans, stageOf, held("test"));
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
    test_looks: await testLooks(platform, dataset.testFingerprint, run.path),
    ...(baselines && { baselines }),
    ...(verdict && { verdict }),
  };
  await finish({
    run,
    platform,
    dataset,
    base,
    result,
    events: [...events, result],
    onnx: exportClassifier(model, base.preprocessing),
    onEvent,
  });
  onEvent(result);
  return result;
}

/** Raw scores under a model with its weights inside. */
async function predictWith(
  runtime: Runtime,
  model: Graph,
  source: Pick<PictureSource, "items" | "preprocessing" | "decoded">,
  classes: number,
  signal: AbortSignal | undefined,
): Promise<Predictions> {
  const session = await runtime.session(toOnnx(model), { label: "the trained model" });
  try {
    return await predictAll(
      async (x) =>
        Object.values(await session.run({ [session.inputs[0]!.name]: x }))[0]!.data as Float32Array,
      { ...source, ...(signal && { signal }) },
      classes,
    );
  } finally {
    await session.dispose();
  }
}

/** Train the same network from random weights, once as long and three times as long; the better by validation. */
async function fromScratch(
  context: Context,
  blank: Graph,
  plans: readonly TrainingPlan[],
  stageOf: (
    model: Graph,
    plan: TrainingPlan,
    stage: string,
    phase: "scratch",
  ) => ReturnType<typeof prepareStage>,
  test: Pick<PictureSource, "items" | "preprocessing" | "decoded">,
): Promise<{ baseline: Baseline; predictions: Predictions }> {
  const { options, dataset, runtime } = context;
  const fresh = withWeights(blank, freshWeights(blank, options.seed ?? defaults.seed));
  let best: { result: FitResult; plan: TrainingPlan } | undefined;
  let seconds = 0;
  for (const [i, plan] of plans.entries()) {
    const fit = await stageOf(fresh, plan, i === 0 ? "scratch" : "scratch, three times as long", "scratch");
    const result = await fit.run();
    await fit.dispose();
    seconds += result.seconds;
    if (
      !best ||
      result.best.accuracy > best.result.best.accuracy ||
      (result.best.accuracy === best.result.best.accuracy && result.best.loss < best.result.best.loss)
    ) {
      best = { result, plan };
    }
  }
  const model = withWeights(fresh, best!.result.weights);
  const predictions = await predictWith(runtime, model, test, dataset.classes.length, options.signal);
  return {
    baseline: { test: scoresOf(dataset.classes, predictions), seconds, recipe: best!.plan.words },
    predictions,
  };
}

/** Two measured steps and two measured batches, and what they mean for the whole run. */
async function measure(
  { options, platform, dataset, opened, decoded }: Context,
  trunk: Trunk,
  fit: { measure(): Promise<number> } | undefined,
  plan: TrainingPlan | undefined,
  trainItems: readonly ImageItem[],
  held: number,
  scratch: readonly TrainingPlan[],
) {
  const sample = trainItems.slice(0, Math.min(64, trainItems.length));
  // The first batch pays for loading the decoder and planning memory: only the second one counts.
  const begin = performance.now();
  await trunk.features(sample.slice(0, Math.ceil(sample.length / 2)), { decoded });
  const middle = performance.now();
  const rest = sample.slice(Math.ceil(sample.length / 2));
  await trunk.features(rest, { decoded });
  const perPicture = (performance.now() - middle) / 1000 / Math.max(1, rest.length);
  void begin;
  const secondsPerStep = fit ? await fit.measure() : 0;
  const steps = fit && plan ? plan.epochs * stepsOf(trainItems.length, plan.batch, false) : 0;
  const { height, width } = opened.base.preprocessing;
  const pixels = Math.min(decoded.limit, dataset.items.length * height * width * 3);
  void options;
  return forecast({
    secondsPerPicture: perPicture,
    picturesToExtract: dataset.items.length - sample.length,
    secondsPerStep,
    steps,
    picturesToScore: fit && plan ? (plan.epochs + 2) * held : 0,
    baselineSteps: scratch.reduce((n, p) => n + p.epochs * stepsOf(trainItems.length, p.batch, true), 0),
    peakRssMb: platform.peakMemoryMb(),
    laterBytes: pixels - decoded.bytes + dataset.items.length * opened.body.width * 4,
  });
}

function validationOf(
  classes: readonly string[],
  probe: Probe,
  part: ReturnType<typeof partOf>,
  width: number,
) {
  if (part.items.length === 0) return { loss: Number.NaN, accuracy: Number.NaN };
  const { loss, accuracy } = scoresOf(classes, {
    logits: applyHead(probe, part.features, width),
    labels: part.labels,
    items: part.items.map((i) => i.id),
  });
  return { loss, accuracy };
}

function correctOf({ logits, labels }: Predictions, classes: number): boolean[] {
  return Array.from(labels, (label, i) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (logits[i * classes + c]! > logits[i * classes + best]!) best = c;
    return best === label;
  });
}

function totalSize(graph: Graph): number {
  let size = 0;
  for (const [, { data, dtype }] of graph.initializers) if (dtype === "float32") size += data.length;
  return size;
}

function commandLine(data: string, options: Readonly<Record<string, unknown>>, out: string): string {
  const flags = Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
    if (name === "cache") return value === false ? ["--no-cache"] : [];
    if (value === undefined || value === false) return [];
    return value === true ? [flag] : [flag, String(value)];
  });
  return ["engraft train", JSON.stringify(data), ...flags, "--out", JSON.stringify(out)].join(" ");
}
