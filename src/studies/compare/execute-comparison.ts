import { EngraftError, messageOf } from "../../core/errors.js";
import type { OnEvent, RunEvent } from "../../core/events/events.js";
import {
  type ComparedEntry,
  type ComparedRun,
  type ComparisonResult,
  type FailedRun,
  scoreIn,
} from "../../core/results/comparison.js";
import { type AnsweredRun, compareStrategies, metricOf, percentOf } from "../../evidence/index.js";
import type { Machine } from "../../run/machine.js";
import { keepReport } from "../../run/report/keep-report.js";
import { fewestGroups, levelOfRepeatedTest } from "../../statistics/index.js";
import { abilitiesOf, type TaskMachine } from "../../tasks/registry.js";
import {
  dropState,
  inspectData,
  interrupted,
  type Listener,
  leftOf,
  taskIn,
  trainOne,
  wasStopped,
} from "../many-runs.js";
import { fittingEntries, optionsOfEntry } from "./compare-entries.js";
import { type ReadRun, readRun } from "./compared-run.js";
import type { ComparisonFolder } from "./comparison-folder.js";

/** One training that is to be there in the end. */
interface Job {
  readonly entry: ComparedEntry;
  readonly seed: number;
  readonly run: string;
}

/**
 * Carry a comparison out, or go on with it: all strategies of the first seed, then of the second, so that what is there
 * when it is stopped can be compared already. A training that fails is noted, and the others go on.
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
  await comparison.update({ status: "running" });
  const inspected = await inspectData(machine, comparison.manifest, seeds[0]!, listener);
  // What the samples are is known now; what ran before is not asked again.
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
    return leftOf(
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
        const own = optionsOfEntry(entry, options, entries);
        await trainOne(machine, { ...comparison.manifest, options: own }, run, { seed }, listener);
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
      if (wasStopped(error, listener))
        throw interrupted(comparison.path, "engraft compare --resume", done.length, jobs.length);
      const { kind, message, help } =
        error instanceof EngraftError
          ? error
          : new EngraftError("InternalError", messageOf(error), { cause: error });
      failures.push({ label: entry.label, seed, run, kind, message, ...(help !== undefined && { help }) });
      reportRun({ state: "failed", error: { kind, message } });
    }
    // A comparison takes long: what is known so far can be looked at.
    if (done.length > 0)
      await writeResult(machine, comparison, resultOf(comparison, done, failures, begin), onEvent);
  }
  if (done.length === 0) throw nothingDone(comparison, failures);
  const result = resultOf(comparison, done, failures, begin);
  await comparison.update({ status: failures.length > 0 ? "incomplete" : "done", result });
  return result;
}

/** The run of a job, if an earlier comparison in this folder has finished it. */
async function finished({ platform }: Machine, { entry, seed, run }: Job): Promise<ReadRun | undefined> {
  return (await platform.files.stat(platform.files.join(run, "run.json")))
    ? readRun(platform, run, entry.label, seed)
    : undefined;
}

/** @throws RunError when data or base are others than when the comparison began */
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
  await comparison.update({ fingerprint, base_sha256 });
}

/** @throws RunError when two runs of a seed saw other data, or two runs another base */
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
  return {
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
    notes: notesOf(shared, seeds, rest + test),
    runs: runs.map(withoutAnswers),
    failures,
    seconds: (performance.now() - begin) / 1000,
  };
}

function withoutAnswers({ scored: _scored, groups: _groups, ...run }: AnsweredRun): ComparedRun {
  return run;
}

/** What a line about a finished training says. */
function scoresOf({ test, validation }: AnsweredRun): Partial<RunEvent> {
  if (test.f1 !== undefined) return { test_f1: test.f1, validation_f1: scoreIn(validation) };
  return test.r2 === undefined
    ? { test_accuracy: test.accuracy, validation_accuracy: validation.accuracy }
    : { test_r2: test.r2, validation_r2: scoreIn(validation) };
}

/** Validation parts below this are named: one picture then moves the choice by more than two points. */
const fewToChoose = 50;

/** "Second", … for the looks that may come. */
const ordinals = ["First", "Second", "Third", "Fourth", "Fifth"];

/**
 * Says what the numbers do not say.
 * @param pool labelled samples of one seed
 */
function notesOf(
  {
    runs,
    failures,
    sameTest,
    look,
  }: {
    readonly runs: readonly AnsweredRun[];
    readonly failures: readonly FailedRun[];
    readonly sameTest: boolean;
    readonly look: number;
  },
  seeds: readonly number[],
  pool: number,
): string[] {
  const smallest = Math.min(...runs.map(({ validation }) => validation.n));
  return [
    ...(seeds.length === 1
      ? ["One seed: there is no interval over seeds, and another training could order them otherwise."]
      : [
          sameTest
            ? `The ± of ${{ r2: "R²", f1: "F1", accuracy: "accuracies" }[metricOf(runs)]} and the ranges of differences are of the way of training: they hold the luck of the seeds and of the test items.`
            : `Each seed has its own test part of the same ${pool} items. Since these parts overlap, the ± of a row and the ranges of differences are wider than of ${seeds.length} independent tests (Nadeau & Bengio 2003).`,
        ]),
    ...groupNotes(runs, sameTest),
    ...(look > 1
      ? [
          `${ordinals[look - 1] ?? `${look}th`} look at this comparison: the ranges of differences are at ${percentOf(levelOfRepeatedTest(look))}, so that all looks together err in at most 6 of 100.`,
        ]
      : []),
    ...(smallest < fewToChoose
      ? [`The winner is chosen on ${smallest} validation items a seed: few, and so easily by chance.`]
      : []),
    ...(failures.length > 0
      ? [
          `${failures.length} training${failures.length === 1 ? "" : "s"} failed: ${failures.map(({ label, seed }) => `${label} (seed ${seed})`).join(", ")}.`,
        ]
      : []),
  ];
}

/** What the groups of the test part do to the ranges. */
function groupNotes(runs: readonly AnsweredRun[], sameTest: boolean): string[] {
  const count = groupsOf(runs);
  if (count === undefined || !sameTest) return [];
  const of = `The ${runs[0]!.test.n} test items are of ${count} group${count === 1 ? "" : "s"}`;
  return count < fewestGroups
    ? [`${of}: too few groups for an interval, which needs ${fewestGroups}.`]
    : [`${of}, and the ranges count the groups.`];
}

/** How many groups the test items are of; undefined where each is its own. */
const groupsOf = (runs: readonly AnsweredRun[]): number | undefined => {
  const { groups } = runs[0]!;
  return groups && new Set(groups).size;
};

/** `comparison.json` and the report, as far as it is. */
async function writeResult(
  machine: Machine,
  comparison: ComparisonFolder,
  result: ComparisonResult,
  onEvent: OnEvent | undefined,
): Promise<void> {
  await comparison.update({ result });
  const render = async () => (await import("../../report/pages/comparison.js")).renderComparison(result);
  await keepReport(machine, comparison, render, onEvent);
}

function nothingDone({ path }: ComparisonFolder, failures: readonly FailedRun[]): EngraftError {
  const [first] = failures;
  return new EngraftError(
    (first?.kind ?? "InternalError") as EngraftError["kind"],
    `none of the ${failures.length} trainings came to its end: ${first?.label}, seed ${first?.seed}: ${first?.message}`,
    { at: path, ...(first?.help !== undefined && { help: first.help }) },
  );
}
