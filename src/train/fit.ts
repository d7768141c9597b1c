import type { Tensor } from "../core/tensor.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { inline, promote } from "../graph/surgery/index.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { TrainingSession } from "../runtime/runtime.js";
import type { Evaluator, FitOptions, FitResult } from "./fit-options.js";
import { runSteps, type StepFeeds } from "./loop.js";
import { type EpochLoop, movedValues, runEpochs } from "./run-epochs.js";
import { averageName } from "./state-names.js";
import type { Step } from "./step.js";
import { leastBytes, requireRoom } from "./step-memory.js";
import { trainingModel } from "./training-model.js";

export {
  better,
  type CheckpointStore,
  type Evaluator,
  type FitOptions,
  type FitResult,
  type Validation,
} from "./fit-options.js";

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
  /** Train; `start` replaces weights before the first step (a head that was solved meanwhile). */
  run(start?: ReadonlyMap<Value, Tensor>): Promise<FitResult>;
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
  const step = buildStep({ ...options, gated: options.fromEpochs?.some((from) => from > 0) === true });
  const { recompute = "auto", memoryBytes } = options;
  const room = makeRoom(fuseForOrt(step.graph), step, recompute, memoryBytes);
  let graph = room.graph;
  const least = leastBytes(graph);
  requireRoom(`a training step of ${options.batch} examples`, least, memoryBytes ?? least);
  const blockSize = (await options.runtime.blockSize?.()) ?? 1;
  // Loaded where there are such kernels: there are none in a browser.
  if (blockSize > 1)
    graph = (await import("../graph/passes/block-for-ort.js")).blockForOrt(graph, { blockSize });
  const fitted = (one: Graph): Graph => options.runtime.fit?.(one) ?? one;
  const { bytes, movedBytes } = trainingModel(fitted(graph), step, options.runtime, {
    openBatch: room.share > 0,
  });
  const initial = new Map(step.state.map((s) => [s.input, s.initial]));
  const session = await options.runtime.training(bytes, { state: initial });
  const evaluator = await session.evaluator(toOnnx(evaluated(options, step)));
  const evaluate: Evaluator = async (x) => {
    const out = await evaluator.run({ [options.model.inputs[0]!]: x });
    return out[options.model.outputs[0]!]!.data as Float32Array;
  };
  return {
    step,
    session,
    leastBytes: least,
    async measure() {
      const times: number[] = [];
      for (let i = 0; i < 2; i++) {
        const begin = performance.now();
        await runSteps({
          ...loopOptions(options, session, step, movedBytes),
          from: 0,
          to: 1,
          feeds: options.feeds(0, 0),
        });
        times.push((performance.now() - begin) / 1000);
      }
      await session.writeState(initial);
      return Math.min(...times);
    },
    evaluate,
    run: (start) => runEpochs(options, loopOptions(options, session, step, movedBytes), evaluate, start),
    dispose: () => session.dispose(),
  };
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
): EpochLoop {
  const { schedule, rates, epochs, stepsPerEpoch, fromEpochs } = options;
  const explain = async (feeds: StepFeeds, scalar: string): Promise<string | undefined> => {
    const { describeNonFinite, firstNonFinite } = await import("./non-finite.js");
    const found = await firstNonFinite(session, step, feeds, scalar);
    return found && describeNonFinite(found);
  };
  return {
    session,
    step,
    schedule,
    rates,
    totalSteps: epochs * stepsPerEpoch,
    stateBytes: movedBytes,
    explain,
    ...(fromEpochs && { firstSteps: fromEpochs.map((epoch) => epoch * stepsPerEpoch) }),
  };
}
