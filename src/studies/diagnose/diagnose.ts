import { EngraftError } from "../../core/errors.js";
import type { DiagnosisResult } from "../../core/results/diagnosis.js";
import { checkOptions } from "../../options/check-options.js";
import type { ofDiagnosis } from "../../options/command-options.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { lockedFolder, pathsOf, seedsFrom } from "../../run/folder/manifest-folder.js";
import { openMachine } from "../../run/machine.js";
import { fromAnywhere } from "../../run/moved-models.js";
import { carryDiagnosis } from "./carry-diagnosis.js";
import { DiagnosisFolder, type DiagnosisManifest } from "./diagnosis-folder.js";

/** In messages about a folder in use. */
const what = "diagnosis";

/** What `diagnose` may be told. */
export interface DiagnoseOptions
  extends Pick<TrainOptions, (typeof ofDiagnosis)[number] | "onEvent" | "signal"> {
  /** Groups that the base's layers are divided into, 2 … 8. Default 4. */
  readonly groups?: number;
  /** Trainings of each kind: `seed`, `seed + 1`, … Default 3. */
  readonly seeds?: number;
  /** Seconds for all trainings together: it decides the epochs where nobody asked. Default 600. */
  readonly budget?: number;
  /** A gain within ± this counts as none. Default 0.01. */
  readonly margin?: number;
  /** Labelled pictures that the base, or a model before, was trained on: which of their classes are near the data, and which hurt. */
  readonly source?: string;
}

/** As many as there are: fewer say nothing of where, more cost twice as many trainings. */
const groupRange = [2, 8] as const;

/**
 * Which layers' weights help, and which hurt: the base's layers are divided into groups, and the network is trained briefly with the
 * last 1, 2, … groups fresh, and with the first ones, all by one recipe with several seeds. What differs in one group alone is
 * held against each other on the validation part, paired by seed and item. The test part is not looked at.
 *
 * Each training that ends is kept: one that was stopped is continued by `resume(folder)`.
 * @throws DataError for data without a validation part, OptionError for wrong options or a budget in which nothing could be
 * trained; `Interrupted` after an abort
 * @example
 * const { words, groups } = await diagnose("./flowers", { base: "vision-mini", budget: 300 });
 * console.log(words, groups.map((group) => group.words));
 */
export async function diagnose(data: string, options: DiagnoseOptions = {}): Promise<DiagnosisResult> {
  const {
    groups = 4,
    seeds = 3,
    budget = 600,
    margin = 0.01,
    source,
    out,
    onEvent,
    signal,
    ...given
  } = options;
  const { seed = defaults.seed, threads, base, ...others } = given;
  checkOptions({ ...given, ...(out !== undefined && { out }), margin, baselines: true });
  if (!Number.isInteger(groups) || groups < groupRange[0] || groups > groupRange[1])
    throw new EngraftError("OptionError", `groups is ${JSON.stringify(groups)}`, {
      help: `give a whole number from ${groupRange[0]} to ${groupRange[1]}`,
    });
  if (!(budget > 0))
    throw new EngraftError("OptionError", `budget is ${JSON.stringify(budget)}`, {
      help: "give seconds above 0",
    });
  const machine = await openMachine();
  const { platform } = machine;
  const { root, path } = await pathsOf(platform, data, "diagnosis", out);
  const manifest: DiagnosisManifest = {
    format: 1,
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
    done: [],
  };
  return lockedFolder(platform, what, path, {}, async () => {
    const folder = await DiagnosisFolder.create(platform, path, manifest);
    return folder.orNothing(() => carryDiagnosis(machine, folder, { onEvent, signal }));
  });
}

/**
 * Resumes a diagnosis.
 * @deprecated use `resume(folder)`
 * @throws RunError when the folder holds none, or data or base are not the ones it was started with
 */
export async function resumeDiagnosis(
  path: string,
  { onEvent, signal }: Pick<TrainOptions, "onEvent" | "signal"> = {},
): Promise<DiagnosisResult> {
  const machine = await openMachine();
  const { platform } = machine;
  const folder = platform.files.resolve(path);
  // Told apart from a folder in use: nothing is locked that is no diagnosis.
  await DiagnosisFolder.open(platform, folder);
  return lockedFolder(platform, what, folder, { wait: 20_000 }, async () =>
    carryDiagnosis(machine, await DiagnosisFolder.open(platform, folder), { onEvent, signal }),
  );
}
