import { EngraftError } from "../core/errors.js";
import type {
  AdaptResultEvent,
  PretrainResultEvent,
  SourceFreeResultEvent,
  TasksResultEvent,
} from "../core/events/events.js";
import type { ComparisonResult } from "../core/results/comparison.js";
import type { CurveResult } from "../core/results/curve.js";
import type { DiagnosisResult } from "../core/results/diagnosis.js";
import type { ResultOf } from "../core/results/result-of.js";
import type { Platform } from "../platform/platform.js";
import { RunFolder } from "../run/folder/run-folder.js";
import type { RunManifest } from "../run/folder/run-manifest.js";
import { openMachine } from "../run/machine.js";
import type { ResumeTrainingOptions } from "../run/moved-models.js";
import type { TasksInput } from "../tasks/several/tasks-options.js";

/** Result of a resumed run, by the command that started it. A kind without a result does not compile. */
interface ResultByKind {
  readonly train: ResultOf;
  readonly "multi-task": TasksResultEvent;
  readonly adapt: AdaptResultEvent | SourceFreeResultEvent;
  readonly pretrain: PretrainResultEvent;
  readonly compare: ComparisonResult;
  readonly curve: CurveResult;
  readonly diagnose: DiagnosisResult;
}
type RunKind = keyof ResultByKind;

/** Result of a resumed run: a union that the field `task` narrows. */
export type ResumeResult = ResultByKind[RunKind];

/** Options of a resumed run. The record of the run holds everything else. */
export interface ResumeOptions extends Omit<ResumeTrainingOptions, "data"> {
  /**
   * Of `train`, `distill` and `trainTasks`: where the data are now. Of `train`, also the dataset that the run was started with.
   * Of `trainTasks`, also the data of each task by name, or in the order of the tasks.
   */
  readonly data?: ResumeTrainingOptions["data"] | TasksInput;
  /** Of `compare`: strategies to add. */
  readonly strategies?: readonly string[];
  /** Of `compare`: seeds of every strategy; not fewer than before. */
  readonly seeds?: number;
}
type ResumeOption = keyof ResumeOptions;

/** How a kind of run is recognized and resumed. */
interface KindRow<K extends RunKind> {
  /** Name of the kind in messages. */
  readonly words: string;
  /** File that holds the record. */
  readonly record: "run.json" | "comparison.json" | "curve.json" | "diagnosis.json";
  /** Returns true if a record in `run.json` is of this kind. */
  readonly recognizes: (manifest: RunManifest) => boolean;
  /** Options in addition to `onEvent` and `signal`. */
  readonly takes: readonly ResumeOption[];
  readonly resume: (path: string, options: ResumeOptions) => Promise<ResultByKind[K]>;
}

const never = (): boolean => false;

/** Every kind of run that `resume` continues. */
const runKinds: { readonly [K in RunKind]: KindRow<K> } = {
  train: {
    words: "a training",
    record: "run.json",
    recognizes: ({ task, multi_task }) => task === undefined && multi_task === undefined,
    takes: ["threads", "device", "data", "base", "teacher", "initFrom", "more"],
    resume: async (path, { data, ...options }) =>
      (await import("./resume-training.js")).resumeTraining(path, {
        ...options,
        ...(data !== undefined && { data: ofOneTask(data) }),
      }),
  },
  "multi-task": {
    words: "a training of several tasks",
    record: "run.json",
    recognizes: ({ task, multi_task }) => task === undefined && multi_task !== undefined,
    takes: ["threads", "device", "data", "base", "initFrom"],
    resume: async (path, { data, ...options }) =>
      (await import("../tasks/several/train-tasks.js")).resumeTasks(path, {
        ...options,
        ...(data !== undefined && { data: ofSeveralTasks(data) }),
      }),
  },
  adapt: {
    words: "an adaptation",
    record: "run.json",
    recognizes: ({ task }) => task === "adapt",
    takes: ["threads", "device"],
    resume: async (...run) => (await import("../regimes/adaptation/adapt.js")).resumeAdapt(...run),
  },
  pretrain: {
    words: "a pretraining",
    record: "run.json",
    recognizes: ({ task }) => task === "pretrain",
    takes: ["threads", "device"],
    resume: async (...run) =>
      (await import("../regimes/language-modelling/pretrain.js")).resumePretrain(...run),
  },
  compare: {
    words: "a comparison",
    record: "comparison.json",
    recognizes: never,
    takes: ["threads", "strategies", "seeds"],
    resume: async (...run) => (await import("../studies/compare/compare.js")).resumeComparison(...run),
  },
  curve: {
    words: "a learning curve",
    record: "curve.json",
    recognizes: never,
    takes: [],
    resume: async (...run) => (await import("../studies/curve/curve.js")).resumeCurve(...run),
  },
  diagnose: {
    words: "a diagnosis",
    record: "diagnosis.json",
    recognizes: never,
    takes: [],
    resume: async (...run) => (await import("../studies/diagnose/diagnose.js")).resumeDiagnosis(...run),
  },
};

/**
 * Resumes a run that was stopped or killed, whatever started it: `train`, `distill`, `trainTasks`, `adapt`, `pretrain`,
 * `compare`, `learningCurve` or `diagnose`. A finished run returns its result again.
 *
 * @param folder the run folder
 * @returns the result of the run, a union that the field `task` narrows
 * @throws RunError for a folder without a run, and if data or base have changed; OptionError for an option that this kind of
 * run does not take
 * @example
 * const run = await resume("runs/2026-01-31-flowers");
 * if (run.task === "image-classification") console.log(run.test.accuracy);
 * if (run.task === "comparison") console.log(run.winner.words);
 */
export async function resume(folder: string, options: ResumeOptions = {}): Promise<ResumeResult> {
  const { platform } = await openMachine();
  const path = platform.files.resolve(folder);
  const row = runKinds[await kindOf(platform, path)];
  const taken = new Set<string>([...row.takes, "onEvent", "signal"]);
  const other = Object.entries(options).find(([name, value]) => value !== undefined && !taken.has(name));
  if (other)
    throw new EngraftError(
      "OptionError",
      `"${folder}" is ${row.words}, which is not resumed with ${other[0]}`,
      {
        help: `leave it out; ${row.takes.length > 0 ? `options of ${row.words} are ${row.takes.join(", ")}` : `${row.words} takes no options`}`,
        details: { option: other[0] },
      },
    );
  return row.resume(path, options);
}

/** Returns the kind of the run in a folder. @throws RunError for a folder without a run, or with one of a newer version */
async function kindOf(platform: Platform, path: string): Promise<RunKind> {
  const { files } = platform;
  const kinds = Object.keys(runKinds) as RunKind[];
  for (const kind of kinds) {
    const { record } = runKinds[kind];
    if (record !== "run.json" && (await files.stat(files.join(path, record)))) return kind;
  }
  const { manifest } = await RunFolder.open(platform, path);
  const kind = kinds.find((one) => runKinds[one].recognizes(manifest));
  if (kind !== undefined) return kind;
  throw new EngraftError("InternalError", `no kind of run is known for task ${String(manifest.task)}`, {
    at: path,
  });
}

/** Returns the data of a run with one task. @throws OptionError for data of several tasks */
function ofOneTask(data: NonNullable<ResumeOptions["data"]>): NonNullable<ResumeTrainingOptions["data"]> {
  if (typeof data === "string" || isDataset(data)) return data;
  throw new EngraftError("OptionError", "the run has one task, and data of several tasks are given", {
    help: "give one path, or the opened dataset",
  });
}

/** Returns the data of a run with several tasks. @throws OptionError for an opened dataset */
function ofSeveralTasks(data: NonNullable<ResumeOptions["data"]>): TasksInput {
  if (typeof data === "string" || !isDataset(data)) return data;
  throw new EngraftError("OptionError", "the run has several tasks, and one opened dataset is given", {
    help: "give the path of the list, or a path for each task",
  });
}

type GivenDataset = Exclude<ResumeTrainingOptions["data"], string | undefined>;

const isDataset = (data: Exclude<ResumeOptions["data"], string | undefined>): data is GivenDataset =>
  "items" in data && typeof data.items === "object" && "fingerprint" in data;
