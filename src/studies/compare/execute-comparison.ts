import { EngraftError, messageOf } from "../../core/errors.js";
import type { OnEvent, RunEvent, TrainedResult } from "../../core/events/events.js";
import {
  type ComparedRun,
  type ComparisonNote,
  type ComparisonResult,
  type FailedRun,
  fewestToChooseBy,
  machinesOf,
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
  inParallel,
  interrupted,
  isInterruption,
  type Listener,
  openDataAndBase,
  requireJobs,
  type StudyTraining,
  TimeLeft,
  taskIn,
} from "../many-runs.js";
import { openTraining, tidy, trainOrWait } from "../workers/claim.js";
import { removeChecks } from "../workers/right-clock.js";
import { fittingEntries, optionsOfEntry } from "./compare-entries.js";
import { factsOf, type ReadRun, readRun } from "./compared-run.js";
import type { ComparisonFolder, ComparisonManifest } from "./comparison-folder.js";

/**
 * Returns the trainings of a comparison. All strategies of the first seed come first, then those of the second, so that a stopped
 * comparison already has every strategy.
 */
export function trainingsOfComparison(comparison: ComparisonFolder): StudyTraining[] {
  const { entries, seeds, options } = comparison.manifest;
  return seeds.flatMap((seed) =>
    entries.map((entry) => ({
      label: entry.label,
      seed,
      run: comparison.runPath(entry.label, seed),
      options: { ...optionsOfEntry(entry, options, entries), seed },
    })),
  );
}

/** Executes or resumes a comparison. A failed training is recorded, and the others continue. */
export async function executeComparison(
  machine: TaskMachine,
  comparison: ComparisonFolder,
  listener: Listener,
): Promise<ComparisonResult> {
  const { onEvent } = listener;
  const begin = performance.now();
  await comparison.update({ status: "running", ...(await inspectComparison(machine, comparison, listener)) });
  const limit = requireJobs(comparison.manifest.jobs);
  const trainings = trainingsOfComparison(comparison);
  const done: DoneRun[] = [];
  const ofSeed = new Map<number, DoneRun>();
  const recipes: Recipes = new Map();
  let first: TrainedResult | undefined;
  const failures: FailedRun[] = [];
  let result: ComparisonResult | undefined;
  const time = new TimeLeft(
    trainings.map(({ label }) => label),
    limit,
  );
  const numbers = new Map(trainings.map(({ run }, i) => [run, i + 1]));
  // Events of trainings at the same time would be mixed.
  const ofOne: Listener = limit > 1 ? { signal: listener.signal } : listener;
  const reportRun = (training: StudyTraining, event: RunState): void => {
    const { label, seed, run } = training;
    const number = numbers.get(run)!;
    onEvent?.({ event: "run", label, seed, number, of: trainings.length, run, ...event });
  };
  const train = (training: StudyTraining): Promise<{ before: boolean; result: ReadRun }> => {
    const onStart = (): void => reportRun(training, { state: "started", ...time.estimate() });
    const read = () => finished(machine, training);
    return trainOrWait(machine, comparison.manifest, training, ofOne, read, onStart);
  };
  const requireSameData = sameDataCheck(machine, comparison, listener);
  for await (const { item, outcome } of inParallel(trainings, limit, train)) {
    let kept = false;
    try {
      if (outcome.status === "rejected") throw outcome.reason;
      const { before, result: read } = outcome.value;
      const { result: whole, ...facts } = read;
      requireSame(facts, done[0], ofSeed.get(item.seed));
      if (before) await requireSameData(facts);
      done.push({ ...facts, run: { ...facts.run, ...sharedRecipe(facts.run, recipes) } });
      if (!ofSeed.has(item.seed)) ofSeed.set(item.seed, facts);
      time.end(item.label, facts.run.seconds.total);
      first ??= whole;
      kept = before;
      reportRun(item, { state: before ? "kept" : "done", ...factsOf(read.run), ...time.estimate() });
      await tidy(machine, item.run);
    } catch (error) {
      if (isInterruption(error, listener))
        throw interrupted(comparison.path, "engraft compare --resume", done.length, trainings.length);
      const { kind, message, help } =
        error instanceof EngraftError
          ? error
          : new EngraftError("InternalError", messageOf(error), { cause: error });
      const { label, seed, run } = item;
      failures.push({ label, seed, run, kind, message, ...(help !== undefined && { help }) });
      time.end(label);
      reportRun(item, { state: "failed", error: { kind, message } });
    }
    // A comparison takes long, so the table so far is written after each run that was trained here.
    if (first && (!kept || item === trainings.at(-1))) {
      result = resultOf(comparison, first, done, failures, begin);
      await writeResult(machine, comparison, result, onEvent);
    }
  }
  await removeChecks(machine.platform, comparison.path);
  if (!result) throw allFailed(comparison, failures);
  await comparison.update({ status: failures.length > 0 ? "incomplete" : "done", result });
  return result;
}

/** Returns a check of runs that another process trained, perhaps on data that were changed and put back. */
function sameDataCheck(machine: TaskMachine, { manifest }: ComparisonFolder, { signal }: Listener) {
  const fingerprints = new Map([[manifest.seeds[0]!, manifest.fingerprint!]]);
  return async ({ run: { label, seed, run }, fingerprint }: DoneRun): Promise<void> => {
    const inspect = () => openDataAndBase(machine, manifest, seed, { signal });
    if (!fingerprints.has(seed)) {
      fingerprints.set(seed, (await inspect()).fingerprint);
      // Bytes of data and base are garbage now.
      machine.platform.releaseMemory();
    }
    if (fingerprints.get(seed) === fingerprint) return;
    throw new EngraftError(
      "RunError",
      `${label}, seed ${seed}, was not trained on the data of the comparison: they changed in between`,
      { at: run, help: "remove the run folder, then resume the comparison" },
    );
  };
}

type Recipes = Map<string, Pick<ComparedRun, "recipe" | "recipe_messages">>;

/** Returns the recipe of a run; one value for all runs that have the same. */
function sharedRecipe({ recipe, recipe_messages }: ComparedRun, known: Recipes) {
  const key = recipe.join("\n");
  if (!known.has(key)) known.set(key, { recipe, ...(recipe_messages && { recipe_messages }) });
  return known.get(key)!;
}

/** What an event says of a training besides its place in the study. */
type RunState = Omit<RunEvent, "event" | "label" | "seed" | "number" | "of" | "run">;

/**
 * Opens data and base, and checks that they are those of the comparison.
 * @param data its path on this machine
 * @returns their fingerprints
 * @throws as a training would; RunError if they changed since the comparison was started
 */
export async function inspectComparison(
  machine: TaskMachine,
  { path, manifest }: ComparisonFolder,
  listener: Listener,
  data = manifest.data,
): Promise<Required<Fingerprints>> {
  const { entries, seeds, options, fingerprint } = manifest;
  const { input, ...inspected } = await openDataAndBase(machine, { data, options }, seeds[0]!, listener);
  // The kind of inputs is known only now. A resumed comparison was already checked.
  if (input && fingerprint === undefined)
    await fittingEntries(abilitiesOf(machine, taskIn(options)), entries, options, {
      named: entries.map(({ label }) => label),
      input,
    });
  const now = { fingerprint: inspected.fingerprint, base_sha256: inspected.baseSha256 };
  requireUnchanged(path, manifest, now);
  return now;
}

/** Returns the finished run of a training, otherwise undefined. */
async function finished({ platform }: Machine, training: StudyTraining): Promise<ReadRun | undefined> {
  const { label, seed, run } = training;
  const manifest = await openTraining(platform, training);
  return manifest?.status === "done" ? readRun(platform, run, label, seed) : undefined;
}

type Fingerprints = Pick<ComparisonManifest, "fingerprint" | "base_sha256">;

/** Checks data and base. @throws RunError if they have changed since the comparison was started */
function requireUnchanged(path: string, manifest: Fingerprints, now: Required<Fingerprints>): void {
  const { fingerprint = now.fingerprint, base_sha256 = now.base_sha256 } = manifest;
  if (fingerprint === now.fingerprint && base_sha256 === now.base_sha256) return;
  throw new EngraftError(
    "RunError",
    `the ${base_sha256 === now.base_sha256 ? "data" : "base"} changed since the comparison was started`,
    {
      at: path,
      help: "put it back as it was, or start a new comparison with another --out",
      details: { before: { fingerprint, base_sha256 }, now },
    },
  );
}

/** What the table needs of a finished run. */
type DoneRun = Omit<ReadRun, "result">;

/** Checks a run by the first one, and by one of its seed. @throws RunError if bases or data differ */
function requireSame(read: DoneRun, first: DoneRun | undefined, ofSeed: DoneRun | undefined): void {
  const other =
    first && first.baseSha256 !== read.baseSha256
      ? first
      : ofSeed && ofSeed.fingerprint !== read.fingerprint && ofSeed;
  if (!other) return;
  const what = other.baseSha256 === read.baseSha256 ? "data" : "base";
  throw new EngraftError(
    "RunError",
    `${read.run.label} and ${other.run.label}, seed ${read.run.seed}, were not trained on the same ${what}: it changed in between`,
    { at: read.run.run, help: "start the comparison anew with another --out" },
  );
}

function resultOf(
  { path, manifest }: ComparisonFolder,
  first: TrainedResult,
  done: readonly DoneRun[],
  failures: readonly FailedRun[],
  begin: number,
): ComparisonResult {
  const { data, entries, seeds, baseline, earlier_looks = 0 } = manifest;
  const look = earlier_looks + 1;
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
    ...(machinesOf(result.runs).size > 1 ? (["machines"] as const) : []),
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
