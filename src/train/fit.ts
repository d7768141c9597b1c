import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { fitted, openEvaluator } from "../runtime/open.js";
import type { SessionOptions, TrainingSession } from "../runtime/runtime.js";
import type { Weights } from "./epochs/average-weights.js";
import { evaluated, withoutFrozen } from "./epochs/evaluated.js";
import type { RateSweep } from "./epochs/find-rate.js";
import { type EpochLoop, runEpochs } from "./epochs/run-epochs.js";
import type { Decided, Evaluator, FitOptions, FitResult } from "./fit-options.js";
import type { StepFeeds } from "./loop.js";
import { startState } from "./start-state.js";
import { clockOf } from "./step/clock.js";
import { type DividedOptions, divided, onWholeBatches, wholeStep } from "./step/divide-batch.js";
import type { DividedTraining, PartFeeds } from "./step/divided-training.js";
import { measureSteps } from "./step/measure-steps.js";
import { lengthsInMemory, SizedTraining } from "./step/sized-training.js";
import { feedNames } from "./step/state-names.js";
import type { Step } from "./step/step.js";
import type { Room } from "./step/step-room.js";
import { isSingleStep, trainingModel } from "./step/training-model.js";

export type { Validation } from "../core/results/metric.js";
export type { CheckpointStore, Decided, Evaluator, Extension, FitOptions, FitResult } from "./fit-options.js";

/** A prepared fit: the step is built and loaded, nothing has been trained. */
export interface Fit {
  readonly step: Step;
  readonly session: TrainingSession;
  /** Least memory of a step in bytes. */
  readonly leastBytes: number;
  /** Returns the seconds of one step, measured by {@link measureSteps}; the state is restored afterwards. */
  measure(): Promise<number>;
  /** Returns logits under the current weights. */
  readonly evaluate: Evaluator;
  /**
   * Finds a learning rate, from `start` if nothing has been trained, else from the current state; the state is
   * restored.
   * @throws InternalError as `run`
   */
  findRate(start?: ReadonlyMap<Value, Tensor>): Promise<RateSweep>;
  /**
   * Trains; `start` replaces weights before the first step (a head that was solved meanwhile).
   * @throws InternalError if `start` has other values than the model for a weight that is not trained
   */
  run(start?: ReadonlyMap<Value, Tensor>, decided?: Decided): Promise<FitResult>;
  dispose(): Promise<void>;
}

/** Returns the options with at most the memory that the runtime can address. */
function withinRuntime(options: FitOptions): FitOptions {
  const { memoryBytes: addressable } = options.runtime;
  if (addressable === undefined) return options;
  return { ...options, memoryBytes: Math.min(addressable, options.memoryBytes ?? addressable) };
}

/**
 * Builds the training step and loads it into the runtime.
 * @throws OperatorError if the trainable part has an operator without a gradient; OptionError if a step does not fit
 * into memory
 */
export async function prepareFit(given: FitOptions): Promise<Fit> {
  const options = withinRuntime(given);
  const {
    small,
    steps,
    step: part,
  } = await stepInBuffers(options, async (own) => {
    const steps = await stepBuilder(own);
    return { steps, step: steps.build() };
  });
  const { bytes: leastBytes, ...room } = await roomFor(small, steps, part);
  const { session, movedBytes, frozen } = await openSession(small, steps, {
    step: part,
    leastBytes,
    ...room,
  });
  const step = wholeStep(small, part);
  const initial = new Map(step.state.map((s) => [s.input, s.initial]));
  const evaluator = await openEvaluator(
    options.runtime,
    session,
    evaluated(withoutFrozen(options.model, frozen), step, options.ema !== undefined),
  );
  const evaluate: Evaluator = async (x) => {
    const out = await evaluator.run({ [options.model.inputs[0]!]: x });
    return out[options.model.outputs[0]!]!.data as Float32Array;
  };
  const loop = { ...loopOptions(options, session, { step, part }, movedBytes), evaluate };
  return {
    step,
    session,
    leastBytes,
    evaluate,
    async measure() {
      const seconds = await measureSteps(options, loop);
      await session.writeState(initial);
      return seconds;
    },
    async findRate(start) {
      const { findRate } = await import("./epochs/find-rate.js");
      // Resets everything, including the moments of the optimiser: after divergence nothing is usable.
      if (start) await session.writeState(new Map([...initial, ...startState(options, step, start)]));
      return findRate(options, loop);
    },
    run: (start, decided = {}) => runEpochs(options, loop, start, decided),
    dispose: () => session.dispose(),
  };
}

/**
 * Builds a step. If the limit of the GPU's buffers is known, the batch is divided until every value is below it.
 * @throws DeviceError if a weight is too large, or a value of one row, or of a batch that cannot be divided
 */
async function stepInBuffers<Built extends { readonly step: Step }>(
  options: FitOptions,
  build: (options: DividedOptions) => Promise<Built>,
): Promise<Built & { readonly small: DividedOptions }> {
  const limit = options.runtime.bufferBytes;
  const small = divided(options);
  if (limit === undefined) return { ...(await build(small)), small };
  const { divideForBuffers } = await import("./step/divide-for-buffers.js");
  return divideForBuffers(options, limit, build);
}

/** Builds the steps of one training. */
interface StepBuilder {
  /** Returns the model for batches of one length, or of the longest; recurrences are unrolled. */
  readonly sized: (length?: number) => { readonly given: Graph; readonly model: Graph };
  readonly build: (change?: Pick<Partial<FitOptions>, "batch" | "trainable" | "model" | "objective">) => Step;
}

/** @throws OperatorError if the trainable part has an operator without a gradient */
async function stepBuilder(options: DividedOptions): Promise<StepBuilder> {
  const trainable = options.trainable.map(({ value }) => value);
  // Loaded dynamically: a page that only fits a linear probe needs no gradients.
  const [{ requireGradients }, { unrollRecurrent }, { buildStep }, { bindDims }] = await Promise.all([
    import("../autodiff/require-gradients.js"),
    import("../graph/import/unroll.js"),
    import("./step/step.js"),
    import("../graph/surgery/index.js"),
  ]);
  requireGradients(options.model, options.model.outputs[0]!, trainable);
  const longest = options.lengths && Math.max(...options.lengths.sizes);
  // Tokens of a text, or samples of a sound.
  const last = options.model.typeOf(options.model.inputs[0]!).shape?.at(-1);
  const lengthName = typeof last === "string" ? last : "length";
  const sizedTo = (length: number | undefined) => {
    const given = length === undefined ? options.model : bindDims(options.model, { [lengthName]: length });
    return { given, model: unrollRecurrent(given, trainable) };
  };
  const whole = sizedTo(longest);
  const sized: StepBuilder["sized"] = (length) => (length === undefined ? whole : sizedTo(length));
  const { given, model } = whole;
  // Reports recurrences that could not be unrolled.
  if (model !== given) requireGradients(model, model.outputs[0]!, trainable);
  const shared = {
    ...options,
    model,
    gated: options.fromEpochs?.some((from) => from > 0) === true,
    accumulates: options.parts > 1 || (options.accumulate ?? 1) > 1,
    isPart: options.parts > 1,
  };
  if (!options.runtime.costs) return { sized, build: (change) => buildStep({ ...shared, ...change }) };
  const { choosesForms } = await import("./step/choose-forms.js");
  const chooseForm = await choosesForms(options, (choose) => buildStep({ ...shared, chooseForm: choose }));
  return { sized, build: (change) => buildStep({ ...shared, chooseForm, ...change }) };
}

/** A step's graph within the available memory, and how another step gets the same form. */
interface StepRoom {
  readonly room: Room;
  readonly roomOf: (step: Step) => Room;
}

/** @throws OptionError if a step does not fit into memory */
async function roomFor(
  options: FitOptions,
  { sized, build }: StepBuilder,
  step: Step,
): Promise<StepRoom & { readonly bytes: number }> {
  const [{ fuseForOrt }, { makeRoom, roomBytes }] = await Promise.all([
    import("../graph/passes/fuse-for-ort.js"),
    import("./step/step-room.js"),
  ]);
  const { recompute = "auto", memoryBytes } = options;
  const roomOf = (one: Step, how = recompute): Room => {
    const overwrites = isSingleStep(one, options.runtime);
    return makeRoom(fuseForOrt(one.graph), { ...one, overwrites }, how, memoryBytes);
  };
  const room = roomOf(step);
  const bytes = roomBytes(room);
  if (memoryBytes !== undefined && bytes > memoryBytes) {
    const { roomRefusal } = await import("./step/room-offers.js");
    throw roomRefusal({
      model: sized().model,
      batch: options.batch,
      trainable: options.trainable,
      keepsAll: recompute === "off",
      needs: bytes,
      available: memoryBytes,
      bytesOf: ({ recompute: again, ...change }) =>
        roomBytes(roomOf(build(change), again ? "on" : recompute)),
    });
  }
  return { room, roomOf: (one) => roomOf(one), bytes };
}

/** Loads a step into the runtime. With several lengths, the step of each length is loaded when first needed. */
async function openSession(
  options: DividedOptions,
  { sized, build }: StepBuilder,
  { step, room, roomOf, leastBytes }: StepRoom & { readonly step: Step; readonly leastBytes: number },
) {
  const { runtime, lengths, objective } = options;
  const blockSize = (await runtime.blockSize?.()) ?? 1;
  // Loaded only if there are such kernels: a browser has none.
  const block =
    blockSize > 1 ? (await import("../graph/passes/block-for-ort.js")).blockForOrt : (one: Graph) => one;
  const loadable = ({ graph, share }: Room, one: Step, held?: ReadonlyMap<Value, Tensor>) =>
    trainingModel(fitted(runtime, block(graph, { blockSize })), one, runtime, {
      openBatch: share > 0,
      held,
    });
  const loading = ({ given, model }: ReturnType<typeof sized>, { graph }: Room): SessionOptions => ({
    transfer: true,
    ...(given !== model && isLong(graph) && { optimization: "disabled" }),
  });
  const { bytes, movedBytes, frozen } = loadable(room, step);
  const owner = await runtime.training(bytes, {
    state: new Map(step.state.map((s) => [s.input, s.initial])),
    frozen,
    options: loading(sized(), room),
  });
  const whole = await onWholeBatches(options, step, owner);
  if (!lengths || lengths.sizes.length === 1) return { session: whole, movedBytes, frozen };
  const shorter = async (size: number) => {
    const short = sized(size);
    // One label per token: as many as the shorter rows have.
    const of = objective.positions ? { objective: { ...objective, positions: size } } : {};
    const one = build({ model: short.model, ...of });
    const its = roomOf(one);
    const { bytes: own } = loadable(its, one, frozen);
    const shared = await owner.sharing(own, loading(short, its));
    return { step: one, session: await onWholeBatches(options, one, shared) };
  };
  const inMemory = lengthsInMemory(lengths.sizes, leastBytes, options);
  const session = new SizedTraining(
    { step, session: whole },
    inMemory,
    lengths.fill,
    shorter,
    objective.needs,
  );
  return { session, movedBytes, frozen };
}

/**
 * True for unrolled recurrences, which the runtime's optimisation takes long to load without benefit: two thirds of the
 * loading time for an LSTM of 128 steps, five sixths for 384. Its optimisation of constant convolutions matters.
 */
function isLong({ nodes }: Graph): boolean {
  return nodes.length > 1000 && !nodes.some((n) => n.op === "Conv");
}

/** Returns the feeds of the parts of a batch, or the feeds themselves. */
function partsOf(
  session: TrainingSession & Partial<Pick<DividedTraining, "partsOf">>,
  feeds: StepFeeds,
): PartFeeds[] {
  return session.partsOf?.(feeds) ?? [{ feeds, firstRow: 0 }];
}

function loopOptions(
  options: FitOptions,
  session: TrainingSession,
  { step, part }: { readonly step: Step; readonly part: Step },
  movedBytes: number,
): Omit<EpochLoop, "evaluate"> {
  const { schedule, rates, epochs, stepsPerEpoch, accumulate, fromEpochs } = options;
  const explain = async (feeds: StepFeeds, scalar: string): Promise<string | undefined> => {
    const { describeNonFinite, firstNonFinite } = await import("./non-finite.js");
    const one = session instanceof SizedTraining ? await session.of(feeds) : { step: part, session, feeds };
    for (const own of partsOf(one.session, one.feeds)) {
      const found = await firstNonFinite(session, one.step, own.feeds, scalar, options.runtime);
      if (!found) continue;
      return describeNonFinite({
        ...found,
        ...(found.item !== undefined && { item: found.item + own.firstRow }),
      });
    }
    return undefined;
  };
  const totalSteps = epochs * stepsPerEpoch;
  return {
    session,
    step,
    schedule,
    rates,
    totalSteps,
    clock: clockOf([{ step: 0, position: 0, total: totalSteps }], stepsPerEpoch, accumulate),
    stateBytes: movedBytes,
    explain,
    firstSteps: fromEpochs?.map((epoch) => epoch * stepsPerEpoch),
    recalibrate: options.batchNorm === "train" ? (weights) => recalibrated(options, weights) : undefined,
  };
}

/** Returns the weights with the statistics of the training split under them. */
async function recalibrated(
  { runtime, model, batch, feeds }: FitOptions,
  weights: Weights,
): Promise<Weights> {
  const [{ batchStatistics }, { withWeights }] = await Promise.all([
    import("./batch-statistics.js"),
    import("../bases/heads.js"),
  ]);
  const { x } = feedNames("train");
  const statistics = await batchStatistics(
    runtime,
    withWeights(model, weights),
    batch,
    (async function* () {
      for await (const rows of feeds(0, 0)) yield rows[x]!;
    })(),
  );
  return new Map([...weights].map(([v, t]) => [v, statistics.get(v) ?? t]));
}
