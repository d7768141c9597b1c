import type { Tensor } from "../core/tensor.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { inline, promote } from "../graph/surgery/index.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { TrainingSession } from "../runtime/runtime.js";
import type { Weights } from "./average-weights.js";
import { clockOf } from "./clock.js";
import type { RateSweep } from "./find-rate.js";
import type { Decided, Evaluator, FitOptions, FitResult } from "./fit-options.js";
import { runSteps, type StepFeeds } from "./loop.js";
import { type EpochLoop, movedValues, runEpochs } from "./run-epochs.js";
import { averageName, feedNames } from "./state-names.js";
import type { Step } from "./step.js";
import { leastBytes, requireRoom } from "./step-memory.js";
import { trainingModel } from "./training-model.js";

export type {
  CheckpointStore,
  Decided,
  Divergence,
  Evaluator,
  FitOptions,
  FitResult,
} from "./fit-options.js";
export { better, type Validation } from "./validation.js";

/** A prepared fit: the step is built and loaded, nothing has trained. */
export interface Fit {
  readonly step: Step;
  readonly session: TrainingSession;
  /** Bytes that a step takes at least. */
  readonly leastBytes: number;
  /** Seconds of one step, from two measured ones; the state is put back afterwards. */
  measure(): Promise<number>;
  /** Raw scores under the weights as they are now. */
  readonly evaluate: Evaluator;
  /** What rate to train at, from `start`; the state is put back afterwards. */
  findRate(start?: ReadonlyMap<Value, Tensor>): Promise<RateSweep>;
  /** Train; `start` replaces weights before the first step (a head that was solved meanwhile). */
  run(start?: ReadonlyMap<Value, Tensor>, decided?: Decided): Promise<FitResult>;
  dispose(): Promise<void>;
}

/**
 * Build the training step and load it into the runtime.
 * @throws OperatorError when the part that trains holds an operator without a gradient, OptionError when a step cannot
 * fit into memory.
 */
export async function prepareFit(options: FitOptions): Promise<Fit> {
  const trainable = options.trainable.map(({ value }) => value);
  // Loaded here: a probe, which a page may be there for alone, needs no gradients.
  const [{ requireGradients }, { buildStep }, { fuseForOrt }, { makeRoom }] = await Promise.all([
    import("../autodiff/require-gradients.js"),
    import("./step.js"),
    import("../graph/passes/fuse-for-ort.js"),
    import("./step-room.js"),
  ]);
  requireGradients(options.model, options.model.outputs[0]!, trainable);
  const built = (batch: number): Step =>
    buildStep({
      ...options,
      batch,
      gated: options.fromEpochs?.some((from) => from > 0) === true,
      accumulates: (options.accumulate ?? 1) > 1,
    });
  const step = built(options.batch);
  const { recompute = "auto", memoryBytes } = options;
  const room = (one: Step) => makeRoom(fuseForOrt(one.graph), one, recompute, memoryBytes);
  const { graph: roomy, share } = room(step);
  let graph = roomy;
  const least = leastBytes(graph);
  requireRoom(`a training step of ${options.batch} examples`, least, memoryBytes ?? least, () =>
    largestBatch(options.batch, (batch) => leastBytes(room(built(batch)).graph) <= (memoryBytes ?? least)),
  );
  const blockSize = (await options.runtime.blockSize?.()) ?? 1;
  // Loaded where there are such kernels: there are none in a browser.
  if (blockSize > 1)
    graph = (await import("../graph/passes/block-for-ort.js")).blockForOrt(graph, { blockSize });
  const fitted = (one: Graph): Graph => options.runtime.fit?.(one) ?? one;
  const { bytes, movedBytes } = trainingModel(fitted(graph), step, options.runtime, { openBatch: share > 0 });
  const initial = new Map(step.state.map((s) => [s.input, s.initial]));
  const session = await options.runtime.training(bytes, { state: initial });
  const evaluator = await session.evaluator(toOnnx(evaluated(options, step)));
  const evaluate: Evaluator = async (x) => {
    const out = await evaluator.run({ [options.model.inputs[0]!]: x });
    return out[options.model.outputs[0]!]!.data as Float32Array;
  };
  const loop = { ...loopOptions(options, session, step, movedBytes), evaluate };
  return {
    step,
    session,
    leastBytes: least,
    async measure() {
      const times: number[] = [];
      for (let i = 0; i < 2; i++) {
        const begin = performance.now();
        await runSteps({ ...loop, from: 0, to: 1, feeds: options.feeds(0, 0) });
        times.push((performance.now() - begin) / 1000);
      }
      await session.writeState(initial);
      return Math.min(...times);
    },
    evaluate,
    async findRate(start) {
      const { findRate } = await import("./find-rate.js");
      const moved = new Set(step.state.map((s) => s.input));
      if (start) await session.writeState(new Map([...start].filter(([v]) => moved.has(v))));
      return findRate(options, loop);
    },
    run: (start, decided = {}) => runEpochs(options, loop, start, decided),
    dispose: () => session.dispose(),
  };
}

/** The largest batch below one that is too large, of those that halve it; undefined when not even one example fits. */
function largestBatch(tooLarge: number, fits: (batch: number) => boolean): number | undefined {
  for (let batch = Math.floor(tooLarge / 2); batch >= 1; batch = Math.floor(batch / 2))
    if (fits(batch)) return batch;
  return undefined;
}

/** The model with the weights that are judged as inputs: those that train, or their averages. */
function evaluated({ model, ema }: FitOptions, step: Step): Graph {
  const moved = promote(model, movedValues(model, step));
  if (ema === undefined) return moved;
  const kept = new Set(step.state.map((s) => s.input));
  const graph = new Graph(moved.name);
  const bindings = new Map<Value, Value>();
  for (const input of moved.inputs) {
    const name = kept.has(averageName(input)) ? averageName(input) : input;
    bindings.set(input, graph.input(name, moved.typeOf(input)));
  }
  const names = inline(graph, moved, bindings);
  for (const output of moved.outputs) graph.outputs.push(names.get(output)!);
  for (const [domain, version] of moved.opsets) graph.opsets.set(domain, version);
  return graph;
}

function loopOptions(
  options: FitOptions,
  session: TrainingSession,
  step: Step,
  movedBytes: number,
): Omit<EpochLoop, "evaluate"> {
  const { schedule, rates, epochs, stepsPerEpoch, accumulate, fromEpochs } = options;
  const explain = async (feeds: StepFeeds, scalar: string): Promise<string | undefined> => {
    const { describeNonFinite, firstNonFinite } = await import("./non-finite.js");
    const found = await firstNonFinite(session, step, feeds, scalar);
    return found && describeNonFinite(found);
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
    ...(fromEpochs && { firstSteps: fromEpochs.map((epoch) => epoch * stepsPerEpoch) }),
    ...(options.batchNorm === "train" && { recalibrate: (weights) => recalibrated(options, weights) }),
  };
}

/** Weights with the statistics that the training part has under them. */
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
