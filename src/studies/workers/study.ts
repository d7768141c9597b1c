import { EngraftError } from "../../core/errors.js";
import { openFolder } from "../../run/folder/manifest-folder.js";
import { kindOf, runKinds } from "../../run/folder/run-kinds.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { ComparisonFolder } from "../compare/comparison-folder.js";
import { inspectComparison, trainingsOfComparison } from "../compare/execute-comparison.js";
import { CurveFolder } from "../curve/curve-folder.js";
import { inspectCurve, trainingsOfCurve } from "../curve/execute-curve.js";
import type { Listener, SharedByRuns, StudyTraining } from "../many-runs.js";

/** A study whose trainings are independent of each other, so that any machine that sees its folder can do some. */
export interface Study {
  readonly kind: StudyKind;
  /** Absolute path. */
  readonly path: string;
  readonly shared: SharedByRuns;
  readonly trainings: readonly StudyTraining[];
  /** Opens data and base, and checks that they are those of the study. Writes nothing. */
  readonly inspect: (machine: TaskMachine, data: string, listener: Listener) => Promise<unknown>;
}

/** How each kind of study is opened. */
const studyKinds = {
  compare: async (machine: TaskMachine, path: string): Promise<Omit<Study, "kind" | "path">> => {
    const folder = await openFolder(ComparisonFolder, machine.platform, path);
    return {
      shared: folder.manifest,
      trainings: trainingsOfComparison(folder),
      inspect: (at, data, listener) => inspectComparison(at, folder, listener, data),
    };
  },
  curve: async (machine: TaskMachine, path: string): Promise<Omit<Study, "kind" | "path">> => {
    const folder = await openFolder(CurveFolder, machine.platform, path);
    return {
      shared: folder.manifest,
      trainings: trainingsOfCurve(folder),
      inspect: (at, data, listener) => inspectCurve(at, folder, listener, data),
    };
  },
} as const;
export type StudyKind = keyof typeof studyKinds;

/** Opens a study for its workers. @throws RunError if the folder holds no study whose trainings are independent */
export async function openStudy(machine: TaskMachine, requested: string): Promise<Study> {
  const { platform } = machine;
  const path = platform.files.resolve(requested);
  const found = await kindOf(platform, path).catch(() => undefined);
  const kind = (Object.keys(studyKinds) as StudyKind[]).find((name) => name === found);
  if (kind === undefined)
    throw new EngraftError("RunError", `"${requested}" holds no study that can be shared`, {
      at: path,
      help: found
        ? `it is ${runKinds[found].words}: engraft ${found} --resume ${requested}`
        : "give the folder that `engraft compare --prepare` or `engraft curve --prepare` printed",
    });
  const study = { kind, path, ...(await studyKinds[kind](machine, path)) };
  if (study.trainings.length > 0) return study;
  throw new EngraftError("RunError", `the study in "${requested}" does not know its trainings yet`, {
    at: path,
    help: `its preparation was stopped: engraft ${kind} --resume ${requested} completes it`,
  });
}
