import { EngraftError, stopIf } from "../../core/errors.js";
import type { EpochEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import { better, epochValidation, scoreOrWorst } from "../../core/results/metric.js";
import type { Tensor } from "../../core/tensor.js";
import type { Value } from "../../graph/node.js";
import { decayShare } from "../../optim/schedule.js";
import type { Decided, Evaluator, FitOptions, FitResult } from "../fit-options.js";
import { type BlockReport, type LoopOptions, runSteps } from "../loop.js";
import { termsOf } from "../objectives/terms.js";
import { startState } from "../start-state.js";
import { clockOf } from "../step/clock.js";
import { averageName } from "../step/state-names.js";
import type { Step } from "../step/step.js";
import { diverged, finite } from "../still-finite.js";
import { type AverageReport, GatheredWeights, type Weights } from "./average-weights.js";
import { DivergenceWatch, guessingAmong } from "./divergence.js";
import { movedValues } from "./evaluated.js";
import { extended, keptState, legsSinceExtension } from "./extend.js";
import { lowering, undoesStart } from "./lower-rate.js";
import { isPaced, movedEnd } from "./pace.js";
import { isPerfect, perfectEpochs } from "./perfect-validation.js";
import { hasLearnt, hasPlateaued } from "./plateau.js";
import { named, type ProgressNote, tensorsOf } from "./progress-note.js";
import { isSaved, savingPerEpoch } from "./saving.js";

/** Options shared by all epochs of a fit. */
export interface EpochLoop extends Omit<LoopOptions, "from" | "to" | "feeds" | "onBlock" | "step"> {
  readonly step: Step;
  readonly evaluate: Evaluator;
  /** Recomputes the statistics of BatchNormalization for averaged weights; missing if they are frozen. */
  readonly recalibrate?: (weights: Weights) => Promise<Weights>;
}

/** Trains epoch by epoch, validates after each, and keeps the best epoch and a checkpoint. */
export async function runEpochs(
  options: FitOptions,
  loop: EpochLoop,
  start: ReadonlyMap<Value, Tensor> | undefined,
  decided: Decided,
): Promise<FitResult> {
  const run = await Run.begin(options, loop, start, decided);
  const { pauseAfter = Number.POSITIVE_INFINITY } = decided;
  while (!run.note.finished && run.note.epochs.length < pauseAfter) await run.epoch();
  if (!run.note.finished) await run.save();
  return run.result();
}

/** A running fit: its progress, and the best epoch so far. */
class Run {
  private savedAt = performance.now();
  /**
   * Milliseconds of the last checkpoint after an epoch; and seconds of all checkpoints since this run began or resumed.
   */
  private saving = 0;
  private secondsSaving = 0;
  private movedAt = 0;
  private secondsPerStep = 0;
  private secondsPerValidation = 0;

  private constructor(
    private readonly options: FitOptions,
    private readonly loop: EpochLoop,
    private readonly decided: Decided,
    readonly note: ProgressNote,
    private best: Weights,
    /** The state before the first step. */
    private readonly first: Weights,
    private readonly gathered: GatheredWeights | undefined,
    private readonly watch: DivergenceWatch | undefined,
    /** Training loss of guessing. */
    private readonly chance: number,
  ) {}

  /** Begins at the start, or resumes from a checkpoint. */
  static async begin(
    options: FitOptions,
    loop: EpochLoop,
    start: ReadonlyMap<Value, Tensor> | undefined,
    decided: Decided,
  ): Promise<Run> {
    const { session } = loop;
    const { average: plan, store, onEvent } = options;
    const initial = start && startState(options, loop.step, start);
    const first: Weights = new Map([
      ...loop.step.state.map((s): [Value, Tensor] => [s.input, s.initial]),
      ...(initial ?? []),
    ]);
    const classes = Number(options.model.typeOf(options.model.outputs[0]!).shape?.[1] ?? 2);
    const { guessing = guessingAmong(classes) } = options;
    const watch = (seen?: ProgressNote["seen"]) =>
      options.keepsWhatWasGood === true ? new DivergenceWatch(guessing, seen) : undefined;
    const saved = await store?.load();
    if (saved) {
      const before = saved.note as ProgressNote;
      const note = extended(before, options);
      const gathered = plan && GatheredWeights.load(plan, tensorsOf(saved, "gathered/"), note.gathered);
      if (note !== before) await session.writeState(keptState(loop.step, tensorsOf(saved, "best/")));
      else if (!note.finished) await session.writeState(tensorsOf(saved, "state/"));
      for (const epoch of note.epochs.slice(decided.told ?? 0)) onEvent?.(epoch);
      const best = tensorsOf(saved, "best/");
      return new Run(options, loop, decided, note, best, first, gathered, watch(note.seen), guessing.loss);
    }
    const moved = new Set(movedValues(options.model, loop.step));
    if (initial) await session.writeState(initial);
    const best = weightsOf(moved, await session.readState());
    const begun = performance.now();
    const { details, written: _, ...validation } = await options.validate(loop.evaluate);
    const total = decided.steps ?? options.plateau?.steps ?? options.epochs * options.stepsPerEpoch;
    const note: ProgressNote = {
      step: 0,
      seconds: decided.seconds === undefined ? 0 : (performance.now() - begun) / 1000,
      best: { ...validation, epoch: 0 },
      epochs: [],
      ...(details && { details: [details] }),
      partial: {},
      finished: total < 1,
      legs: [{ step: 0, position: 0, total }],
    };
    const gathered = plan && new GatheredWeights(plan);
    gathered?.add(0, 0, validation, best);
    return new Run(options, loop, decided, note, best, first, gathered, watch(), guessing.loss);
  }

  private set(fields: Partial<ProgressNote>): void {
    (this as { note: ProgressNote }).note = { ...this.note, ...fields };
  }

  private get total(): number {
    return this.note.legs.at(-1)!.total;
  }

  private get epochCount(): number {
    return Math.ceil(this.total / this.options.stepsPerEpoch);
  }

  private get rates(): readonly number[] {
    const rates = this.decided.rates ?? this.options.rates;
    return rates.map((rate) => rate * this.rateShare);
  }

  /** Share of the planned rates. */
  private get rateShare(): number {
    return 1 / lowering.divisor ** (this.note.lowered ?? 0);
  }

  /** True if a first epoch that makes the model worse is trained again with lower rates. */
  private get mayLower(): boolean {
    const { epochs, lowered = 0, extensions } = this.note;
    const { lowersRate } = this.options;
    return lowersRate !== undefined && epochs.length === 0 && !extensions && lowered < lowering.mostTimes;
  }

  /** Begins again from the start, with lower rates. @param score after the first epoch; null if it diverged */
  private async beginAgain(score: number | null): Promise<void> {
    const { lowered = 0, best, details, seen: _, ...note } = this.note;
    const before = Math.max(...this.rates);
    await this.loop.session.writeState(this.first);
    this.watch?.forget();
    this.movedAt = 0;
    (this as { note: ProgressNote }).note = {
      ...note,
      ...{ best, lowered: lowered + 1, step: 0, partial: {} },
      legs: [{ step: 0, position: 0, total: this.total }],
      ...(details && { details: details.slice(0, 1) }),
    };
    const text = message("rate-lowered", {
      ...{ stage: this.options.stage, before, now: Math.max(...this.rates), start: best.score, score },
    });
    this.options.onEvent?.({ event: "warning", ...warningText("rate", text) });
  }

  /** Returns the position of a step in the schedule, and its highest rate. */
  private at(step: number): { readonly position: number; readonly rate: number } {
    const { stepsPerEpoch, accumulate, schedule } = this.options;
    const { position } = clockOf(this.note.legs, stepsPerEpoch, accumulate)(step);
    return { position, rate: schedule(position).rate * Math.max(...this.rates) };
  }

  /** Trains one epoch, or the rest of it, and validates. */
  async epoch(): Promise<void> {
    const { options, loop } = this;
    const { stepsPerEpoch } = options;
    // Not computed from the step: a run may have been stopped between an epoch's last step and its validation.
    const epoch = this.note.epochs.length;
    const end = (): number => Math.min((epoch + 1) * stepsPerEpoch, this.total);
    const before = this.note;
    let clock = performance.now();
    try {
      await runSteps({
        ...loop,
        rates: this.rates,
        clock: (step) => clockOf(this.note.legs, stepsPerEpoch, options.accumulate)(step),
        from: before.step,
        to: end,
        feeds: options.feeds(epoch, before.step - epoch * stepsPerEpoch),
        onBlock: async (block) => {
          const now = performance.now();
          this.took(block, (now - clock) / 1000);
          clock = now;
          stopIf(options.signal);
          if (now - this.savedAt > 1000 * (options.checkpointSeconds ?? 20)) {
            if (block.done < end()) await this.save();
            this.savedAt = performance.now();
          }
        },
      });
      await this.validated(epoch, before);
    } catch (error) {
      await this.stopped(error);
    }
  }

  /** Records a block. */
  private took({ done, scalars, each, rate }: BlockReport, seconds: number): void {
    const { options, note } = this;
    const steps = done - note.step;
    const partial = { ...note.partial };
    for (const [name, mean] of Object.entries(scalars)) partial[name] = (partial[name] ?? 0) + mean * steps;
    this.set({ step: done, seconds: note.seconds + seconds, partial });
    const perStep = seconds / steps;
    // The last blocks count most, because a machine may slow down.
    const share = Math.min(1, Math.max(0.2, steps / options.stepsPerEpoch));
    this.secondsPerStep += (perStep - this.secondsPerStep) * (this.secondsPerStep === 0 ? 1 : share);
    this.keepInTime();
    const { terms } = termsOf(scalars, 1, this.loop.step.termWeights);
    options.onEvent?.({
      event: "progress",
      phase: options.phase ?? "training",
      done,
      total: this.total,
      unit: "steps",
      seconds_left: ((this.total - done) * this.note.seconds) / done,
      stage: options.stage,
      per_second: options.batch / this.secondsPerStep,
      items: options.items ?? "pictures",
      loss: scalars.loss!,
      ...(terms && { terms }),
      rate: rate * Math.max(...this.rates),
    });
    const losses = each["term/classification"] ?? each.loss!;
    for (const [i, loss] of losses.entries()) this.watch?.see(loss, done - steps + i + 1);
  }

  private get secondsPerCheckpoint(): number {
    const epoch = this.secondsPerStep * this.options.stepsPerEpoch + this.secondsPerValidation;
    return savingPerEpoch(this.saving, epoch);
  }

  /** Moves the end of the run if it would miss its time. */
  private keepInTime(): void {
    const { note, decided } = this;
    const limit = note.extensions === undefined ? decided.seconds : note.until;
    if (limit === undefined) return;
    const leg = movedEnd(note.legs, limit, this.movedAt, {
      step: note.step,
      position: this.at(note.step).position,
      stepsPerEpoch: this.options.stepsPerEpoch,
      seconds: note.seconds + this.secondsSaving,
      secondsPerStep: this.secondsPerStep,
      secondsPerValidation: this.secondsPerValidation + this.secondsPerCheckpoint,
    });
    if (!leg) return;
    this.movedAt = note.seconds;
    const legs = [...note.legs, leg];
    this.set({ legs });
    // Reported once, even across a stop. If the end moves further, the result reports it.
    const own = legsSinceExtension(legs);
    if (isPaced(legsSinceExtension(note.legs)) || !isPaced(own)) return;
    const fewer = message("fewer-steps-for-budget", {
      ms: Math.round(1000 * this.secondsPerStep),
      stage: this.options.stage,
      steps: leg.total,
      planned: own[0]!.total,
    });
    this.options.onEvent?.({ event: "warning", ...warningText("pace", fewer) });
  }

  /** Validates the current weights after an epoch. */
  private async validated(epoch: number, before: ProgressNote): Promise<void> {
    const { options, loop } = this;
    const begin = performance.now();
    const { details, written, ...validation } = await options
      .validate(loop.evaluate)
      .catch((error: unknown) => {
        throw diverged(error, epoch + 1, this.epochCount);
      });
    this.secondsPerValidation = (performance.now() - begin) / 1000;
    if (this.mayLower && undoesStart(this.note.best, validation, options.lowersRate!))
      return this.beginAgain(scoreOrWorst(validation.score));
    const isBest = better(validation, this.note.best);
    const sinceBest = isBest ? 0 : epoch + 1 - this.note.best.epoch;
    // The user has asked for the steps of an extension.
    const { patience, stopWhenPerfect: items } = this.note.extensions === undefined ? options : {};
    const tired = patience !== undefined && sinceBest >= patience;
    const perfect = items !== undefined && isPerfect(validation, items) ? (this.note.perfect ?? 0) + 1 : 0;
    const done = this.note.step >= this.total;
    const finished = done || tired || perfect === perfectEpochs;
    const because = tired ? "no improvement" : "perfect validation";
    const isKept = isBest || (finished && options.keep === "last");
    const moved = new Set(movedValues(options.model, loop.step));
    const weights = isKept || this.gathered ? weightsOf(moved, await loop.session.readState()) : this.best;
    if (isKept) this.best = weights;
    const { rate, position } = this.at(this.note.step - 1);
    this.gathered?.add(epoch + 1, position, validation, weights);
    const seconds = this.note.seconds + (performance.now() - begin) / 1000;
    const event: EpochEvent = {
      event: "epoch",
      stage: options.stage,
      epoch: epoch + 1,
      of: this.epochCount,
      ...termsOf(this.note.partial, this.note.step - epoch * options.stepsPerEpoch, loop.step.termWeights),
      ...epochValidation(options.metric ?? "accuracy", { ...validation, written }),
      rate,
      seconds: seconds - before.epochs.reduce((s, e) => s + e.seconds, 0),
      best: isBest && options.keep !== "last",
    };
    options.onEvent?.(event);
    const best = isKept ? { ...validation, epoch: epoch + 1 } : this.note.best;
    const epochs = [...this.note.epochs, event];
    const said = details && { details: [...(this.note.details ?? []), details] };
    const stopped = finished && !done && { stopped: { of: this.epochCount, because } as const };
    // An average that was kept before an extension.
    const average = isKept ? undefined : this.note.average;
    this.set({ seconds, best, epochs, average, ...said, partial: {}, finished, perfect, ...stopped });
    if (!finished) this.letRateFall();
    if (finished) await this.join();
    const begun = performance.now();
    if (!finished && !isSaved(this.saving, (begun - this.savedAt) / 1000)) return;
    await this.save();
    this.savedAt = performance.now();
    this.saving = (this.savedAt - begun) / 1000;
    this.secondsSaving += this.saving;
  }

  /** Moves the schedule to its decay if validation has stopped improving. An extension makes all its steps. */
  private letRateFall(): void {
    const { plateau } = this.options;
    const { step, epochs, legs, extensions } = this.note;
    const stable = 1 - decayShare;
    if (!plateau || this.at(step).position >= stable || !hasPlateaued(epochs, plateau, this.chance)) return;
    const total = Math.min(this.total, Math.ceil(step / stable));
    this.set({
      plateau: step,
      ...(extensions === undefined && { legs: [...legs, { step, position: stable, total }] }),
    });
  }

  /** Averages the collected weights, and keeps the average if it is as good as the best epoch. */
  private async join(): Promise<void> {
    const { loop, options } = this;
    const joined = await this.gathered?.join(async (weights) => {
      const own = loop.recalibrate ? await loop.recalibrate(weights) : weights;
      await loop.session.writeState(own);
      const { details: _, written: _text, ...validation } = await options.validate(loop.evaluate);
      return { weights: own, validation };
    });
    if (!joined) return;
    const { best, average: before } = this.note;
    const kept = !better(best, joined.report.validation);
    const average: AverageReport = { ...joined.report, kept };
    if (!kept) return this.set({ average: before ?? average });
    this.best = joined.weights;
    this.set({ average, best: { ...best, ...joined.report.validation } });
  }

  async save(): Promise<void> {
    const { store, onEvent } = this.options;
    if (!store) return;
    const gathered = this.gathered?.save();
    this.set({ ...(gathered && { gathered: gathered.note }), ...(this.watch && { seen: this.watch.state }) });
    const { note } = this;
    const tensors = new Map<string, Tensor>();
    const put = (prefix: string, from: ReadonlyMap<string, Tensor>): void => {
      for (const [name, tensor] of named(prefix, from)) tensors.set(name, tensor);
    };
    if (!note.finished) put("state/", finite(await this.loop.session.readState(), note.step));
    put("best/", this.best);
    if (gathered && !note.finished) put("gathered/", gathered.tensors);
    await store.save({ tensors, note });
    onEvent?.({ event: "checkpoint", step: note.step });
  }

  /**
   * Handles a stop between blocks or in the data: the state is that of the last whole block. If the loss diverged, the
   * run may end with the best epoch; divergence before the first update is not caused by the rate.
   */
  private async stopped(error: unknown): Promise<void> {
    const { options, note } = this;
    if (!(error instanceof EngraftError)) throw error;
    if (error.kind === "NumericError") {
      const step = Number(error.details.step ?? note.step);
      if (step > 1 && this.mayLower) return this.beginAgain(null);
      if (options.keepsWhatWasGood === true && step > 1) {
        const { rate } = this.at(step - 1);
        this.set({ finished: true, partial: {}, diverged: { step, rate, words: error.message } });
        await this.save();
        return;
      }
      // The state is that before the diverged block.
      await this.save().catch(() => undefined);
      throw error;
    }
    if (error.kind !== "Interrupted") throw error;
    await this.save();
    throw new EngraftError("Interrupted", `stopped at step ${note.step} of ${this.total}`, {
      help: options.store ? "the state is saved" : "nothing is saved: there is no place to keep it",
      cause: error,
    });
  }

  result(): FitResult {
    const { note, best: weights, options } = this;
    const { epoch: bestEpoch, ...best } = note.best;
    const own = legsSinceExtension(note.legs);
    return {
      weights,
      bestEpoch,
      best,
      epochs: note.epochs,
      details: note.details,
      seconds: note.seconds,
      steps: note.step - (note.skipped ?? 0),
      stopped: note.stopped,
      ...(options.plateau && {
        plateau: {
          step: note.plateau ?? null,
          learnt: hasLearnt(note.epochs, this.chance),
          chance: this.chance,
          limit: own[0]!.total - (note.skipped ?? 0),
        },
      }),
      ...(!options.plateau && isPaced(own) && { paced: { planned: own[0]!.total, steps: note.step } }),
      kept: note.diverged ? undefined : options.keep,
      average: note.average,
      ...(note.lowered !== undefined && { rateShare: this.rateShare }),
      diverged: note.diverged,
    };
  }
}

/** Returns the weights that are validated and kept: running averages if there are any. */
function weightsOf(moved: ReadonlySet<Value>, state: Weights): Weights {
  return new Map([...moved].map((v) => [v, state.get(averageName(v)) ?? state.get(v)!]));
}
