import { withWeights } from "../../bases/heads.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { Tensor } from "../../core/tensor.js";
import { factsOf, scoresOf } from "../../evaluate/class-predictions.js";
import { mutualInformation } from "../../evaluate/index.js";
import type { Graph } from "../../graph/graph.js";
import { argmax } from "../../linalg/softmax.js";
import {
  type AdaptationName,
  adaptation,
  adaptationOf,
  adaptPlan,
  stepsPerEpoch,
} from "../../methods/adapt/index.js";
import { fitOfPlan } from "../../methods/fit-plan.js";
import type { TrainingPlan } from "../../methods/plan.js";
import { type Evaluator, type Fit, type FitResult, prepareFit } from "../../train/fit.js";
import type { AdaptContext } from "./context.js";
import { type DomainItem, type Domains, drawItems, itemsOf } from "./domain.js";
import { rowsFor, twoStreams } from "./feeds.js";
import type { Network } from "./network.js";

/** One state that could be chosen, with its answers to the target's test part (their labels are not looked at here). */
export interface Recorded {
  readonly trade_off?: number;
  readonly epoch: number;
  readonly source_accuracy: number;
  readonly information: number;
  readonly score: number;
  /** Class of each target test item. */
  readonly answers: readonly number[];
}

export interface Stage {
  readonly plan: TrainingPlan;
  readonly fitted: FitResult;
  readonly recorded: readonly Recorded[];
  /** The chosen state of this training. */
  readonly best: Recorded;
  /** The exported form with the weights of the best epoch. */
  readonly model: Graph;
}

export interface StageRequest {
  readonly method: AdaptationName;
  readonly tradeOff?: number;
  /** Weight of each source train item. */
  readonly weights?: Float64Array;
}

/** One training, built and loaded. */
export interface OpenedStage {
  readonly plan: TrainingPlan;
  readonly fit: Fit;
  /** Train, and close. @param start the head to start from */
  run(start?: ReadonlyMap<string, Tensor>): Promise<Stage>;
}

/** Target items that a label-free score is taken over, at most. */
export const mostForInformation = 2000;

/**
 * One training: source alone, or source and target, judged after each epoch without a label of the target.
 *
 * source-only keeps the epoch with the best source validation; a method the one with the highest sum of source validation accuracy (it must not forget the
 * task) and mutual information (the target must fall into classes), both 0 … 1.
 */
export async function openStage(
  context: AdaptContext,
  network: Network,
  domains: Domains,
  { method, tradeOff, weights }: StageRequest,
): Promise<OpenedStage> {
  const { options, platform, runtime, run, seed, unit } = context;
  const { inputs, width, features } = network;
  const train = itemsOf(domains.source, "train");
  const unlabelled = itemsOf(domains.target, "train");
  const name = tradeOff === undefined ? method : `${method}-${tradeOff}`;
  const model = network.model.clone();
  const aligner = await adaptationOf(method).align?.();
  const align = aligner?.(model, { width, tradeOff: tradeOff ?? 1, seed, option: options.option ?? {} });
  const request = { examples: train.length, ...planned(options) };
  const plan = adaptPlan(model, request, { fresh: network.fresh, target: unlabelled.length, align });
  const records = new Records(context, name);
  await records.load();
  const scoreEpoch = epochScores(context, network, domains);
  const validate = async (evaluate: Evaluator) => {
    const { loss, accuracy, information, answers } = await scoreEpoch(evaluate);
    const score = method === "source-only" ? accuracy : accuracy + information;
    await records.add({
      ...(tradeOff !== undefined && { trade_off: tradeOff }),
      ...{ source_accuracy: accuracy, information, score, answers },
    });
    return { score, loss, value: accuracy };
  };
  const store = run.store(name);
  const fit = await prepareFit({
    runtime,
    model,
    ...fitOfPlan(plan),
    objective: adaptation(features, align),
    stepsPerEpoch: stepsPerEpoch(train.length, plan.batch),
    feeds: (epoch, from) =>
      twoStreams(
        {
          inputs,
          source: train,
          ...(align && { target: unlabelled, numbers: align.numbers ?? {} }),
          ...(weights && { weights }),
          batch: plan.batch,
          epochs: plan.epochs,
          seed,
        },
        epoch,
        from,
      ),
    validate,
    stage: name,
    items: `${unit}s`,
    memoryBytes: platform.memoryBytes(),
    ...(store && { store: records.watching(store) }),
    ...(options.checkpointSeconds !== undefined && { checkpointSeconds: options.checkpointSeconds }),
    onEvent: records.listening(context.onEvent),
    ...(options.signal && { signal: options.signal }),
  });
  const trained = async (start?: ReadonlyMap<string, Tensor>): Promise<Stage> => {
    try {
      const fitted = await fit.run(start);
      const recorded = records.all();
      const best = recorded.find((r) => r.epoch === fitted.bestEpoch);
      if (!best)
        throw new EngraftError("RunError", `the record of epoch ${fitted.bestEpoch} of "${name}" is gone`, {
          at: run.path,
          help: "start a new run with another --out",
        });
      return { plan, fitted, recorded, best, model: withWeights(network.plain, fitted.weights) };
    } finally {
      await fit.dispose();
    }
  };
  return { plan, fit, run: trained };
}

/** What the user said of a plan. */
const planned = ({ epochs, batchSize, lr, optimizer, schedule }: AdaptContext["options"]) => ({
  ...(epochs !== undefined && { epochs }),
  ...(batchSize !== undefined && { batch: batchSize }),
  ...(lr !== undefined && { rate: lr }),
  ...(optimizer !== undefined && { optimizer }),
  ...(schedule !== undefined && { schedule }),
});

/** Returns how the model of an epoch scores, without a label of the target, and what it predicts for the target's test split. */
function epochScores({ seed }: AdaptContext, { inputs }: Network, { source, target }: Domains) {
  const { classes } = source;
  const known = itemsOf(source, "validation");
  const unlabelled = drawItems(itemsOf(target, "validation"), mostForInformation, seed);
  const test = itemsOf(target, "test");
  return async (evaluate: Evaluator) => {
    const scored = (items: readonly DomainItem[]) => rowsFor(evaluate, inputs, items, classes.length);
    const { loss, accuracy } = scoresOf(classes, { logits: await scored(known), ...factsOf(known) });
    const information = mutualInformation(await scored(unlabelled), classes.length);
    return { loss, accuracy, information, answers: answersOf(await scored(test), classes.length) };
  };
}

/** What was seen after each epoch, kept beside the checkpoints: a run that goes on must still know it. */
class Records {
  private readonly byEpoch = new Map<number, Recorded>();
  /** The epoch that is judged next. */
  private next = 0;

  constructor(
    private readonly context: AdaptContext,
    private readonly stage: string,
  ) {}

  async load(): Promise<void> {
    const kept = await this.context.run.readState(`${this.stage}-states.json`);
    if (Array.isArray(kept)) for (const one of kept as Recorded[]) this.byEpoch.set(one.epoch, one);
  }

  /** The store, with an eye on whether there was something to go on from. */
  watching(store: NonNullable<ReturnType<AdaptContext["run"]["store"]>>): typeof store {
    return {
      save: (checkpoint) => store.save(checkpoint),
      load: async () => {
        const saved = await store.load();
        if (saved) this.next = 1;
        return saved;
      },
    };
  }

  /** Events, with an eye on which epochs are over. */
  listening(onEvent: OnEvent): OnEvent {
    return (event) => {
      if (event.event === "epoch") this.next = event.epoch + 1;
      onEvent(event);
    };
  }

  async add(one: Omit<Recorded, "epoch">): Promise<void> {
    this.byEpoch.set(this.next, { ...one, epoch: this.next });
    for (const epoch of this.byEpoch.keys()) if (epoch > this.next) this.byEpoch.delete(epoch);
    await this.context.run.writeState(`${this.stage}-states.json`, JSON.stringify(this.all()));
    if (this.next === 0) this.next = 1;
  }

  all(): Recorded[] {
    return [...this.byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
  }
}

/** The class with the highest score, the first of equals. */
export function answersOf(logits: Float32Array, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, i) => argmax(logits, i * classes, classes));
}
