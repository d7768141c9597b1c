import { EngraftError, stopIf } from "../core/errors.js";
import type { EpochEvent } from "../core/events.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { better, type Evaluator, type FitOptions, type FitResult, type Validation } from "./fit-options.js";
import { type LoopOptions, runSteps } from "./loop.js";
import { averageName } from "./state-names.js";
import type { Step } from "./step.js";
import { diverged, finite } from "./still-finite.js";

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

/** What the epochs of a fit share: the loop's options without those of one call. */
export interface EpochLoop extends Omit<LoopOptions, "from" | "to" | "feeds" | "onBlock" | "step"> {
  readonly step: Step;
}

/** Weights of the model, statistics among them, that a step moves. */
export function movedValues(model: Graph, step: Step): Value[] {
  return step.state.map((s) => s.input).filter((v) => model.initializers.has(v));
}

/** Train epoch by epoch, validate after each, keep the best and a checkpoint. */
export async function runEpochs(
  options: FitOptions,
  loop: EpochLoop,
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
