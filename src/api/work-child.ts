// A job of a queue in its own process: see `workInChild`.

import type { ChildWork } from "../platform/child-work.js";
import { openMachine } from "../run/machine.js";
import { type ChildWorkOnStudy, withSilence } from "../studies/queue/isolated-job.js";
import { type WorkResult, workOn } from "../studies/workers/work.js";

const workInThisChild: ChildWork<ChildWorkOnStudy, WorkResult> = async (
  { study, options, silence },
  { sendMessage, signal },
) => {
  const onEvent = (event: unknown): void => void sendMessage(event);
  return workOn(withSilence(await openMachine(), silence), study, { ...options, signal, onEvent });
};
export default workInThisChild;
