// A training in a process of its own: the work of {@link Platform.apart} that compare, curve and seeds ask for.

import type { AnyResultEvent, OnEvent } from "../core/events/events.js";
import { defaultTask } from "../core/results/task.js";
import type { ChildWork } from "../platform/child-work.js";
import type { ChildTask } from "../studies/many-runs.js";
import { resumeTraining } from "./resume-training.js";
import { train } from "./train.js";

const trainApart: ChildWork<ChildTask, AnyResultEvent> = (
  { data, options, resume: run },
  { sendMessage: tell, signal },
) => {
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
