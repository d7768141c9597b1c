// A training in a process of its own: the work of {@link Platform.apart} that compare, curve and seeds ask for.

import type { AnyResultEvent, OnEvent } from "../core/events/events.js";
import type { TrainOptions } from "../options/options.js";
import type { Apart } from "../platform/apart.js";
import { resumeTraining, train } from "../run/train.js";

/** A training that is started, or gone on with. */
export interface ApartTask {
  /** Absolute; missing when a run is gone on with. */
  readonly data?: string;
  /** With `out`; of a run that is gone on with, what may change. */
  readonly options: Omit<TrainOptions, "onEvent" | "signal">;
  readonly resume?: string;
}

const trainApart: Apart<ApartTask, AnyResultEvent> = ({ data, options, resume: run }, { tell, signal }) => {
  const onEvent: OnEvent = (event) => void tell(event);
  return run === undefined
    ? train(data!, { ...options, task: options.task ?? "image-classification", signal, onEvent })
    : resumeTraining(run, {
        signal,
        onEvent,
        ...(options.threads !== undefined && { threads: options.threads }),
      });
};
export default trainApart;
