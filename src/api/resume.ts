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
import { kindOf, type RunKind, runKinds } from "../run/folder/run-kinds.js";
import { openMachine } from "../run/machine.js";
import type { ResumeTrainingOptions } from "../run/moved-models.js";
import type { TasksInput } from "../tasks/several/tasks-options.js";

/** Result of a resumed run, by the command that started it. A kind without a result does not compile. */
interface ResultByKind {
  readonly train: ResultOf;
  readonly distill: ResultOf;
  readonly extend: ResultOf;
  readonly "multi-task": TasksResultEvent;
  readonly adapt: AdaptResultEvent | SourceFreeResultEvent;
  readonly pretrain: PretrainResultEvent;
  readonly compare: ComparisonResult;
  readonly curve: CurveResult;
  readonly diagnose: DiagnosisResult;
}

/** Result of a resumed run: a union that the field `task` narrows. */
export type ResumeResult = ResultByKind[RunKind];

/** Options of a resumed run. The record of the run holds everything else. */
export interface ResumeOptions extends Omit<ResumeTrainingOptions, "data"> {
  /**
   * Of `train`, `distill`, `trainTasks` and studies: where the data are now. Of `train`, also the dataset that the run was started with.
   * Of `trainTasks`, also the data of each task by name, or in the order of the tasks.
   */
  readonly data?: ResumeTrainingOptions["data"] | TasksInput;
  /** Of `compare`: strategies to add. */
  readonly strategies?: readonly string[];
  /** Of `compare`: seeds of every strategy; not fewer than before. */
  readonly seeds?: number;
  /** Of `compare` and `learningCurve`: trainings at once. */
  readonly jobs?: number;
}
type ResumeOption = keyof ResumeOptions;

/** How a kind of run is resumed. */
interface KindRow<Result> {
  /** Options in addition to `onEvent` and `signal`. */
  readonly takes: readonly ResumeOption[];
  readonly resume: (path: string, options: ResumeOptions) => Promise<Result>;
}

/** A run of one task, with or without a teacher. */
const training: KindRow<ResultOf> = {
  takes: ["threads", "device", "data", "base", "teacher", "initFrom", "more"],
  resume: async (path, { data, ...options }) =>
    (await import("./resume-training.js")).resumeTraining(path, {
      ...options,
      ...(data !== undefined && { data: ofOneTask(data) }),
    }),
};

/** How each kind of run is resumed. */
const rows: { readonly [K in RunKind]: KindRow<ResultByKind[K]> } = {
  train: training,
  distill: training,
  extend: { ...training, takes: ["threads", "device", "base"] },
  "multi-task": {
    takes: ["threads", "device", "data", "base", "initFrom"],
    resume: async (path, { data, ...options }) =>
      (await import("../tasks/several/train-tasks.js")).resumeTasks(path, {
        ...options,
        ...(data !== undefined && { data: ofSeveralTasks(data) }),
      }),
  },
  adapt: {
    takes: ["threads", "device"],
    resume: async (...run) => (await import("../regimes/adaptation/adapt.js")).resumeAdapt(...run),
  },
  pretrain: {
    takes: ["threads", "device"],
    resume: async (...run) =>
      (await import("../regimes/language-modelling/pretrain.js")).resumePretrain(...run),
  },
  compare: {
    takes: ["threads", "strategies", "seeds", "jobs", "data"],
    resume: async (path, options) =>
      (await import("../studies/compare/compare.js")).resumeComparison(path, ofStudy(options)),
  },
  curve: {
    takes: ["threads", "jobs", "data"],
    resume: async (path, options) =>
      (await import("../studies/curve/curve.js")).resumeCurve(path, ofStudy(options)),
  },
  diagnose: {
    takes: ["data"],
    resume: async (path, options) =>
      (await import("../studies/diagnose/diagnose.js")).resumeDiagnosis(path, ofStudy(options)),
  },
};

/**
 * Resumes a run that was stopped or killed, whatever started it: `train`, `distill`, `extend`, `trainTasks`, `adapt`,
 * `pretrain`, `compare`, `learningCurve` or `diagnose`. A finished run returns its result again.
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
  const kind = await kindOf(platform, path);
  const row = rows[kind];
  const { words } = runKinds[kind];
  const taken = new Set<string>([...row.takes, "onEvent", "signal"]);
  const other = Object.entries(options).find(([name, value]) => value !== undefined && !taken.has(name));
  if (other)
    throw new EngraftError("OptionError", `"${folder}" is ${words}, which is not resumed with ${other[0]}`, {
      help: `leave it out; ${row.takes.length > 0 ? `options of ${words} are ${row.takes.join(", ")}` : `${words} takes no options`}`,
      details: { option: other[0] },
    });
  return row.resume(path, options);
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

/** Returns the options of a study. @throws OptionError for other data than a path */
function ofStudy({ data, ...options }: ResumeOptions) {
  if (data === undefined || typeof data === "string") return { ...options, data };
  throw new EngraftError("OptionError", "a study is resumed with opened data", { help: "give their path" });
}

type GivenDataset = Exclude<ResumeTrainingOptions["data"], string | undefined>;

const isDataset = (data: Exclude<ResumeOptions["data"], string | undefined>): data is GivenDataset =>
  "items" in data && typeof data.items === "object" && "fingerprint" in data;
