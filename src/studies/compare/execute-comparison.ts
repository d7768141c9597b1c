import { EngraftError, messageOf } from "../../core/errors.js";
import type { OnEvent, RunEvent } from "../../core/events/events.js";
import { runScoreFields } from "../../core/events/run-events.js";
import {
  type ComparedEntry,
  type ComparedRun,
  type ComparisonNote,
  type ComparisonResult,
  type FailedRun,
  fewestToChooseBy,
  scoreIn,
} from "../../core/results/comparison.js";
import {
  type AnsweredRun,
  compareStrategies,
  comparisonNotes,
  metricOf,
  type NoteFacts,
} from "../../evidence/index.js";
import type { Machine } from "../../run/machine.js";
import { keepReport } from "../../run/report/keep-report.js";
import { fewestGroups } from "../../statistics/index.js";
import { abilitiesOf, type TaskMachine } from "../../tasks/registry.js";
import {
  dropState,
  estimateSecondsLeft,
  interrupted,
  isInterruption,
  type Listener,
  openDataAndBase,
  taskIn,
  trainOne,
} from "../many-runs.js";
import { fittingEntries, optionsOfEntry } from "./compare-entries.js";
import { type ReadRun, readRun } from "./compared-run.js";
import type { ComparisonFolder } from "./comparison-folder.js";

/** A training of the comparison. */
interface Job {
  readonly entry: ComparedEntry;
  readonly seed: number;
  readonly run: string;
}

/**
 * Executes or resumes a comparison. All strategies of the first seed come first, then those of the second, so that a stopped
 * comparison already has every strategy. A failed training is recorded, and the others continue.
 */
export async function executeComparison(
  machine: TaskMachine,
  comparison: ComparisonFolder,
  listener: Listener,
): Promise<ComparisonResult> {
  const { onEvent } = listener;
  const begin = performance.now();
  const { platform } = machine;
  const { entries, seeds, options } = comparison.manifest;
  const inspected = await openDataAndBase(machine, comparison.manifest, seeds[0]!, listener);
  // The kind of inputs is known only now. A resumed comparison was already checked.
  const { input } = inspected;
  if (input && comparison.manifest.fingerprint === undefined)
    await fittingEntries(abilitiesOf(machine, taskIn(options)), entries, options, {
      named: entries.map(({ label }) => label),
      input,
    });
  await requireUnchanged(comparison, inspected.fingerprint, inspected.baseSha256);

  const jobs: Job[] = seeds.flatMap((seed) =>
    entries.map((entry) => ({ entry, seed, run: comparison.runPath(entry.label, seed) })),
  );
  const done: ReadRun[] = [];
  const failures: FailedRun[] = [];
  const left = (jobs: readonly Job[]): { seconds_left?: number } => {
    const labels = jobs.map(({ entry }) => entry.label);
    return estimateSecondsLeft(
      labels,
      done.map(({ run }) => ({ kind: run.label, seconds: run.seconds.total })),
    );
  };
  for (const [i, job] of jobs.entries()) {
    const { entry, seed, run } = job;
    const reportRun = (event: Omit<RunEvent, "event" | "label" | "seed" | "number" | "of" | "run">): void =>
      onEvent?.({ event: "run", label: entry.label, seed, number: i + 1, of: jobs.length, run, ...event });
    try {
      const before = await finished(machine, job);
      if (!before) {
        reportRun({ state: "started", ...left(jobs.slice(i)) });
        const entryOptions = optionsOfEntry(entry, options, entries);
        await trainOne(machine, { ...comparison.manifest, options: entryOptions }, run, { seed }, listener);
      }
      const read = before ?? (await readRun(platform, run, entry.label, seed));
      if (!read) throw new EngraftError("InternalError", "the training ended without a result", { at: run });
      requireSame(read, done);
      done.push(read);
      reportRun({
        state: before ? "kept" : "done",
        ...scoresOf(read.run),
        seconds: read.run.seconds.total,
        peak_rss_mb: read.run.peak_rss_mb,
        model_bytes: read.run.model_bytes,
        ...(read.run.adapter_bytes !== undefined && { adapter_bytes: read.run.adapter_bytes }),
        ...left(jobs.slice(i + 1)),
      });
      await dropState(machine, run);
    } catch (error) {
      if (isInterruption(error, listener))
        throw interrupted(comparison.path, "engraft compare --resume", done.length, jobs.length);
      const { kind, message, help } =
        error instanceof EngraftError
          ? error
          : new EngraftError("InternalError", messageOf(error), { cause: error });
      failures.push({ label: entry.label, seed, run, kind, message, ...(help !== undefined && { help }) });
      reportRun({ state: "failed", error: { kind, message } });
    }
    // A comparison takes long, so the table so far is written after each run.
    if (done.length > 0)
      await writeResult(machine, comparison, resultOf(comparison, done, failures, begin), onEvent);
  }
  if (done.length === 0) throw allFailed(comparison, failures);
  const result = resultOf(comparison, done, failures, begin);
  await comparison.update({ status: failures.length > 0 ? "incomplete" : "done", result });
  return result;
}

/** Returns the finished run of a job, otherwise undefined. */
async function finished({ platform }: Machine, { entry, seed, run }: Job): Promise<ReadRun | undefined> {
  return (await platform.files.stat(platform.files.join(run, "run.json")))
    ? readRun(platform, run, entry.label, seed)
    : undefined;
}

/** Checks data and base, and records them. @throws RunError if they have changed since the comparison was started */
async function requireUnchanged(comparison: ComparisonFolder, data: string, base: string): Promise<void> {
  const { fingerprint = data, base_sha256 = base } = comparison.manifest;
  if (fingerprint !== data || base_sha256 !== base)
    throw new EngraftError(
      "RunError",
      `the ${base_sha256 === base ? "data" : "base"} changed since the comparison was started`,
      {
        at: comparison.path,
        help: "put it back as it was, or start a new comparison with another --out",
        details: { before: { fingerprint, base_sha256 }, now: { fingerprint: data, base_sha256: base } },
      },
    );
  await comparison.update({ status: "running", fingerprint, base_sha256 });
}

/** Checks a run. @throws RunError if runs of a seed have different data, or runs have different bases */
function requireSame(read: ReadRun, others: readonly ReadRun[]): void {
  const other = others.find(
    (o) =>
      o.result.base.sha256 !== read.result.base.sha256 ||
      (o.run.seed === read.run.seed && o.fingerprint !== read.fingerprint),
  );
  if (!other) return;
  const what = other.result.base.sha256 === read.result.base.sha256 ? "data" : "base";
  throw new EngraftError(
    "RunError",
    `${read.run.label} and ${other.run.label}, seed ${read.run.seed}, were not trained on the same ${what}: it changed in between`,
    { at: read.run.run, help: "start the comparison anew with another --out" },
  );
}

function resultOf(
  { path, manifest }: ComparisonFolder,
  done: readonly ReadRun[],
  failures: readonly FailedRun[],
  begin: number,
): ComparisonResult {
  const { data, entries, seeds, baseline, earlier_looks = 0 } = manifest;
  const look = earlier_looks + 1;
  const first = done[0]!.result;
  const sameTest = done.every(
    ({ testFingerprint }) => testFingerprint !== undefined && testFingerprint === done[0]!.testFingerprint,
  );
  const runs = done.map(({ run }) => run);
  const { train, validation, test } = first.split;
  const rest = train + validation;
  const shared = { entries, runs, failures, baseline, sameTest, rest, look };
  const { rows, winner } = compareStrategies(shared);
  const result: NoteFacts = {
    event: "result",
    task: "comparison",
    comparison: path,
    data,
    base: first.base,
    ...("targets" in first
      ? { classes: [], targets: first.targets.map(({ name }) => name) }
      : { classes: "classes" in first ? first.classes : "types" in first ? first.types : [] }),
    metric: metricOf(runs),
    split: { train, validation, test },
    seeds,
    same_test: sameTest,
    ...(groupsOf(runs) !== undefined && sameTest && { test_groups: groupsOf(runs)! }),
    ...(look > 1 && { look }),
    rows,
    baseline,
    winner,
    runs: runs.map(withoutScores),
    failures,
    seconds: (performance.now() - begin) / 1000,
  };
  const note_codes = notesOf(result);
  return { ...result, notes: comparisonNotes(note_codes, result), note_codes };
}

function withoutScores({ scored: _scored, groups: _groups, ...run }: AnsweredRun): ComparedRun {
  return run;
}

/** Returns the scores for the event of a finished training. */
const scoresOf = ({ scored: { metric }, test, validation }: AnsweredRun): Partial<RunEvent> =>
  runScoreFields({ metric, test: scoreIn(test), validation: scoreIn(validation) });

/** Below this number of validation samples, one sample changes the score by more than two points. */
const fewValidationSamples = 50;

/** Returns the caveats by their codes. */
function notesOf(result: NoteFacts): ComparisonNote[] {
  const { seeds, same_test: sameTest, test_groups: groups, look = 1, failures } = result;
  return [
    seeds.length === 1 ? "one seed" : sameTest ? "same test" : "own tests",
    ...(groups === undefined ? [] : [groups < fewestGroups ? ("few groups" as const) : ("groups" as const)]),
    ...(look > 1 ? (["later look"] as const) : []),
    ...(fewestToChooseBy(result) < fewValidationSamples ? (["few to choose by"] as const) : []),
    ...(failures.length > 0 ? (["failures"] as const) : []),
  ];
}

/** Returns the number of test groups; undefined without groups. */
const groupsOf = (runs: readonly AnsweredRun[]): number | undefined => {
  const { groups } = runs[0]!;
  return groups && new Set(groups).size;
};

/** Writes `comparison.json` and the report with the results so far. */
async function writeResult(
  machine: Machine,
  comparison: ComparisonFolder,
  result: ComparisonResult,
  onEvent: OnEvent | undefined,
): Promise<void> {
  await comparison.update({ result });
  const render = async () => (await import("../../report/studies/study-sheets.js")).studyPage(result);
  await keepReport(machine, comparison, render, onEvent);
}

function allFailed({ path }: ComparisonFolder, failures: readonly FailedRun[]): EngraftError {
  const [first] = failures;
  return new EngraftError(
    (first?.kind ?? "InternalError") as EngraftError["kind"],
    `none of the ${failures.length} trainings came to its end: ${first?.label}, seed ${first?.seed}: ${first?.message}`,
    { at: path, help: first?.help },
  );
}
