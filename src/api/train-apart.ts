// A training in a process of its own: the work of {@link Platform.apart} that compare, curve and seeds ask for.

import type { AnyResultEvent, OnEvent } from "../core/events/events.js";
import { defaultTask } from "../core/results/task.js";
import type { Apart } from "../platform/apart.js";
import type { ApartTask } from "../studies/many-runs.js";
import { resumeTraining } from "./resume-training.js";
import { train } from "./train.js";

const trainApart: Apart<ApartTask, AnyResultEvent> = ({ data, options, resume: run }, { tell, signal }) => {
  const onEvent: OnEvent = (event) => void tell(event);
  return run === undefined
    ? train(data!, { ...options, task: options.task ?? defaultTask, signal, onEvent })
    : resumeTraining(run, {
        signal,
        onEvent,
        ...(options.threads !== undefined && { threads: options.threads }),
      });
};
export default trainApart;
