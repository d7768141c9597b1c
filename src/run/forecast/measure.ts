import { EngraftError } from "../../core/errors.js";
import type { ForecastEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { ForecastFacts } from "../../core/results/counts.js";
import { sizeOf } from "../../core/shape.js";
import { arePictures, type PictureInputs, type Sample } from "../../data/index.js";
import type { Graph } from "../../graph/graph.js";
import { stepsOfEpoch, stepsOfPlan } from "../../methods/epoch-steps.js";
import { expectedEpochs } from "../../methods/expected-epochs.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { stepIn } from "../../methods/step-in.js";
import { memoryOf, type RecipeOptions } from "../../options/options.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import { savingPerEpoch } from "../../train/epochs/saving.js";
import { featureBatch } from "../../train/features.js";
import type { Evaluator, Fit } from "../../train/fit.js";
import { inWords } from "../../train/step/step-memory.js";
import type { Unrecorded } from "../context.js";
import type { Trunk } from "../setup.js";
import { phaseEnds } from "../training/budget.js";
import { countParameters } from "../training/count-parameters.js";
import { predictAll } from "../training/feeds.js";
import { noClass } from "../training/train-source.js";
import type { ExtraTrainings } from "./extra-trainings.js";
import { forecast, forecastFacts, type Measured, secondsOf } from "./forecast.js";
import { headsSolved, scoredUntilTest } from "./heads-solved.js";
import type { ExtraTrainingsForecast } from "./resolve-baselines.js";

/** The planned work, as far as it takes time. */
export interface Work {
  /** `performance.now()` when the run began. */
  readonly begin: number;
  /** Seconds for the graph and session of the first training. */
  readonly preparing: number;
  readonly trunk: Trunk;
  /** The training; if a head is solved, the first one from scratch. */
  readonly fit: Pick<Fit, "measure" | "evaluate" | "step" | "leastBytes" | "session"> | undefined;
  readonly plan: TrainingPlan | undefined;
  readonly train: readonly Sample[];
  /** Images that are scored after each epoch, and once at the end. */
  readonly validation: number;
  readonly test: number;
  /** Possible additional trainings, the most first; the last one if nothing else fits. */
  readonly extra: readonly [ExtraTrainings, ...ExtraTrainings[]];
  /** The model that scores the test split at the end, pixels -> logits, if a head is solved and nothing trained. */
  readonly solved?: Graph;
  /** Forecasts the seconds of models that are solved. Missing: none. */
  readonly solving?: () => Promise<number>;
  /** Forecasts the seconds of the baselines that need no training. Missing: none. */
  readonly comparing?: () => Promise<number>;
  /** Samples that are scored before the first step, or after the last one for another head. */
  readonly scoredBesides: number;
  /** Folds of a cross-validation. Missing: none. */
  readonly folds?: number | undefined;
}

/** Forecast of a run, and the time of its parts. */
export interface Expected {
  readonly event: ForecastEvent;
  /** What a result keeps of it. */
  readonly facts: ForecastFacts;
  /** The additional trainings of the run. */
  readonly extra: ExtraTrainings;
  readonly secondsPerStep: number;
  readonly secondsPerScored: number;
  /** Seconds to solve a head that scores a training by pairs; else 0. */
  readonly secondsPerSolve: number;
  /** Seconds of the baselines that need no training, which a budget keeps free; 0 without a budget. */
  readonly secondsOfBaselines: number;
}

/**
 * Bytes that checkpoints add: the state as read, as encoded, and the best one before. For large states garbage is
 * collected in between: a full fine-tuning of BERT-base, of 1.3 GB, added half of it.
 */
const checkpointBytes = (state: number): number => Math.min(3 * state, 2 ** 28 + state / 2);

/** Measured batches: the first includes loading; in the others decoder and backbone run in parallel. */
const sampledBatches = 3;

/** Steps of the rate finder: most of its 100 updates. */
const sweepSteps = (plan: TrainingPlan): number => 90 * (plan.accumulate ?? 1);

/** Bytes that each closed training after the second leaves in the process, whatever its size. */
const leftByEach = 20e6;

/**
 * Memory that closed trainings leave: the first two about a quarter of their step's, reused by later ones, which add a
 * little. Measured on the README's commands (docs/forecasts.md). @param more trainings besides the first
 */
const leftBehind = (more: number, bytes: number): number =>
  (Math.max(0, Math.min(2, more)) / 4) * bytes + Math.max(0, more - 2) * leftByEach;

/**
 * Time of a checkpoint relative to reading the state, for reading, encoding and writing: ten, for states of 12 and of
 * 65 MB.
 */
const readsPerSave = 10;

/** Measures the seconds of reading a training's state. */
async function reading({ session }: Pick<Fit, "session">): Promise<number> {
  const read = async (): Promise<number> => {
    const begin = performance.now();
    await session.readState();
    return (performance.now() - begin) / 1000;
  };
  const first = await read();
  // The first read allocates memory that later ones reuse; for a large state one measurement suffices.
  return first < 0.2 ? Math.min(first, await read()) : first;
}

/** Seconds of an epoch besides steps and scores: half of the epochs are the best so far, whose weights are read. */
const keeping = (read: number, epoch: number): number =>
  read / 2 + savingPerEpoch(readsPerSave * read, epoch);

/** Returns the plan with its expected number of epochs. */
const asExpected = (plan: TrainingPlan): TrainingPlan => ({ ...plan, epochs: expectedEpochs(plan) });

/** True if a training may end before all its epochs. */
const mayStop = (plan: TrainingPlan): boolean =>
  plan.plateau !== undefined || expectedEpochs(plan) < plan.epochs;

/** Measures two steps and some batches, and forecasts the whole run. */
export async function measure(context: Unrecorded, work: Work): Promise<Expected> {
  const { options, machine } = context;
  const { fit } = work;
  const plan = work.plan && asExpected(work.plan);
  const costs = await measureCosts(context, work, plan);
  const forecastOf = (extra: ExtraTrainings): ExtraTrainingsForecast => {
    const m = expectedWork(context, work, { plan, extra, costs });
    return { extra, event: forecast(m), planned: secondsOf(m).planned };
  };
  const { extra, event } =
    work.extra.length > 1
      ? (await import("./resolve-baselines.js")).chooseExtraTrainings(work.extra, forecastOf, options.budget)
      : forecastOf(work.extra[0]);
  refuseAboveLimit(options, event.peak_rss_mb);
  const fits = machine.platform.memoryBytes() / 1e6;
  if (fit && plan && event.peak_rss_mb > fits) warnOfMemory(context, plan, event.peak_rss_mb, fits);
  const { secondsPerStep, secondsPerScored, secondsPerSolve, secondsOfBaselines } = costs;
  const facts = forecastFacts(event);
  return { event, facts, extra, secondsPerStep, secondsPerScored, secondsPerSolve, secondsOfBaselines };
}

/** Seconds of each part of a run, and megabytes of a step and of scoring. */
interface Costs {
  readonly secondsSpent: number;
  readonly secondsPerPicture: number;
  /** Images whose features are not computed yet. */
  readonly left: number;
  readonly secondsPerStep: number;
  readonly secondsPerRead: number;
  readonly secondsPerScored: number;
  readonly secondsPerSolve: number;
  readonly secondsSolving: number;
  readonly secondsOfBaselines: number;
  readonly stepMb: number;
  readonly scoringMb: number;
  readonly nowMb: number;
}

async function measureCosts(context: Unrecorded, work: Work, plan: TrainingPlan | undefined): Promise<Costs> {
  const { options, machine, dataset } = context;
  const { trunk, fit, train } = work;
  const missing = await trunk.missing(dataset.items);
  const { signal } = options;
  const timed = async (items: readonly Sample[]): Promise<number> => {
    const begin = performance.now();
    await trunk.features(items, { signal });
    return (performance.now() - begin) / 1000;
  };
  const { secondsPerPicture, left } =
    !fit && isShort(context, missing)
      ? { secondsPerPicture: 0, left: missing.length }
      : await extracting(context, missing, timed);
  const before = machine.platform.memoryMb();
  const secondsPerStep = fit ? await fit.measure() : 0;
  const withStep = machine.platform.memoryMb();
  const secondsPerRead = fit ? await reading(fit) : 0;
  // The features predict a solved head; only additional views need the whole model.
  const secondsPerScored = fit
    ? await scoring(fit.evaluate, train, context)
    : viewsToScore(options, work) > 0 && work.solved
      ? await scoringOf(work.solved, train, context)
      : 0;
  const secondsPerSolve = plan?.pairs ? await solving(context) : 0;
  const nowMb = machine.platform.memoryMb();
  const isCompared = options.budget !== undefined && options.baselines;
  const secondsOfBaselines = (isCompared && (await work.comparing?.())) || 0;
  const secondsSolving =
    ((await work.solving?.()) ?? 0) + (await secondsOfFolds(context, work)) + secondsOfBaselines;
  return {
    secondsPerPicture,
    left,
    secondsPerStep,
    secondsPerRead,
    secondsPerScored,
    secondsPerSolve,
    secondsSolving,
    secondsOfBaselines,
    stepMb: Math.max(0, withStep - before),
    scoringMb: Math.max(0, nowMb - withStep),
    nowMb,
    secondsSpent: (performance.now() - work.begin) / 1000,
  };
}

/** Seconds of the folds besides their training: each opens the base, plans and measures as the run did, and solves a head of classes. */
async function secondsOfFolds(context: Unrecorded, { begin, folds = 0 }: Work): Promise<number> {
  if (folds === 0) return 0;
  const { dataset, training, opened, folds: its } = context;
  const opening = (performance.now() - begin) / 1000 - (its?.dataSeconds ?? 0);
  // Of several labels, classOf tells combinations apart, of which there may be more than labels.
  const { classOf } = training.head;
  const isClass = classOf && dataset.items.every((item) => classOf(item) < dataset.classes.length);
  return folds * (opening + (isClass && !opened.made ? await solving(context) : 0));
}

/** Parameters of a base that computes the features of a batch in about a second. */
const smallBase = 1e7;

/** True for pictures of one batch and a small base: their measurement takes two batches, and would be most of a probe's run. */
const isShort = ({ inputs, opened }: Unrecorded, missing: readonly Sample[]): boolean =>
  arePictures(inputs) && missing.length <= featureBatch && countParameters(opened.body.graph) < smallBase;

/** Views of the test split that test-time augmentation scores. */
const viewsToScore = ({ tta = 1 }: Unrecorded["options"], { test }: Work): number =>
  tta > 1 ? tta * test : 0;

/** Amount of each kind of work in a run, including additional trainings. */
function expectedWork(
  { options, machine, dataset, opened, inputs }: Unrecorded,
  work: Work,
  {
    plan,
    extra,
    costs,
  }: {
    readonly plan: TrainingPlan | undefined;
    readonly extra: ExtraTrainings;
    readonly costs: Costs;
  },
): Measured {
  const { fit, train, validation, test, scoredBesides } = work;
  const { secondsPerStep, secondsPerScored, stepMb, scoringMb } = costs;
  const trainsItself = fit !== undefined && plan !== undefined;
  const scratch = extra.plans.map(asExpected);
  const trainings = extra.plans.length + (trainsItself ? 1 : 0);
  // If a head is solved, the steps are those of the first run from scratch.
  const first = plan ?? scratch[0];
  const epochSteps = first ? stepsOfEpoch(first, train.length) : 0;
  const stepsIn = (p: TrainingPlan): number => stepsOfPlan(p, train.length);
  const sizes = { train: train.length, validation };
  const state = fit?.step.state.reduce((n, { initial }) => n + 4 * sizeOf(initial.dims), 0) ?? 0;
  const pixels = arePictures(inputs) ? pixelsToKeep(inputs, dataset.items.length) : 0;
  const sum = (of: (plan: TrainingPlan) => number): number => scratch.reduce((n, p) => n + of(p), 0);
  return {
    ...costs,
    device: machine.runtime.device,
    secondsPerStart: work.preparing,
    baselineStarts: scratch.length,
    picturesToExtract: costs.left,
    secondsPerKept: keeping(
      costs.secondsPerRead,
      epochSteps * secondsPerStep + validation * secondsPerScored,
    ),
    epochs: trainsItself ? plan.epochs : 0,
    baselineEpochs: sum((p) => p.epochs),
    steps: trainsItself ? Math.round(stepsIn(plan)) + (options.lr === "find" ? sweepSteps(plan) : 0) : 0,
    picturesToScore:
      viewsToScore(options, work) + (trainsItself ? scoredUntilTest(plan, sizes) + test + scoredBesides : 0),
    // The head on frozen features counts too.
    solves: trainsItself && plan.pairs ? headsSolved(plan) + 1 : 0,
    baselineSolves: sum(headsSolved),
    baselineSteps: sum((p) => stepIn(p, plan) * stepsIn(p)),
    baselinePictures:
      sum((p) => (p.pairs ? scoredUntilTest(p, sizes) : (p.epochs + 1) * validation)) +
      (scratch.length > 0 ? test : 0),
    extraName: extra.name ?? extraName(extra),
    mayStopEarly: extra.plans.some(mayStop),
    // A page does not know its memory: then only the computed memory counts.
    peakRssMb: Math.max(costs.nowMb, machine.platform.peakMemoryMb(), (fit?.leastBytes ?? 0) / 1e6),
    // Later: the images, the features; copies of the state during a checkpoint; another session for the test split;
    // memory left by earlier trainings.
    laterBytes:
      pixels +
      dataset.items.length * opened.body.width * 4 +
      checkpointBytes(state) +
      1e6 * (trainings > 0 ? scoringMb : 0) +
      leftBehind(trainings - 1, 1e6 * (stepMb + scoringMb)),
    budget: options.budget,
    ...(options.budget !== undefined && {
      featuresEnd: options.budget * phaseEnds.features[plan ? "trained" : "solved"],
    }),
  };
}

/** Bytes of pictures that the cache will still take. */
function pixelsToKeep(
  { decoded, preprocessing: { height, width } }: PictureInputs,
  pictures: number,
): number {
  return Math.min(decoded.limit, pictures * height * width * 3) - decoded.bytes;
}

/** Name of the additional trainings in the forecast. */
function extraName({ seeds, baselines, folds }: ExtraTrainings): string {
  const scratch = seeds === 1 ? "baseline from scratch" : "baselines from scratch";
  const names = [
    ...(seeds > 1 ? ["other seeds"] : []),
    ...(folds === undefined ? [] : [`${folds} folds`]),
    ...(baselines ? [scratch] : []),
  ];
  return names.length === 0 ? scratch : names.join(" and ");
}

/** Seconds per item through the frozen backbone, and number of remaining items. */
async function extracting(
  { inputs }: Unrecorded,
  missing: readonly Sample[],
  timed: (items: readonly Sample[]) => Promise<number>,
): Promise<{ readonly secondsPerPicture: number; readonly left: number }> {
  if (!arePictures(inputs) && missing.length > 0) {
    const { extractingByLength } = await import("./seconds-by-length.js");
    return extractingByLength(missing, inputs, timed, featureBatch);
  }
  // Not all of a small set: some remain for the stage that shows progress.
  const toTrain = missing.filter((item) => item.part === "train");
  const sample = (toTrain.length > 0 ? toTrain : missing).slice(0, sampledBatches * featureBatch);
  const first = Math.ceil(sample.length / sampledBatches);
  // The first batch includes loading the decoder and planning memory, so it does not count.
  await timed(sample.slice(0, first));
  const seconds = await timed(sample.slice(first));
  // A short batch is padded and costs as much as a full one.
  const pictures = featureBatch * Math.ceil((sample.length - first) / featureBatch);
  return { secondsPerPicture: seconds / Math.max(1, pictures), left: missing.length - sample.length };
}

/** Seconds to solve a head on features of the run's size. */
async function solving({ dataset, opened, training }: Unrecorded): Promise<number> {
  const { classOf = noClass } = training.head;
  const { secondsToSolve } = await import("./seconds-to-solve.js");
  const labelsOf = (part: Sample["part"]): Int32Array =>
    Int32Array.from(dataset.items.filter((item) => item.part === part).map(classOf));
  const labels = { train: labelsOf("train"), validation: labelsOf("validation") };
  return secondsToSolve(labels, { width: opened.body.width, classes: dataset.classes.length });
}

/** Warns if memory may run short, and suggests a smaller batch. */
/** @throws OptionError if the run needs more memory than `memoryLimit` allows */
function refuseAboveLimit(options: Pick<RecipeOptions, "memoryLimit">, peak: number): void {
  const limit = memoryOf(options, Number.POSITIVE_INFINITY);
  if (1e6 * peak <= limit) return;
  throw new EngraftError(
    "OptionError",
    `the run needs about ${inWords(1e6 * peak)} of memory, and its limit is ${inWords(limit)}`,
    {
      help: "give a higher --memory-limit, or a smaller --batch-size",
      details: { needs: 1e6 * peak, limit },
    },
  );
}

function warnOfMemory({ onEvent }: Unrecorded, plan: TrainingPlan, peak: number, fits: number): void {
  // Most of it grows with the batch.
  const batch = Math.max(1, 2 ** Math.floor(Math.log2((plan.batch * fits) / peak)));
  const more = Math.round((plan.batch * (plan.accumulate ?? 1)) / batch);
  const [needed, there] = [inWords(1e6 * peak), inWords(1e6 * fits)];
  onEvent({
    event: "warning",
    ...warningText(
      "memory",
      batch < plan.batch
        ? message("memory-needs-smaller-batch", { needed, there, batch, accumulate: more })
        : message("memory-may-run-short", { needed, there }),
    ),
  });
}

/** Seconds per image through the model being trained. */
async function scoring(
  evaluate: Evaluator,
  items: readonly Sample[],
  { dataset, options, inputs }: Unrecorded,
): Promise<number> {
  const { signal } = options;
  const source = { inputs, signal };
  const timed = async (some: readonly Sample[]): Promise<number> => {
    await predictAll(evaluate, { ...source, items: some }, dataset.classes.length);
    const begin = performance.now();
    await predictAll(evaluate, { ...source, items: some }, dataset.classes.length);
    return (performance.now() - begin) / 1000 / some.length;
  };
  if (arePictures(inputs)) return timed(items.slice(0, featureBatch));
  if (inputs.uniform) return timed(items.slice(0, inputs.uniform.atOnce));
  const { secondsByLength, secondsOfAll } = await import("./seconds-by-length.js");
  const batch = featureBatch;
  const secondsOf = await secondsByLength(
    items,
    inputs,
    async (all) => batch * (await timed(all.slice(0, batch))),
  );
  return secondsOfAll(items, inputs, secondsOf, { batch, whole: false }) / items.length;
}

/** Seconds per image through a model that is opened for it. */
async function scoringOf(model: Graph, items: readonly Sample[], context: Unrecorded): Promise<number> {
  const session = await openSession(context.machine.runtime, model, { label: "the model with a new head" });
  try {
    return await scoring((x) => firstOutput(session, x), items, context);
  } finally {
    await session.dispose();
  }
}
