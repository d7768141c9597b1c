import { EngraftError } from "../../core/errors.js";
import type { ComparedEntry, ComparisonResult } from "../../core/results/comparison.js";
import { checkOptions } from "../../options/check-options.js";
import { type DecidedBy, refuseDecided } from "../../options/command-options.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { lockedFolder, pathsOf, seedsFrom } from "../../run/folder/manifest-folder.js";
import { openMachine } from "../../run/machine.js";
import { fromAnywhere } from "../../run/moved-models.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { taskIn } from "../many-runs.js";
import { entriesOf, fittingEntries, optionsOfEntry } from "./compare-entries.js";
import { ComparisonFolder, type ComparisonManifest } from "./comparison-folder.js";
import { executeComparison } from "./execute-comparison.js";
import { countInterimAnalyses } from "./interim-analyses.js";

/** In messages about a folder in use. */
const what = "comparison";

/** What `compare` may be told: every option of `train` goes to every run. */
export interface CompareOptions extends Omit<TrainOptions, DecidedBy<"compare">> {
  /**
   * What is compared: names, perhaps with options of their own: `["probe", "last-n:last=2"]`; `all` for every strategy that the data take.
   * Default probe and finetune.
   */
  readonly strategies?: readonly string[];
  /** How many seeds each is trained with: `seed`, `seed + 1`, … Default 3; fewer than 3 decide nothing. */
  readonly seeds?: number;
  /** The one that all others are held against, beside the winner. Default: the first. */
  readonly baseline?: string;
}

/** What may be said of a comparison that goes on: more to compare, and how. */
export interface ResumeComparisonOptions extends Pick<TrainOptions, "onEvent" | "signal" | "threads"> {
  /** Added to those that it has. */
  readonly strategies?: readonly string[];
  /** Of all of them; not fewer than it has. */
  readonly seeds?: number;
}

/**
 * Train several strategies on the same data with several seeds, each in a process of its own, and say which is best and
 * whether that can be told from chance: by accuracy, or by R² where numbers are learnt.
 *
 * The seed decides the split (where none is given), so all strategies of a seed see the same items in the same parts.
 * The winner is chosen by validation; the test part is scored once a run and chooses nothing. What is finished is kept: a
 * comparison that was stopped is continued by `resume(folder)`.
 *
 * @param data a folder, CSV or JSONL. @param options.task as of `train`: "auto" finds it out from the data.
 * @returns the table; the folder holds it as `comparison.json` and `report.html`, and an ordinary run folder a training.
 * @throws OptionError for an unknown strategy, one named twice, or a wrong option; `Interrupted` after an abort
 * @example
 * const { rows, winner } = await compare("./flowers", { strategies: ["probe", "finetune", "l2-sp"], seeds: 3 });
 * console.log(winner.words, rows[0].accuracy.ci95);
 */
export async function compare(data: string, options: CompareOptions = {}): Promise<ComparisonResult> {
  return compareOn(await openMachine(), data, options);
}

/** {@link compare} on a machine of the caller's choice. */
export async function compareOn(
  machine: TaskMachine,
  data: string,
  options: CompareOptions = {},
): Promise<ComparisonResult> {
  const { strategies = ["probe", "finetune"], seeds = 3, baseline, out, onEvent, signal, ...given } = options;
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
    format: 1,
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
    threads: threads ?? platform.cores(),
    started: new Date().toISOString(),
  };
  return lockedFolder(platform, what, path, {}, async () => {
    const folder = await ComparisonFolder.create(platform, path, manifest);
    return folder.orNothing(() => executeComparison(machine, folder, { onEvent, signal }));
  });
}

/**
 * Resumes a comparison: trains what is missing or failed, and adds strategies and seeds. Adding them is another look at the same
 * comparison, whose intervals are wider.
 * @deprecated use `resume(folder)`
 * @throws RunError when the folder holds no comparison, or the data are not the ones it was started with
 */
export async function resumeComparison(
  path: string,
  options: ResumeComparisonOptions = {},
): Promise<ComparisonResult> {
  return resumeComparisonOn(await openMachine(), path, options);
}

/** {@link resumeComparison} on a machine of the caller's choice. */
export async function resumeComparisonOn(
  machine: TaskMachine,
  path: string,
  options: ResumeComparisonOptions = {},
): Promise<ComparisonResult> {
  const { strategies, seeds, threads, onEvent, signal } = options;
  const { platform } = machine;
  const folder = platform.files.resolve(path);
  // Told apart from a folder in use: nothing is locked that is no comparison.
  await ComparisonFolder.open(platform, folder);
  const onWait = (): void =>
    onEvent?.({
      event: "warning",
      code: "lock",
      message: `waiting for the process that held "${folder}" to give it back, at most 20 s`,
    });
  // The lock of a process that was killed is free after 15 s.
  return lockedFolder(platform, what, folder, { wait: 20_000, onWait }, async () => {
    const comparison = await ComparisonFolder.open(platform, folder);
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
      ...(threads !== undefined && { threads }),
    });
    return executeComparison(machine, comparison, { onEvent, signal });
  });
}

function namesOf(strategies: unknown): readonly string[] {
  if (Array.isArray(strategies) && strategies.every((s) => typeof s === "string")) return strategies;
  throw new EngraftError("OptionError", `strategies is ${JSON.stringify(strategies)}`, {
    help: 'give a list of names, like ["probe", "finetune"]',
  });
}

/** Every entry's options, as its own run would check them. */
function checkAll(
  entries: readonly ComparedEntry[],
  options: Readonly<Partial<TrainOptions>>,
  all: readonly ComparedEntry[],
): void {
  for (const entry of entries) checkOptions({ ...optionsOfEntry(entry, options, all) });
}
