import { EngraftError } from "../../core/errors.js";
import { isTrained, type RunEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";
import { shellWord } from "../../run/command-line.js";
import { openFolder } from "../../run/folder/manifest-folder.js";
import { kindOf, runKinds } from "../../run/folder/run-kinds.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { readRun } from "../compare/compared-run.js";
import { ComparisonFolder } from "../compare/comparison-folder.js";
import { inspectComparison, trainingsOfComparison } from "../compare/execute-comparison.js";
import { CurveFolder } from "../curve/curve-folder.js";
import { inspectCurve, trainingsOfCurve } from "../curve/execute-curve.js";
import { DiagnosisFolder } from "../diagnose/diagnosis-folder.js";
import { readTraining, trainingsOfDiagnosis } from "../diagnose/diagnosis-trainings.js";
import { openDiagnosis } from "../diagnose/open-diagnosis.js";
import { type Given, type Listener, runChild, type StudyTraining, trainOne } from "../many-runs.js";
import type { StudyFolder } from "../same-data.js";
import { type FailedAttempt, finalFailure, machineError } from "./attempts.js";
import { openTraining } from "./claim.js";

/** What a training wrote so far. */
export interface Progress {
  readonly done: boolean;
  /** Processor, cores and system, and threads. */
  readonly machine: string;
  readonly seconds?: number;
}

/** A study whose trainings are independent of each other, so that any machine that sees its folder can do some. */
export interface Study {
  readonly kind: StudyKind;
  /** Absolute path. */
  readonly path: string;
  readonly folder: StudyFolder;
  readonly trainings: readonly StudyTraining[];
  /** Opens data and base, and checks that they are those of the study. Writes nothing. */
  readonly inspect: (data: string, listener: Listener) => Promise<unknown>;
  /** Reads what a training wrote; undefined before it was begun. */
  readonly read: (training: StudyTraining) => Promise<Progress | undefined>;
  /** Does a training in its own process, or continues it. */
  readonly train: (given: Given, training: StudyTraining, listener: Listener) => Promise<void>;
  /** Returns scores and seconds of a finished training. */
  readonly factsOf: (training: StudyTraining) => Promise<Partial<RunEvent>>;
}
type OpenedStudy = Omit<Study, "kind" | "path">;

/** Of studies whose trainings are run folders. */
const ofRuns = (machine: TaskMachine): Pick<Study, "read" | "train" | "factsOf"> => ({
  read: (training) => readRunOf(machine.platform, training),
  train: (given, training, listener) => trainOne(machine, given, training, listener),
  factsOf: async (training) => (await readRun(machine.platform, training))?.facts ?? {},
});

async function readRunOf(platform: Platform, training: StudyTraining): Promise<Progress | undefined> {
  const manifest = await openTraining(platform, training);
  if (!manifest) return undefined;
  const { status, machine, result } = manifest;
  const seconds = result?.event === "result" && isTrained(result) ? result.seconds.total : undefined;
  return { done: status === "done", machine, ...(seconds !== undefined && { seconds }) };
}

/** Reads the progress of a training, and the failure for which no worker starts it again. */
export async function readProgress(
  platform: Platform,
  study: Study,
  training: StudyTraining,
): Promise<{ readonly progress?: Progress | undefined; readonly failure?: FailedAttempt | undefined }> {
  try {
    const progress = await study.read(training);
    return { progress, failure: progress?.done ? undefined : await finalFailure(platform, training.run) };
  } catch (error) {
    // No worker can use the folder.
    if (!(error instanceof EngraftError) || error.kind !== "RunError") throw error;
    const { kind, message, help } = error;
    return { failure: { kind, message, host: platform.host(), at: "", ...(help !== undefined && { help }) } };
  }
}

export type StudyKind = "compare" | "curve" | "diagnose";

/** How each kind of study is opened. */
const studyKinds: Readonly<Record<StudyKind, (machine: TaskMachine, path: string) => Promise<OpenedStudy>>> =
  {
    compare: async (machine, path) => {
      const folder = await openFolder(ComparisonFolder, machine.platform, path);
      return {
        folder,
        trainings: trainingsOfComparison(folder),
        inspect: (data, listener) => inspectComparison(machine, folder, listener, data),
        ...ofRuns(machine),
      };
    },
    curve: async (machine, path) => {
      const folder = await openFolder(CurveFolder, machine.platform, path);
      return {
        folder,
        trainings: trainingsOfCurve(folder),
        inspect: (data, listener) => inspectCurve(machine, folder, listener, data),
        ...ofRuns(machine),
      };
    },
    diagnose: async (machine, path) => {
      const folder = await openFolder(DiagnosisFolder, machine.platform, path);
      return {
        folder,
        trainings: folder.manifest.epochs === undefined ? [] : trainingsOfDiagnosis(folder),
        inspect: (data, listener) => openDiagnosis(machine, folder, listener, data),
        read: async ({ run }) => {
          const saved = await readTraining(machine.platform, run);
          return saved && { done: true, machine: saved.machine, seconds: saved.seconds };
        },
        train: (given, { run }, listener) => runChild(machine, { ...given, diagnosis: path, run }, listener),
        factsOf: async ({ run }) => {
          const { seconds } = (await readTraining(machine.platform, run)) ?? {};
          return seconds === undefined ? {} : { seconds };
        },
      };
    },
  };

/**
 * Opens a study for its workers. @throws RunError if the folder holds no study whose trainings are independent,
 * MachineError for a study of a newer version
 */
export async function openStudy(machine: TaskMachine, requested: string): Promise<Study> {
  const { platform } = machine;
  const path = platform.files.resolve(requested);
  const found = await kindOf(platform, path).catch(() => undefined);
  const kind = (Object.keys(studyKinds) as StudyKind[]).find((name) => name === found);
  if (kind === undefined)
    throw new EngraftError("RunError", `"${requested}" holds no study that can be shared`, {
      at: path,
      help: found
        ? `it is ${runKinds[found].words}: engraft ${found} --resume ${shellWord(requested)}`
        : "give the folder that a command with --prepare printed",
    });
  const opened = await studyKinds[kind](machine, path).catch((error: unknown) => {
    const isNewer = error instanceof EngraftError && "newer" in error.details;
    throw isNewer ? machineError(error) : error;
  });
  const study = { kind, path, ...opened };
  if (study.trainings.length > 0) return study;
  throw new EngraftError("RunError", `the study in "${requested}" does not know its trainings yet`, {
    at: path,
    help: `its preparation was stopped: engraft ${kind} --resume ${shellWord(requested)} completes it`,
  });
}
