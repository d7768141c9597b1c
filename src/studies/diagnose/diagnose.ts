import { EngraftError } from "../../core/errors.js";
import type { DiagnosisResult } from "../../core/results/diagnosis.js";
import { checkOptions } from "../../options/check-options.js";
import type { ofDiagnosis } from "../../options/command-options.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { pathsOf, seedsFrom, workIn, workInNew } from "../../run/folder/manifest-folder.js";
import { manifestFormat } from "../../run/folder/run-manifest.js";
import { openMachine } from "../../run/machine.js";
import { fromAnywhere } from "../../run/moved-models.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { dataHere, type PreparedStudy, preparedStudy, type ResumeStudyOptions } from "../many-runs.js";
import { DiagnosisFolder, type DiagnosisManifest } from "./diagnosis-folder.js";
import { trainingsOfDiagnosis } from "./diagnosis-trainings.js";
import { executeDiagnosis, withOpenDiagnosis } from "./execute-diagnosis.js";

/** Options of `diagnose`. */
export interface DiagnoseOptions
  extends Pick<TrainOptions, (typeof ofDiagnosis)[number] | "onEvent" | "signal"> {
  /** Number of groups of the base's layers, 2 … 8. Default 4. */
  readonly groups?: number;
  /** Number of seeds per variant: `seed`, `seed + 1`, … Default 3. */
  readonly seeds?: number;
  /** Seconds for all trainings together. Decides the number of epochs unless `epochs` is set. Default 600. */
  readonly budget?: number;
  /** Margin of accuracy: a gain within ± this value counts as none. Default 0.01. */
  readonly margin?: number;
  /** Labelled source pictures of the base. With them, the result says which source classes are near the data, and which hurt. */
  readonly source?: string;
}

/** Limits of `groups`. Each further group costs two more variants. */
const groupRange = [2, 8] as const;

/**
 * Measures which pretrained layers help, and which hurt.
 *
 * The base's layers are divided into groups. The network is trained briefly with the last 1, 2, … groups from random weights, and
 * with the first ones, by one recipe and several seeds. Variants that differ in one group are compared on the validation split,
 * paired by seed and item. The test split is not used. `resume(folder)` continues a stopped diagnosis.
 * @throws DataError for data without a validation split, OptionError for wrong options or a budget that is too short;
 * `Interrupted` after an abort
 * @example
 * const { words, groups } = await diagnose("./flowers", { base: "vision-open", budget: 300 });
 * console.log(words, groups.map((group) => group.words));
 */
export async function diagnose(data: string, options: DiagnoseOptions = {}): Promise<DiagnosisResult> {
  const machine = await openMachine();
  return newDiagnosis(machine, data, options, (folder) => executeDiagnosis(machine, folder, options));
}

/**
 * Prepares a diagnosis for `work`: checks options, data and base, decides the epochs, and writes its folder.
 * @throws as {@link diagnose}
 * @example const { study, trainings } = await prepareDiagnosis("./flowers", { budget: 300 });
 */
export async function prepareDiagnosis(data: string, options: DiagnoseOptions = {}): Promise<PreparedStudy> {
  const machine = await openMachine();
  return newDiagnosis(machine, data, options, async (folder) => {
    await withOpenDiagnosis(machine, folder, options, undefined, async () => undefined);
    return preparedStudy(machine, folder, trainingsOfDiagnosis(folder));
  });
}

/** Checks the options of a new diagnosis, creates its folder, and works in it. */
async function newDiagnosis<T>(
  machine: TaskMachine,
  data: string,
  options: DiagnoseOptions,
  work: (folder: DiagnosisFolder) => Promise<T>,
): Promise<T> {
  const {
    groups = 4,
    seeds = 3,
    budget = 600,
    margin = 0.01,
    source,
    out,
    onEvent: _onEvent,
    signal: _signal,
    ...given
  } = options;
  const { seed = defaults.seed, threads, base, ...others } = given;
  checkOptions({ ...given, out, margin, baselines: true });
  if (!Number.isInteger(groups) || groups < groupRange[0] || groups > groupRange[1])
    throw new EngraftError("OptionError", `groups is ${JSON.stringify(groups)}`, {
      help: `give a whole number from ${groupRange[0]} to ${groupRange[1]}`,
    });
  if (!(budget > 0))
    throw new EngraftError("OptionError", `budget is ${JSON.stringify(budget)}`, {
      help: "give seconds above 0",
    });
  const { platform } = machine;
  const { root, path } = await pathsOf(platform, data, "diagnosis", out);
  const manifest: DiagnosisManifest = {
    format: manifestFormat,
    status: "running",
    data: root,
    ...(source !== undefined && { source: platform.files.resolve(source) }),
    groups,
    seeds: seedsFrom(seed, seeds),
    margin,
    budget,
    options: { ...(base !== undefined && { base: await fromAnywhere(base, platform) }), ...others },
    threads: threads ?? platform.cores(),
    started: new Date().toISOString(),
  };
  return workInNew(DiagnosisFolder, platform, path, manifest, work);
}

/**
 * Resumes a diagnosis.
 * @deprecated use `resume(folder)`
 * @throws RunError if the folder holds no diagnosis, or if data or base have changed
 */
export async function resumeDiagnosis(
  path: string,
  { data, onEvent, signal }: ResumeStudyOptions = {},
): Promise<DiagnosisResult> {
  const machine = await openMachine();
  const { platform } = machine;
  return workIn(DiagnosisFolder, platform, platform.files.resolve(path), async (folder) => {
    return executeDiagnosis(machine, folder, { onEvent, signal }, await dataHere(platform, folder, data));
  });
}
