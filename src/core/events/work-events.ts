// What a run tells before its result. All events: events.ts.
import type { ForecastFacts } from "../results/counts.js";
import type { EpochValidationFields } from "../results/metric.js";
import type { InitReport } from "../results/task.js";
import type { LengthsEvent } from "./lengths-event.js";
import type {
  BaseEvent,
  DataEvent,
  DeviceEvent,
  LeaksEvent,
  StartEvent,
  TrainableEvent,
} from "./opening-events.js";
import type { ProgressEvent, WarningEvent } from "./progress-events.js";
import type { SeedEvent } from "./run-outcome.js";

/** The forecast of a run, from measured steps. */
export interface ForecastEvent extends ForecastFacts {
  readonly event: "forecast";
  /** The same in a sentence. */
  readonly words: string;
}

/** Weights taken over from another model. */
export interface InitEvent extends InitReport {
  readonly event: "init";
}

/** One epoch and its validation. */
export interface EpochEvent extends EpochValidationFields {
  readonly event: "epoch";
  /** Name of the training: "finetune", "scratch", … */
  readonly stage: string;
  /** 1 … `of` */
  readonly epoch: number;
  readonly of: number;
  /** Mean cross-entropies, nats. */
  readonly train_loss: number;
  /** Mean of the whole objective, if there is more than the cross-entropy; and each weighted term. */
  readonly objective?: number;
  readonly terms?: Readonly<Record<string, number>>;
  /** Highest learning rate of the last step. */
  readonly rate: number;
  readonly seconds: number;
  /** True if it is the best so far by validation, and the best epoch is kept. */
  readonly best: boolean;
}

/** The sweep of the rate finder, from which a rate was chosen. */
export interface RateFinderEvent {
  readonly event: "rate_finder";
  /** Name of the training. */
  readonly stage: string;
  /** Peak rate of the fastest group. */
  readonly suggested: number;
  /** The rates of the sweep in growing order, and the smoothed training loss at each. */
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly seconds: number;
}

/** The state was saved: a kill loses nothing before this step. */
export interface CheckpointEvent {
  readonly event: "checkpoint";
  readonly step: number;
}

/** What a fit tells. */
export type FitEvent = ProgressEvent | WarningEvent | EpochEvent | CheckpointEvent;

/** What a run tells before its result. */
export type WorkEvent =
  | FitEvent
  | StartEvent
  | DeviceEvent
  | DataEvent
  | LeaksEvent
  | BaseEvent
  | TrainableEvent
  | ForecastEvent
  | RateFinderEvent
  | LengthsEvent
  | InitEvent
  | SeedEvent;

/** Called with each event of a fit, in order. */
export type OnFit = (event: FitEvent) => void;

/** Called with each event before the result, in order. */
export type OnWork = (event: WorkEvent) => void;
