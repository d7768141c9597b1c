import { EngraftError, messageOf } from "../core/errors.js";
import type { RunEvent } from "../core/events/events.js";
import { message, warningText } from "../core/messages/message.js";
import { engraftVersion } from "../core/version.js";
import type { TaskMachine } from "../tasks/registry.js";
import {
  inParallel,
  isInterruption,
  type Listener,
  requireJobs,
  type StudyTraining,
  stopError,
  TimeLeft,
  trainOne,
} from "./many-runs.js";
import { type Fingerprints, type StudyFolder, sameDataOf } from "./same-data.js";
import { requireInPlace, tidy, trainOrWait } from "./workers/claim.js";
import { removeChecks } from "./workers/right-clock.js";

/** A finished training. */
export interface FinishedTraining extends Fingerprints {
  /** What its event says of it. */
  readonly facts: Partial<RunEvent> & { readonly seconds: number };
  /** Version of Engraft that trained it. */
  readonly engraft: string | undefined;
}

/** Trainings of a study, and how one is done. */
export interface StudyTrainings<Training, Finished> {
  readonly machine: TaskMachine;
  readonly folder: StudyFolder & { readonly manifest: { readonly jobs?: number } };
  readonly trainings: readonly Training[];
  /** Reads the result of a training, whoever did it; undefined if it is not finished. */
  readonly read: (training: Training) => Promise<Finished | undefined>;
  /** Trains, or resumes. Default: in its own process, into a run folder. */
  readonly train?: (training: Training, listener: Listener) => Promise<void>;
  /** Trainings of one kind take about as long. Default: the label. */
  readonly kindOf?: (training: Training) => string;
}

/** How a training ended. `before`: it was not trained here. */
type EndedTraining<Training, Finished> =
  | { readonly training: Training; readonly before: boolean; readonly finished: Finished; error?: never }
  | { readonly training: Training; readonly before: false; readonly error: EngraftError; finished?: never };

/**
 * Executes or resumes the trainings of a study, and yields them in their order. Workers may do some at the same time. Reports each.
 * @throws Interrupted if the user stopped it; MachineError if the study was moved
 */
export async function* executeTrainings<Training extends StudyTraining, Finished extends FinishedTraining>(
  its: StudyTrainings<Training, Finished>,
  listener: Listener,
): AsyncGenerator<EndedTraining<Training, Finished>> {
  const { machine, folder, trainings, read, kindOf = ({ label }) => label } = its;
  const { path, kind, manifest } = folder;
  const { train = (one: Training, how: Listener) => trainOne(machine, manifest, one, how) } = its;
  const limit = requireJobs(manifest.jobs);
  const { onEvent, signal } = listener;
  // Events of trainings at the same time would be mixed.
  const ofOne: Listener = limit > 1 ? { signal } : listener;
  const time = new TimeLeft(trainings.map(kindOf), limit);
  const numbers = new Map(trainings.map(({ run }, i) => [run, i + 1]));
  let done = 0;
  let warned = false;
  /** A folder may be resumed after an update. */
  const warnOfVersion = ({ engraft: before }: Finished): void => {
    if (warned || before === undefined || before === engraftVersion) return;
    warned = true;
    const values = { before, now: engraftVersion };
    onEvent?.({ event: "warning", ...warningText("versions", message("study-of-versions", values)) });
  };
  const requireSameData = sameDataOf(machine, folder, trainings, listener);
  const report = (training: Training, event: Partial<RunEvent> & Pick<RunEvent, "state">): void => {
    const { label, seed, run } = training;
    const number = numbers.get(run)!;
    onEvent?.({ event: "run", label, seed, number, of: trainings.length, run, ...event });
  };
  const work = async (training: Training) => {
    await requireInPlace(machine.platform, path);
    const start = (): Promise<void> => {
      report(training, { state: "started", ...time.estimate() });
      return train(training, ofOne);
    };
    return trainOrWait(machine.platform, training, () => read(training), start, ofOne);
  };
  for await (const { item: training, outcome } of inParallel(trainings, limit, work)) {
    let ended: EndedTraining<Training, Finished>;
    try {
      if (outcome.status === "rejected") throw outcome.reason;
      const { before, result: finished } = outcome.value;
      await requireSameData(training, finished, before);
      warnOfVersion(finished);
      done++;
      time.end(kindOf(training), finished.facts.seconds);
      report(training, { state: before ? "kept" : "done", ...finished.facts, ...time.estimate() });
      await tidy(machine.platform, training.run);
      ended = { training, before, finished };
    } catch (thrown) {
      if (isInterruption(thrown, listener)) throw stopError(path, kind.resume, done, trainings.length);
      await requireInPlace(machine.platform, path);
      const error =
        thrown instanceof EngraftError
          ? thrown
          : new EngraftError("InternalError", messageOf(thrown), { cause: thrown });
      time.end(kindOf(training));
      report(training, { state: "failed", error: { kind: error.kind, message: error.message } });
      ended = { training, before: false, error };
    }
    yield ended;
  }
  await removeChecks(machine.platform, path);
}
