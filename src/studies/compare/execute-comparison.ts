import { EngraftError } from "../../core/errors.js";
import type { OnEvent, TrainedResult } from "../../core/events/events.js";
import {
  type ComparedRun,
  type ComparisonNote,
  type ComparisonResult,
  type FailedRun,
  fewestToChooseBy,
} from "../../core/results/comparison.js";
import { areAlike } from "../../core/results/counts.js";
import { type ShownResult, shownScoreOf } from "../../evaluate/shown-score.js";
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
import { executeTrainings } from "../execute-trainings.js";
import { type Listener, openDataAndBase, type StudyTraining, taskIn } from "../many-runs.js";
import { type Fingerprints, requireUnchanged } from "../same-data.js";
import { fittingEntries, optionsOfEntry } from "./compare-entries.js";
import { type ReadRun, readRun } from "./compared-run.js";
import type { ComparisonFolder } from "./comparison-folder.js";

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

/**
 * Executes or resumes a comparison. A failed training is recorded, and the others continue.
 * @param data its path on this machine
 */
export async function executeComparison(
  machine: TaskMachine,
  comparison: ComparisonFolder,
  listener: Listener,
  data = comparison.manifest.data,
): Promise<ComparisonResult> {
  const begin = performance.now();
  const found = await inspectComparison(machine, comparison, listener, data);
  await comparison.update({ status: "running", data, ...found });
  const trainings = trainingsOfComparison(comparison);
  const read = (training: StudyTraining) => readRun(machine.platform, training);
  const done: DoneRun[] = [];
  const recipes: Recipes = new Map();
  const failures: FailedRun[] = [];
  let first: TrainedResult | undefined;
  let table: ComparisonResult | undefined;
  for await (const ended of executeTrainings({ machine, folder: comparison, trainings, read }, listener)) {
    const { training, before, error } = ended;
    if (error) {
      const { label, seed, run } = training;
      const { kind, message, help } = error;
      failures.push({ label, seed, run, kind, message, ...(help !== undefined && { help }) });
    } else {
      const { result, ...facts } = ended.finished;
      done.push({ ...facts, run: { ...facts.run, ...sharedRecipe(facts.run, recipes) } });
      first ??= result;
    }
    // A comparison takes long, so the table so far is written after each run that was trained here.
    if (first && (!before || training === trainings.at(-1))) {
      table = resultOf(comparison, first, done, failures, begin);
      await writeResult(machine, comparison, table, listener.onEvent);
    }
  }
  if (!table) throw allFailed(comparison, failures);
  await comparison.update({ status: failures.length > 0 ? "incomplete" : "done", result: table });
  return table;
}

type Recipes = Map<string, Pick<ComparedRun, "recipe" | "recipe_messages">>;

/** Returns the recipe of a run; one value for all runs that have the same. */
function sharedRecipe({ recipe, recipe_messages }: ComparedRun, known: Recipes) {
  const key = recipe.join("\n");
  if (!known.has(key)) known.set(key, { recipe, ...(recipe_messages && { recipe_messages }) });
  return known.get(key)!;
}

/**
 * Opens data and base, and checks that they are those of the comparison.
 * @param data its path on this machine
 * @returns their fingerprints
 * @throws as a training would; RunError if they changed since the comparison was started
 */
export async function inspectComparison(
  machine: TaskMachine,
  comparison: ComparisonFolder,
  listener: Listener,
  data = comparison.manifest.data,
): Promise<Required<Fingerprints>> {
  const { entries, seeds, options, fingerprint } = comparison.manifest;
  const { input, ...inspected } = await openDataAndBase(machine, { data, options }, seeds[0]!, listener);
  // The kind of inputs is known only now. A resumed comparison was already checked.
  if (input && fingerprint === undefined)
    await fittingEntries(abilitiesOf(machine, taskIn(options)), entries, options, {
      named: entries.map(({ label }) => label),
      input,
    });
  const now = { fingerprint: inspected.fingerprint, base_sha256: inspected.baseSha256 };
  requireUnchanged(comparison, now);
  return now;
}

/** What the table needs of a finished run. */
type DoneRun = Omit<ReadRun, "result">;

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
  const { guessing } = shownScoreOf(first as ShownResult);
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
    ...(guessing && { guessing }),
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
    ...(areAlike(result.runs) ? [] : (["machines"] as const)),
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
