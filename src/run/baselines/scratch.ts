import { withWeights } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import { type Recipe, recipeFields } from "../../core/messages/message.js";
import type { Effort, ScratchFacts, ScratchTried } from "../../core/results/baseline.js";
import { better, lossOrWorst } from "../../core/results/metric.js";
import type { ScratchState } from "../../evidence/compare-trainings.js";
import type { Graph } from "../../graph/graph.js";
import { stepsOfEpoch } from "../../methods/epoch-steps.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { defaults } from "../../options/options.js";
import type { Weights } from "../../train/epochs/average-weights.js";
import type { Decided, Fit, FitResult, Validation } from "../../train/fit.js";
import { freshWeights } from "../../train/initialize.js";
import type { Context } from "../context.js";
import { decideOnce } from "../folder/decide-once.js";
import { reportDivergence } from "../training/rate-of.js";
import { type BestEpoch, bestEpochOf } from "./best-epoch.js";
import { pilotEpochs, type ScratchTraining } from "./scratch-training.js";
/** A training from random weights. */
export interface FromScratch {
  readonly training: ScratchTraining;
  /** The network, with any weights. */
  readonly blank: Graph;
  /** Random weights. Default: by the seed. */
  readonly fresh?: Weights;
  readonly prepare: (model: Graph, plan: TrainingPlan, stage: string) => Promise<Fit>;
  /** The run that it is compared with; missing if its head was solved. */
  readonly transfer?: Effort | undefined;
  /** Suffix of its stage names if the seed is not the run's own. */
  readonly suffix?: string;
  /** Rate chosen with the run's own seed. Default: chosen by pilots. */
  readonly rate?: number | undefined;
  /** Within a time budget: returns the steps and seconds of the training. */
  readonly decide?: ((plan: TrainingPlan) => Promise<Effort>) | undefined;
}

/** Result of a training from random weights. */
export interface ScratchFit {
  /** All weights of the network, including untrained ones. */
  readonly weights: Weights;
  readonly best: Validation;
  /** Number of epochs. */
  readonly epochs: number;
  readonly rate: number;
  readonly bestEpoch?: BestEpoch | undefined;
  /** Facts for the result besides its scores. */
  readonly report: Recipe & {
    readonly seconds: number;
    readonly training: ScratchFacts;
    readonly tried: readonly ScratchTried[];
  };
}

/** The rate that the pilots chose, and the pilots' scores. */
interface Chosen {
  readonly rate: number;
  readonly tried: readonly ScratchTried[];
}

/**
 * Trains the same network from random weights until validation stops improving.
 *
 * Each learning rate trains for a tenth of the steps. The best by validation continues from its own weights.
 */
export async function trainFromScratch(
  context: Pick<Context, "run" | "options" | "onEvent">,
  from: FromScratch,
): Promise<ScratchFit> {
  const { run, options } = context;
  const { training, blank, prepare, suffix = "" } = from;
  const fresh = from.fresh ?? freshWeights(blank, options.seed ?? defaults.seed);
  const model = withWeights(blank, fresh);
  const time = await from.decide?.(training.planAt(training.rates[0]!, training.steps));
  const most = options.scratchSteps ?? Math.max(training.steps, 3 * (from.transfer?.steps ?? 0));
  const steps = Math.min(time?.steps ?? most, most);
  const stageOf = (rate: number): string => `scratch ${rate}${suffix}`;
  const fitAt = async (rate: number, decided: Decided): Promise<FitResult> => {
    const fit = await prepare(model, training.planAt(rate, steps), stageOf(rate));
    try {
      const result = await fit.run(undefined, decided);
      if (decided.pauseAfter === undefined) await reportDivergence(context, stageOf(rate), fit, result);
      return result;
    } finally {
      await fit.dispose();
    }
  };
  const plan = training.planAt(training.rates[0]!, steps);
  const piloted = pilotEpochs(plan);
  let told = 0;
  const choose = async (): Promise<Chosen> => {
    told = piloted;
    return pilots(training, (rate) => fitAt(rate, { pauseAfter: piloted }));
  };
  const { rate, tried } =
    from.rate === undefined
      ? await decideOnce(run, `rate of scratch${suffix}`, choose)
      : { rate: from.rate, tried: [] };
  const result = await fitAt(rate, { told, ...(time && time.steps < most && { seconds: time.seconds }) });
  // An extended training made more steps than it began with.
  const chosen = training.planAt(rate, result.plateau?.limit ?? steps);
  const { seconds, best } = result;
  return {
    weights: new Map([...fresh, ...result.weights]),
    best,
    epochs: result.epochs.length,
    rate,
    bestEpoch: bestEpochOf(result),
    report: {
      seconds: tried.reduce((sum, one) => (one.kept ? sum : sum + one.seconds), seconds),
      ...recipeFields(chosen.recipe),
      training: factsOf(result, {
        rate,
        transfer: from.transfer,
        plan: chosen,
        examples: training.examples,
      }),
      tried,
    },
  };
}

/** Loss of a pilot as a share of that of guessing, from which on it counts as learnt: less is noise of a short training. */
const learntShare = 0.99;

/** A pilot with what decides between rates. */
interface Pilot extends Omit<ScratchTried, "kept"> {
  readonly sound: boolean;
  /** Loss of guessing. */
  readonly chance: number;
  /** Training loss of the last epoch. */
  readonly trainLoss: number;
}

/** Trains with each rate for a short time and chooses one: see {@link chosenPilot}. */
async function pilots(
  { rates, usual }: ScratchTraining,
  fitAt: (rate: number) => Promise<FitResult>,
): Promise<Chosen> {
  const tried: Pilot[] = [];
  let failure: unknown;
  for (const rate of rates) {
    const fit = await fitAt(rate).catch((error: unknown) => {
      // A rate may be so high that no step is finite.
      if (!(error instanceof EngraftError) || error.kind !== "NumericError") throw error;
      failure = error;
    });
    if (!fit) continue;
    const { steps, seconds, best, epochs, diverged, plateau } = fit;
    const loss = Math.min(...[best.loss, ...epochs.map((e) => e.validation_loss)].map(lossOrWorst));
    const validation = { score: best.score, loss };
    const { chance = Number.POSITIVE_INFINITY } = plateau ?? {};
    const trainLoss = lossOrWorst(epochs.at(-1)?.train_loss ?? Number.NaN);
    tried.push({ rate, steps, seconds, validation, sound: diverged === undefined, chance, trainLoss });
  }
  if (tried.length === 0) throw failure;
  const { rate } = chosenPilot(tried, usual);
  return {
    rate,
    tried: tried.map(({ sound: _, chance: __, trainLoss: ___, ...one }) => ({
      ...one,
      kept: one.rate === rate,
    })),
  };
}

/**
 * Returns the pilot with the lowest validation loss. While no validation loss is clearly below that of guessing, the order of
 * the pilots is noise: the lowest training loss decides. If that is not below either, the usual rate.
 */
function chosenPilot(tried: readonly Pilot[], usual: number): Pilot {
  const sound = tried.filter((one) => one.sound);
  const lowest = (lossOf: (pilot: Pilot) => number): Pilot =>
    (sound.length > 0 ? sound : tried).reduce((a, b) => (lossOf(b) < lossOf(a) ? b : a));
  const hasLearnt = (loss: number, { chance }: Pilot): boolean => loss < learntShare * chance;
  const first = lowest(({ validation }) => validation.loss);
  if (hasLearnt(first.validation.loss, first)) return first;
  const second = lowest(({ trainLoss }) => trainLoss);
  if (hasLearnt(second.trainLoss, second)) return second;
  return sound.find(({ rate }) => rate === usual) ?? first;
}

/** Facts about a training from random weights. */
function factsOf(
  { steps, seconds, best, bestEpoch, epochs, plateau, diverged }: FitResult,
  {
    rate,
    transfer,
    plan,
    examples,
  }: {
    readonly rate: number;
    readonly transfer: Effort | undefined;
    readonly plan: TrainingPlan;
    readonly examples: number;
  },
): ScratchFacts {
  const until = Math.floor((transfer?.steps ?? 0) / stepsOfEpoch(plan, examples));
  const early = epochs
    .slice(0, until)
    .map(({ validation: { score, loss } }) => ({ score, loss }))
    .reduce<Validation | undefined>((a, b) => (a && !better(b, a) ? a : b), undefined);
  const valued = ({ score, loss }: Validation) => ({ score, loss });
  return {
    steps,
    limit: plateau?.limit ?? steps,
    seconds,
    rate,
    best_epoch: bestEpoch,
    ended: diverged ? "diverged" : plateau?.step == null ? "budget" : "stopped improving",
    learnt: plateau?.learnt ?? false,
    validation: valued(best),
    ...(transfer &&
      steps >= transfer.steps &&
      early && { at_transfer: { steps: transfer.steps, validation: valued(early) } }),
  };
}

/**
 * Returns the facts for a verdict about the trainings from scratch, one per seed. @param transfer the run with the
 * first seed
 */
export function stateOf(all: readonly ScratchFacts[], transfer?: Effort): ScratchState {
  const ends = all.map(({ ended }) => ended);
  const [{ steps, seconds }] = all as readonly [ScratchFacts, ...ScratchFacts[]];
  return {
    steps: Math.max(...all.map((one) => one.steps)),
    ended: (["budget", "diverged"] as const).find((end) => ends.includes(end)) ?? "stopped improving",
    learnt: all.some(({ learnt }) => learnt),
    effort: { ...(transfer && { transfer }), scratch: { steps, seconds } },
  };
}
