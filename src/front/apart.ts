import type { AnyResultEvent, OnEvent } from "../core/events.js";
import type { TrainOptions } from "./options.js";

/** A training in a process of its own: started, or gone on with. */
export interface ApartTask {
  /** Absolute; missing when a run is gone on with. */
  readonly data?: string;
  /** With `out`; of a run that is gone on with, what may change. */
  readonly options: TrainOptions;
  readonly resume?: string;
}

/** Carries a training out in a process of its own, whose memory and whose crash are its own. */
export type TrainApart = (
  task: Omit<ApartTask, "options"> & {
    readonly options: Omit<TrainOptions, "onEvent" | "signal">;
    readonly onEvent: OnEvent;
    readonly signal?: AbortSignal;
  },
) => Promise<AnyResultEvent>;

/** What the two processes tell each other. */
export type ToChild = { readonly task: ApartTask } | { readonly stop: true };
export type ToParent =
  | { readonly event: Parameters<OnEvent>[0] }
  | { readonly result: AnyResultEvent }
  | {
      readonly error: {
        readonly kind: string;
        readonly message: string;
        readonly at?: string;
        readonly help?: string;
        readonly details: Readonly<Record<string, unknown>>;
      };
    };
