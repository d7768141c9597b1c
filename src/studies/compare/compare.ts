import { EngraftError } from "../../core/errors.js";
import type { ComparedEntry, ComparisonResult } from "../../core/results/comparison.js";
import { checkOptions } from "../../options/check-options.js";
import { type DecidedBy, refuseDecided } from "../../options/command-options.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { pathsOf, seedsFrom, workIn, workInNew } from "../../run/folder/manifest-folder.js";
import { manifestFormat } from "../../run/folder/run-manifest.js";
import { openMachine } from "../../run/machine.js";
import { fromAnywhere } from "../../run/moved-models.js";
import { fewestSeeds } from "../../statistics/index.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { ResumeCurveOptions } from "../curve/curve.js";
import {
  dataHere,
  type PreparedStudy,
  preparedStudy,
  redivideCores,
  sharedCores,
  taskIn,
} from "../many-runs.js";
import { entriesOf, fittingEntries, optionsOfEntry } from "./compare-entries.js";
import { ComparisonFolder, type ComparisonManifest } from "./comparison-folder.js";
import { executeComparison, inspectComparison, trainingsOfComparison } from "./execute-comparison.js";

/** Options of `compare`. All other options of `train` apply to every run. */
export interface CompareOptions extends Omit<TrainOptions, DecidedBy<"compare">> {
  /**
   * Strategies to compare, by name, optionally with options: `["probe", "last-n:last=2"]`; `all` for every strategy that fits
   * the data. Default probe and finetune.
   */
  readonly strategies?: readonly string[];
  /** Number of seeds per strategy: `seed`, `seed + 1`, … Fewer than 3 decide nothing. Default 3. */
  readonly seeds?: number;
  /** Trainings at once. They share cores and memory, so `threads` is then those of one. Default 1. */
  readonly jobs?: number;
  /** Strategy that all others are compared with, in addition to the winner. Default: the first. */
  readonly baseline?: string;
}

/** Options of a resumed comparison. */
export interface ResumeComparisonOptions extends ResumeCurveOptions {
  /** Strategies to add. */
  readonly strategies?: readonly string[] | undefined;
  /** New total number of seeds, at least the present one. */
  readonly seeds?: number | undefined;
}

/**
 * Compares strategies: trains each on the same data with several seeds, and tests whether the best one differs by more than
 * chance. The score is accuracy, micro F1, or R² of numbers.
 *
 * Each training runs in its own process. Without a given split, the seed draws it, so all strategies of a seed share one split.
 * The winner is chosen on the validation split. The test split is scored once per run and chooses nothing. `resume(folder)`
 * continues a stopped comparison.
 *
 * @param data a folder, CSV or JSONL. @param options.task as for `train`: "auto" detects it from the data.
 * @returns the table. Its folder has `comparison.json`, `report.html`, and a run folder for each training.
 * @throws OptionError for an unknown or repeated strategy, or a wrong option; `Interrupted` after an abort
 * @example
 * const { rows, winner } = await compare("./flowers", { strategies: ["probe", "finetune", "l2-sp"], seeds: 3 });
 * console.log(winner.words, rows[0].accuracy.ci95);
 */
export async function compare(data: string, options: CompareOptions = {}): Promise<ComparisonResult> {
  return compareOn(await openMachine(), data, options);
}

/** Runs {@link compare} on a given machine. */
export async function compareOn(
  machine: TaskMachine,
  data: string,
  options: CompareOptions = {},
): Promise<ComparisonResult> {
  return newComparison(machine, data, options, (folder) => executeComparison(machine, folder, options));
}

/**
 * Prepares a comparison for `work`: checks options, data and base, and writes its folder. Trains nothing.
 * @throws as {@link compare}
 * @example const { study, trainings } = await prepareComparison("./flowers", { seeds: 5 });
 */
export async function prepareComparison(data: string, options: CompareOptions = {}): Promise<PreparedStudy> {
  const machine = await openMachine();
  return newComparison(machine, data, options, async (folder) => {
    await folder.update(await inspectComparison(machine, folder, options));
    return preparedStudy(machine, folder, trainingsOfComparison(folder));
  });
}

/** Checks the options of a new comparison, creates its folder, and works in it. */
async function newComparison<T>(
  machine: TaskMachine,
  data: string,
  options: CompareOptions,
  work: (folder: ComparisonFolder) => Promise<T>,
): Promise<T> {
  const { strategies = ["probe", "finetune"], seeds = 3, baseline, out, jobs, ...requested } = options;
  const { onEvent: _onEvent, signal: _signal, ...given } = requested;
  const { seed = defaults.seed, option, threads, base, initFrom, task: _requested, ...others } = given;
  refuseDecided("compare", given);
  const requestedEntries = entriesOf(namesOf(strategies), option);
  checkAll(requestedEntries, { ...given, out }, requestedEntries);
  const { platform } = machine;
  const { root, path } = await pathsOf(platform, data, "comparison", out);
  const { abilitiesOf, resolveTask } = await import("../../tasks/registry.js");
  const task = await resolveTask(machine, data, given);
  const entries = await fittingEntries(abilitiesOf(machine, task), requestedEntries, given, {
    named: namesOf(strategies),
  });
  const chosen = baseline ?? entries[0]!.label;
  if (!entries.some(({ label }) => label === chosen))
    throw new EngraftError("OptionError", `the baseline "${chosen}" is not among what is compared`, {
      help: `give one of ${entries.map(({ label }) => label).join(", ")}`,
    });
  const manifest: ComparisonManifest = {
    format: manifestFormat,
    status: "running",
    data: root,
    entries,
    seeds: seedsFrom(seed, seeds),
    baseline: chosen,
    options: {
      ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
      ...(initFrom !== undefined && { initFrom: await fromAnywhere(initFrom, platform) }),
      task,
      ...others,
    },
    ...sharedCores(platform, threads, jobs),
    started: new Date().toISOString(),
  };
  return workInNew(ComparisonFolder, platform, path, manifest, work);
}

/**
 * Resumes a comparison: runs missing and failed trainings, and adds strategies and seeds. After an addition, the former table
 * counts as an interim analysis, so the intervals are wider.
 * @deprecated use `resume(folder)`
 * @throws RunError if the folder holds no comparison, or if the data have changed
 */
export async function resumeComparison(
  path: string,
  options: ResumeComparisonOptions = {},
): Promise<ComparisonResult> {
  return resumeComparisonOn(await openMachine(), path, options);
}

/** Runs {@link resumeComparison} on a given machine. */
export async function resumeComparisonOn(
  machine: TaskMachine,
  path: string,
  options: ResumeComparisonOptions = {},
): Promise<ComparisonResult> {
  const { strategies, seeds, threads, jobs, data, onEvent, signal } = options;
  const { platform } = machine;
  const folder = platform.files.resolve(path);
  const onWait = (): void =>
    onEvent?.({
      event: "warning",
      code: "lock",
      message: `waiting for the process that held "${folder}" to give it back, at most 20 s`,
    });
  const work = async (comparison: ComparisonFolder): Promise<ComparisonResult> => {
    const { entries, seeds: before, options: shared } = comparison.manifest;
    const requestedEntries = strategies
      ? entriesOf(namesOf(strategies)).filter(({ label }) => !entries.some((e) => e.label === label))
      : [];
    const all = seeds === undefined ? before : seedsFrom(before[0]!, seeds);
    if (all.length < before.length)
      throw new EngraftError("OptionError", `the comparison has ${before.length} seeds, not ${all.length}`, {
        at: folder,
        help: "give as many or more: what is measured stays",
      });
    checkAll(requestedEntries, shared, [...entries, ...requestedEntries]);
    const { abilitiesOf } = await import("../../tasks/registry.js");
    const more = await fittingEntries(abilitiesOf(machine, taskIn(shared)), requestedEntries, shared, {
      named: strategies ?? [],
      others: entries,
    });
    const enlarged = more.length > 0 || all.length > before.length;
    await comparison.update({
      entries: [...entries, ...more],
      seeds: all,
      ...(enlarged && { earlier_looks: countInterimAnalyses(comparison.manifest) }),
      ...redivideCores(platform, comparison.manifest, { threads, jobs }),
    });
    return executeComparison(
      machine,
      comparison,
      { onEvent, signal },
      await dataHere(platform, comparison, data),
    );
  };
  return workIn(ComparisonFolder, platform, folder, work, onWait);
}

function namesOf(strategies: unknown): readonly string[] {
  if (Array.isArray(strategies) && strategies.every((s) => typeof s === "string")) return strategies;
  throw new EngraftError("OptionError", `strategies is ${JSON.stringify(strategies)}`, {
    help: 'give a list of names, like ["probe", "finetune"]',
  });
}

/** Checks the options of every entry as its run would. */
function checkAll(
  entries: readonly ComparedEntry[],
  options: Readonly<Partial<TrainOptions>>,
  all: readonly ComparedEntry[],
): void {
  for (const entry of entries) checkOptions({ ...optionsOfEntry(entry, options, all) });
}

/**
 * Counts the interim analyses of a comparison before seeds or strategies are added: its tables that could decide. A table with
 * fewer than 3 seeds cannot decide. A table that was resumed without an addition counts once.
 */
export function countInterimAnalyses({
  earlier_looks: before = 0,
  result,
}: Pick<ComparisonManifest, "earlier_looks" | "result">): number {
  const decided = result?.rows.some(({ to_winner, to_baseline }) =>
    [to_winner, to_baseline].some((one) => one !== undefined && one.seeds >= fewestSeeds),
  );
  return decided ? Math.max(before, result!.look ?? 1) : before;
}
