import { EngraftError, stopIf } from "../core/errors.js";
import type { EpochEvent, OnEvent } from "../core/events.js";
import type { Tensor } from "../core/tensor.js";
import { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { inline, promote } from "../graph/surgery/index.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Schedule, Transform } from "../optim/index.js";
import type { Runtime, TrainingSession } from "../runtime/runtime.js";
import { badElement } from "./bad-element.js";
import type { Checkpoint } from "./checkpoint.js";
import { runSteps, type StepFeeds } from "./loop.js";
import type { Objective } from "./objective.js";
import { averageName } from "./state-names.js";
import type { Step, TrainableValue } from "./step.js";
import { leastBytes, requireRoom } from "./step-memory.js";
import type { Recompute } from "./step-room.js";
import { trainingModel } from "./training-model.js";

/** Where a fit keeps what it needs to go on after it was killed. */
export interface CheckpointStore {
  load(): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
}

/** Loss and accuracy over a part that nothing trains on. */
export interface Validation {
  readonly loss: number;
  readonly accuracy: number;
  /** Where something else decides which epoch is best: higher is better. */
  readonly score?: number;
}

export interface FitOptions {
  readonly runtime: Runtime;
  /** Data in, raw scores out; its weights are where training starts. */
  readonly model: Graph;
  readonly trainable: readonly TrainableValue[];
  readonly objective: Objective;
  readonly optimizer: Transform;
  readonly batchNorm: "frozen" | "train";
  readonly clipNorm?: number;
  /** Decay of a running average of the weights: that is what is validated and kept. Default: no average. */
  readonly ema?: number;
  readonly schedule: Schedule;
  /** Peak rate of each group. */
  readonly rates: readonly number[];
  /** Epochs that are over before each group moves. Default: all move from the first on. */
  readonly fromEpochs?: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  readonly stepsPerEpoch: number;
  /** Feeds of steps `from` … `stepsPerEpoch - 1` of an epoch, the same on every call. */
  readonly feeds: (epoch: number, from: number) => AsyncIterable<StepFeeds>;
  readonly validate: (evaluator: Evaluator) => Promise<Validation>;
  /** Name of the stage in events. */
  readonly stage: string;
  readonly store?: CheckpointStore;
  /** Bytes that there are; a step that needs more is refused before it is loaded. Default: not looked at. */
  readonly memoryBytes?: number;
  /** Whether the forward pass is computed again instead of kept. Default "auto": where memory is short. */
  readonly recompute?: Recompute;
  /** Seconds between checkpoints within an epoch. Default 20. */
  readonly checkpointSeconds?: number;
  /** Stop after this many epochs without a better one. Default: never. */
  readonly patience?: number;
  readonly phase?: "training" | "scratch";
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal;
}

/** Raw scores of a batch under the weights as they are now. @param x the model's input. @returns float32[B, C] */
export type Evaluator = (x: Tensor) => Promise<Float32Array>;

export interface FitResult {
  /** Weights (and running averages) of the best epoch. */
  readonly weights: ReadonlyMap<Value, Tensor>;
  /** 0: the weights that training started from. */
  readonly bestEpoch: number;
  readonly best: Validation;
  readonly epochs: readonly EpochEvent[];
  readonly seconds: number;
  readonly steps: number;
}

/** What a checkpoint says beside its tensors. */
interface Note {
  readonly step: number;
  readonly seconds: number;
  readonly best: Validation & { readonly epoch: number };
  readonly epochs: readonly EpochEvent[];
  /** Sums over the steps of the epoch under way. */
  readonly partial: Readonly<Record<string, number>>;
  readonly finished: boolean;
}

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
    run: (start) => train(options, loopOptions(options, session, step, movedBytes), evaluate, start),
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

function movedValues(model: Graph, step: Step): Value[] {
  return step.state.map((s) => s.input).filter((v) => model.initializers.has(v));
}

function loopOptions(options: FitOptions, session: TrainingSession, step: Step, movedBytes: number) {
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

async function train(
  options: FitOptions,
  loop: ReturnType<typeof loopOptions>,
  evaluate: Evaluator,
  start: ReadonlyMap<Value, Tensor> | undefined,
): Promise<FitResult> {
  const { session, step } = loop;
  const { epochs: epochCount, stepsPerEpoch, store, onEvent, signal, stage } = options;
  const moved = new Set(movedValues(options.model, step));
  const trains = new Set(options.trainable.map((t) => t.value));
  const weightsOf = (state: ReadonlyMap<Value, Tensor>): Map<Value, Tensor> =>
    new Map([...moved].map((v) => [v, state.get(averageName(v)) ?? state.get(v)!]));
  const saved = await store?.load();
  let note: Note;
  let best: ReadonlyMap<Value, Tensor>;
  if (saved) {
    note = saved.note as Note;
    const part = (prefix: string): Map<Value, Tensor> =>
      new Map(
        [...saved.tensors].filter(([n]) => n.startsWith(prefix)).map(([n, t]) => [n.slice(prefix.length), t]),
      );
    best = part("best/");
    if (!note.finished) await session.writeState(part("state/"));
  } else {
    if (start) {
      const constants = options.objective.given ?? {};
      const given = [...start].filter(([v]) => moved.has(v) || Object.hasOwn(constants, v));
      const averages = options.ema === undefined ? [] : given.filter(([v]) => trains.has(v));
      await session.writeState(
        new Map([...given, ...averages.map(([v, t]): [Value, Tensor] => [averageName(v), t])]),
      );
    }
    best = weightsOf(await session.readState());
    const validation = await options.validate(evaluate);
    note = {
      step: 0,
      seconds: 0,
      best: { ...validation, epoch: 0 },
      epochs: [],
      partial: {},
      finished: epochCount < 1,
    };
  }
  for (const epoch of note.epochs) onEvent?.(epoch);
  const save = async (): Promise<void> => {
    if (!store) return;
    const tensors = new Map<string, Tensor>();
    if (!note.finished)
      for (const [name, t] of finite(await session.readState(), note.step)) tensors.set(`state/${name}`, t);
    for (const [name, t] of best) tensors.set(`best/${name}`, t);
    await store.save({ tensors, note });
    onEvent?.({ event: "checkpoint", step: note.step });
  };
  /** A stop may come from between the blocks or out of the data: the state is that of the last whole block. */
  const stopped = async (error: unknown): Promise<never> => {
    // The state is that before the block that diverged.
    if (error instanceof EngraftError && error.kind === "NumericError") await save().catch(() => undefined);
    if (!(error instanceof EngraftError) || error.kind !== "Interrupted") throw error;
    await save();
    throw new EngraftError("Interrupted", `stopped at step ${note.step} of ${epochCount * stepsPerEpoch}`, {
      help: store ? "the state is saved" : "nothing is saved: there is no place to keep it",
      cause: error,
    });
  };
  let savedAt = performance.now();
  while (!note.finished) {
    // Not by the step: a run may have been stopped between an epoch's last step and its validation.
    const epoch = note.epochs.length;
    let clock = performance.now();
    const before = note;
    await runSteps({
      ...loop,
      from: note.step,
      to: (epoch + 1) * stepsPerEpoch,
      feeds: options.feeds(epoch, note.step - epoch * stepsPerEpoch),
      onBlock: async (block) => {
        const now = performance.now();
        const partial = { ...note.partial };
        const steps = block.done - note.step;
        for (const [name, mean] of Object.entries(block.scalars))
          partial[name] = (partial[name] ?? 0) + mean * steps;
        note = { ...note, step: block.done, seconds: note.seconds + (now - clock) / 1000, partial };
        clock = now;
        const total = epochCount * stepsPerEpoch;
        onEvent?.({
          event: "progress",
          phase: options.phase ?? "training",
          done: block.done,
          total,
          unit: "steps",
          seconds_left: ((total - block.done) * note.seconds) / block.done,
          loss: block.scalars.loss!,
          rate: block.rate * Math.max(...options.rates),
        });
        stopIf(signal);
        if (now - savedAt > 1000 * (options.checkpointSeconds ?? 20)) {
          if (block.done < (epoch + 1) * stepsPerEpoch) await save();
          savedAt = performance.now();
        }
      },
    }).catch(stopped);
    const begin = performance.now();
    const validation = await options
      .validate(evaluate)
      .catch((error: unknown) => stopped(diverged(error, epoch + 1, epochCount)));
    const isBest = better(validation, note.best);
    if (isBest) best = weightsOf(await session.readState());
    const seconds = note.seconds + (performance.now() - begin) / 1000;
    const event: EpochEvent = {
      event: "epoch",
      stage,
      epoch: epoch + 1,
      of: epochCount,
      train_loss: (note.partial.loss ?? 0) / stepsPerEpoch,
      validation_loss: validation.loss,
      validation_accuracy: validation.accuracy,
      rate:
        options.schedule((note.step - 1) / (epochCount * stepsPerEpoch)).rate * Math.max(...options.rates),
      seconds: seconds - (before.epochs.at(-1) ? before.epochs.reduce((s, e) => s + e.seconds, 0) : 0),
      best: isBest,
    };
    onEvent?.(event);
    const bestNote = isBest ? { ...validation, epoch: epoch + 1 } : note.best;
    const tired = options.patience !== undefined && epoch + 1 - bestNote.epoch >= options.patience;
    note = {
      step: note.step,
      seconds,
      best: bestNote,
      epochs: [...note.epochs, event],
      partial: {},
      finished: epoch + 1 >= epochCount || tired,
    };
    await save();
    savedAt = performance.now();
  }
  const { epoch: bestEpoch, ...bestValidation } = note.best;
  return {
    weights: best,
    bestEpoch,
    best: bestValidation,
    epochs: note.epochs,
    seconds: note.seconds,
    steps: note.step,
  };
}

/** The state, unless it holds what is no number: the loss before may have been finite still. @throws NumericError */
function finite(state: ReadonlyMap<Value, Tensor>, step: number): ReadonlyMap<Value, Tensor> {
  for (const [value, tensor] of state) {
    if (badElement(tensor) === undefined) continue;
    throw new EngraftError("NumericError", `"${value}" was no longer finite after step ${step}`, {
      help: "use a smaller learning rate (--lr)",
      details: { step, value },
    });
  }
  return state;
}

/** Scores that are no numbers, after steps whose losses still were. */
function diverged(error: unknown, epoch: number, epochs: number): unknown {
  if (!(error instanceof EngraftError) || error.kind !== "NumericError") return error;
  return new EngraftError(
    "NumericError",
    `the weights diverged in epoch ${epoch} of ${epochs}: ${error.message}`,
    {
      ...(error.at !== undefined && { at: error.at }),
      help: "use a smaller learning rate (--lr)",
      details: { ...error.details, epoch },
      cause: error,
    },
  );
}

/** A higher score is better where there is one; else higher validation accuracy; at the same accuracy, lower loss. */
export function better(a: Validation, b: Validation): boolean {
  if (a.score !== undefined && b.score !== undefined) return a.score > b.score;
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.loss < b.loss);
}
