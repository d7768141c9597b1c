import { EngraftError } from "../../core/errors.js";
import type { CurveResult } from "../../core/results/curve.js";
import { checkOptions } from "../../options/check-options.js";
import { type DecidedBy, refuseDecided } from "../../options/command-options.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { capabilitiesOf } from "../../options/task-capabilities.js";
import { pathsOf, seedsFrom, workIn, workInNew } from "../../run/folder/manifest-folder.js";
import { manifestFormat } from "../../run/folder/run-manifest.js";
import { openMachine } from "../../run/machine.js";
import { fromAnywhere } from "../../run/moved-models.js";
import type { TaskMachine } from "../../tasks/registry.js";
import {
  dataHere,
  type PreparedStudy,
  preparedStudy,
  type ResumeStudyOptions,
  redivideCores,
  sharedCores,
} from "../many-runs.js";
import { CurveFolder, type CurveManifest } from "./curve-folder.js";
import { checkShots } from "./curve-sizes.js";
import { executeCurve, inspectCurve, trainingsOfCurve } from "./execute-curve.js";

/** Options of `learningCurve`. All other options of `train` apply to every training. */
export interface CurveOptions extends Omit<TrainOptions, DecidedBy<"curve"> | "seeds"> {
  /** Increasing numbers of training samples. Default: five sizes, from a sixteenth of the samples to all. */
  readonly sizes?: readonly number[];
  /** Number of trainings per size, with seeds `seed`, `seed + 1`, … Default 3. */
  readonly seeds?: number;
  /** Trainings at once. They share cores and memory, so `threads` is then those of one. Default 1. */
  readonly jobs?: number;
  /** Increasing numbers of training labels of each class, in place of `sizes`: 1, 5, 20. All draws have one test split. */
  readonly shots?: readonly number[] | undefined;
  /** Number of draws for each of `shots`, in place of `seeds`. Default 10. */
  readonly draws?: number;
  /**
   * Target score at which sample sizes are compared, 0 … 1: accuracy, micro F1 of labels and entities, R² of numbers. Default:
   * the highest multiple of 5 points that transfer reaches.
   */
  readonly score?: number;
}

/**
 * Measures a learning curve with transfer and from scratch, and estimates how many samples transfer saves.
 *
 * Each size is trained with several seeds and a baseline from scratch, each in its own process. Larger training sets contain the
 * smaller ones of the same seed. Validation and test split stay the same. A power law is fitted to the errors with transfer and
 * from scratch. It gives the samples that each needs for the target score, with an interval. Results beyond the measured sizes
 * are marked. `resume(folder)` continues a stopped curve.
 *
 * @param data data as for `train`. A table needs `initFrom`.
 * @returns the curve. Its folder has `curve.json`, `report.html`, and a run folder for each training.
 * @throws DataError for too few samples, OptionError for wrong sizes or options; `Interrupted` after an abort
 * @example
 * const { words, sizes } = await learningCurve("./flowers", { seeds: 3 });
 * console.log(words, sizes[0].transfer.mean, sizes[0].scratch.mean);
 */
export async function learningCurve(data: string, options: CurveOptions = {}): Promise<CurveResult> {
  return learningCurveOn(await openMachine(), data, options);
}

/** Runs {@link learningCurve} on a given machine. */
export async function learningCurveOn(
  machine: TaskMachine,
  data: string,
  options: CurveOptions = {},
): Promise<CurveResult> {
  return newCurve(machine, data, options, (folder) => executeCurve(machine, folder, options));
}

/**
 * Prepares a learning curve for `work`: checks options, data and base, and writes its folder. Trains nothing.
 * @throws as {@link learningCurve}
 * @example const { study, trainings } = await prepareCurve("./flowers", { seeds: 5 });
 */
export async function prepareCurve(data: string, options: CurveOptions = {}): Promise<PreparedStudy> {
  const machine = await openMachine();
  return newCurve(machine, data, options, async (folder) => {
    await folder.update(await inspectCurve(machine, folder, options));
    return preparedStudy(machine, folder, trainingsOfCurve(folder));
  });
}

/** Checks the options of a new curve, creates its folder, and works in it. */
async function newCurve<T>(
  machine: TaskMachine,
  data: string,
  options: CurveOptions,
  work: (folder: CurveFolder) => Promise<T>,
): Promise<T> {
  const { sizes, shots, score, out, jobs, seeds: _seeds, draws: _draws, ...requested } = options;
  const { onEvent: _onEvent, signal: _signal, ...given } = requested;
  const { seed = defaults.seed, threads, base, task: _requested, ...others } = given;
  refuseDecided("curve", given);
  checkOptions({ ...given, out, baselines: true });
  const all = seedsFrom(seed, repeatsOf(options));
  if (score !== undefined && !(score > 0 && score < 1))
    throw new EngraftError("OptionError", `score is ${JSON.stringify(score)}`, {
      help: "give a number between 0 and 1, like 0.9",
    });
  const { platform } = machine;
  const { root, path } = await pathsOf(platform, data, "curve", out);
  const { abilitiesOf, resolveTask } = await import("../../tasks/registry.js");
  const most = shots && { shots: Math.max(...shots), splitSeed: seed };
  const task = await resolveTask(machine, data, { ...given, ...most, baselines: true });
  if (given.initFrom === undefined && !capabilitiesOf(abilitiesOf(machine, task)).includes("pretrained"))
    throw new EngraftError(
      "OptionError",
      `a learning curve compares transfer with training from scratch, and this run of ${task} has no model to start from`,
      { help: "name a trained model of the same kind with --init-from", details: { task } },
    );
  const manifest: CurveManifest = {
    format: manifestFormat,
    status: "running",
    data: root,
    ...(sizes && { sizes }),
    ...(shots && { shots }),
    seeds: all,
    score,
    options: {
      ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
      task,
      ...others,
    },
    ...sharedCores(platform, threads, jobs),
    started: new Date().toISOString(),
  };
  return workInNew(CurveFolder, platform, path, manifest, work);
}

/** Returns the number of trainings of each size. @throws OptionError for options that exclude each other */
function repeatsOf({ sizes, seeds, shots, draws = shots ? 10 : undefined }: CurveOptions): number {
  if (shots) {
    checkShots(shots);
    const other = sizes !== undefined ? "sizes" : seeds !== undefined ? "seeds" : undefined;
    if (other !== undefined)
      throw new EngraftError("OptionError", `the options shots and ${other} exclude each other`, {
        help: other === "sizes" ? "give one of them" : "give the number of draws with --draws",
      });
    if (draws !== 1) return draws!;
    throw new EngraftError("OptionError", "draws is 1", { help: "give 2 or more: one draw shows no spread" });
  }
  if (draws === undefined) return seeds ?? 3;
  throw new EngraftError("OptionError", "the option draws has no effect without --shots", {
    help: "add --shots 1,5,20; or give the number of trainings of each size with --seeds",
  });
}

/** Options of a resumed learning curve. */
export interface ResumeCurveOptions extends ResumeStudyOptions, Pick<TrainOptions, "threads"> {
  /** Trainings at once. Default: as before. */
  readonly jobs?: number | undefined;
}

/**
 * Resumes a learning curve: trains what is missing or failed.
 * @deprecated use `resume(folder)`
 * @throws RunError if the folder holds no learning curve, or if the data have changed
 */
export async function resumeCurve(path: string, options: ResumeCurveOptions = {}): Promise<CurveResult> {
  return resumeCurveOn(await openMachine(), path, options);
}

/** Runs {@link resumeCurve} on a given machine. */
export async function resumeCurveOn(
  machine: TaskMachine,
  path: string,
  { onEvent, signal, data, ...cores }: ResumeCurveOptions = {},
): Promise<CurveResult> {
  const { platform } = machine;
  return workIn(CurveFolder, platform, platform.files.resolve(path), async (folder) => {
    await folder.update(redivideCores(platform, folder.manifest, cores));
    return executeCurve(machine, folder, { onEvent, signal }, await dataHere(platform, folder, data));
  });
}
