import { EngraftError } from "../../core/errors.js";
import type { CurveResult } from "../../core/results/curve.js";
import { checkOptions } from "../../options/check-options.js";
import { type DecidedBy, refuseDecided } from "../../options/command-options.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { capabilitiesOf } from "../../options/task-capabilities.js";
import { lockedFolder, pathsOf, seedsFrom } from "../../run/folder/manifest-folder.js";
import { openMachine } from "../../run/machine.js";
import { fromAnywhere } from "../../run/moved-models.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { carryCurve } from "./carry-curve.js";
import { CurveFolder, type CurveManifest } from "./curve-folder.js";

/** In messages about a folder in use. */
const what = "learning curve";

/** What `learningCurve` may be told: every other option of `train` goes to every training. */
export interface CurveOptions extends Omit<TrainOptions, DecidedBy<"curve"> | "seeds"> {
  /** Numbers of pictures or texts to learn from, rising. Default: five, from a sixteenth of what there is to all of it. */
  readonly sizes?: readonly number[];
  /** Trainings of each size: `seed`, `seed + 1`, … Default 3. */
  readonly seeds?: number;
  /** The score that both are asked for, 0 … 1: accuracy, micro F1 of several labels and of entities, R² of numbers. Default: the highest multiple of 5 points that transfer reaches. */
  readonly score?: number;
  /** The same as `score`. */
  readonly accuracy?: number;
}

/**
 * Train with transfer and from scratch on growing parts of the data, and say how many pictures (or texts) the transfer saved.
 *
 * Each size is trained with several seeds, each in a process of its own, with a baseline from scratch; a smaller part
 * is in every larger one of its seed; validation and test part stay as they are. To the errors of each way a power law is
 * fitted, and both are asked how many pictures the same accuracy takes, with an interval; what lies beyond the measured sizes
 * is marked. What is finished is kept: one that was stopped is continued by `resume(folder)`.
 *
 * @param data what `train` takes. The score is the accuracy; the micro F1 of several labels and of entities; R² of numbers. A table
 *   needs `initFrom`.
 * @returns the curve; its folder holds it as `curve.json` and `report.html`, and an ordinary run folder a training.
 * @throws DataError when there is too little for a curve, OptionError for wrong sizes or options; `Interrupted` after an abort
 * @example
 * const { words, sizes } = await learningCurve("./flowers", { seeds: 3 });
 * console.log(words, sizes[0].transfer.mean, sizes[0].scratch.mean);
 */
export async function learningCurve(data: string, options: CurveOptions = {}): Promise<CurveResult> {
  return learningCurveOn(await openMachine(), data, options);
}

/** {@link learningCurve} on a machine of the caller's choice. */
export async function learningCurveOn(
  machine: TaskMachine,
  data: string,
  options: CurveOptions = {},
): Promise<CurveResult> {
  const { sizes, seeds = 3, accuracy, score = accuracy, out, onEvent, signal, ...given } = options;
  const { seed = defaults.seed, threads, base, task: _requested, ...others } = given;
  refuseDecided("curve", given);
  checkOptions({ ...given, out, baselines: true });
  const all = seedsFrom(seed, seeds);
  if (score !== undefined && !(score > 0 && score < 1))
    throw new EngraftError("OptionError", `score is ${JSON.stringify(score)}`, {
      help: "give a number between 0 and 1, like 0.9",
    });
  const { platform } = machine;
  const { root, path } = await pathsOf(platform, data, "curve", out);
  const { abilitiesOf, resolveTask } = await import("../../tasks/registry.js");
  const task = await resolveTask(machine, data, { ...given, baselines: true });
  if (given.initFrom === undefined && !capabilitiesOf(abilitiesOf(machine, task)).includes("pretrained"))
    throw new EngraftError(
      "OptionError",
      `a learning curve compares transfer with training from scratch, and this run of ${task} has no model to start from`,
      { help: "name a trained model of the same kind with --init-from", details: { task } },
    );
  const manifest: CurveManifest = {
    format: 1,
    status: "running",
    data: root,
    ...(sizes && { sizes }),
    seeds: all,
    ...(score !== undefined && { accuracy: score }),
    options: {
      ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
      task,
      ...others,
    },
    threads: threads ?? platform.cores(),
    started: new Date().toISOString(),
  };
  return lockedFolder(platform, what, path, {}, async () => {
    const folder = await CurveFolder.create(platform, path, manifest);
    return folder.orNothing(() => carryCurve(machine, folder, { onEvent, signal }));
  });
}

/**
 * Resumes a learning curve: trains what is missing or failed.
 * @deprecated use `resume(folder)`
 * @throws RunError when the folder holds none, or the data are not the ones it was started with
 */
export async function resumeCurve(
  path: string,
  options: Pick<TrainOptions, "onEvent" | "signal"> = {},
): Promise<CurveResult> {
  return resumeCurveOn(await openMachine(), path, options);
}

/** {@link resumeCurve} on a machine of the caller's choice. */
export async function resumeCurveOn(
  machine: TaskMachine,
  path: string,
  { onEvent, signal }: Pick<TrainOptions, "onEvent" | "signal"> = {},
): Promise<CurveResult> {
  const { platform } = machine;
  const folder = platform.files.resolve(path);
  // Told apart from a folder in use: nothing is locked that is no curve.
  await CurveFolder.open(platform, folder);
  // The lock of a process that was killed is free after 15 s.
  return lockedFolder(platform, what, folder, { wait: 20_000 }, async () =>
    carryCurve(machine, await CurveFolder.open(platform, folder), { onEvent, signal }),
  );
}
