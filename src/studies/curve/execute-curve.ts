import { EngraftError } from "../../core/errors.js";
import { isTrained, type OnEvent, type RunEvent, type TrainedResult } from "../../core/events/events.js";
import { runScoreFields } from "../../core/events/run-events.js";
import { scoreIn } from "../../core/results/comparison.js";
import type { OnMachine } from "../../core/results/counts.js";
import type { CurveResult } from "../../core/results/curve.js";
import { defaultTask, isBaseClassification } from "../../core/results/task.js";
import { type RecordedScores, readScores } from "../../evaluate/recorded-scores.js";
import { curveNotes, curveNoteWords } from "../../evidence/curve-words.js";
import { type CurveRun, readCurve } from "../../evidence/learning-curve.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { keepReport } from "../../run/report/keep-report.js";
import type { TaskMachine } from "../../tasks/registry.js";
import { machineOf, testFingerprintOf } from "../compare/compared-run.js";
import { executeTrainings, type FinishedTraining } from "../execute-trainings.js";
import { type Listener, openDataAndBase, type StudyTraining } from "../many-runs.js";
import { type Fingerprints, requireUnchanged } from "../same-data.js";
import { openTraining } from "../workers/claim.js";
import type { CurveFolder, CurveManifest } from "./curve-folder.js";
import { checkSizes, sizesFor } from "./curve-sizes.js";

/** A training of the curve. */
interface CurveTraining extends StudyTraining {
  readonly size: number;
  /** Labels of each class, if the curve is over these. */
  readonly shots?: number;
}

/** What the result needs of a finished training. */
interface Finished extends FinishedTraining, Required<OnMachine> {
  readonly result: TrainedResult;
  /** Hash of its test items; undefined if the model folder does not say it. */
  readonly testFingerprint: string | undefined;
}
type Done = CurveTraining & Finished;

/**
 * Returns the trainings of a curve whose sizes are known. All sizes of the first seed come first, then those of the second, so
 * that a stopped curve already has every size.
 */
export function trainingsOfCurve(curve: CurveFolder): CurveTraining[] {
  const { seeds, sizes = [], unit = "samples", shots, options } = curve.manifest;
  return seeds.flatMap((seed) =>
    sizes.map((size, i) => ({
      size,
      ...(shots && { shots: shots[i]! }),
      label: shots ? `${shots[i]} of each class` : `${size} ${unit}`,
      seed,
      run: curve.runPath(size, seed),
      options: {
        ...options,
        ...optionsForAllSizes(options),
        baselines: true,
        ...(shots ? { shots: shots[i]!, splitSeed: seeds[0]! } : { trainSize: size }),
        seed,
      },
    })),
  );
}

/** Executes or resumes a learning curve. @param data its path on this machine */
export async function executeCurve(
  machine: TaskMachine,
  curve: CurveFolder,
  listener: Listener,
  data = curve.manifest.data,
): Promise<CurveResult> {
  const begin = performance.now();
  const found = await inspectCurve(machine, curve, listener, data);
  await curve.update({ status: "running", data, ...found });
  const { unit } = found;
  const trainings = trainingsOfCurve(curve);
  const read = (training: CurveTraining) => finishedOf(machine.platform, training);
  const done: Done[] = [];
  for await (const ended of executeTrainings({ machine, folder: curve, trainings, read }, listener)) {
    if (ended.error) throw ended.error;
    done.push({ ...ended.training, ...ended.finished });
    const isLast = ended.training === trainings.at(-1);
    if ((!ended.before || isLast) && new Set(done.map((one) => one.size)).size > 1)
      await saveCurve(machine, curve, resultOf(curve, done, unit, begin), listener.onEvent);
  }
  const result = resultOf(curve, done, unit, begin);
  await curve.update({ status: "done", result });
  return result;
}

/** Returns options that are the same for every size. A plan for each size could choose several strategies. */
function optionsForAllSizes({ strategy, task = defaultTask }: Partial<TrainOptions>): Partial<TrainOptions> {
  return {
    ...(isBaseClassification(task) && strategy === undefined && { strategy: defaults.strategy }),
    seeds: 1,
  };
}

/**
 * Opens data and base, and checks that they are those of the curve.
 * @param data its path on this machine
 * @returns fingerprints and sizes, and the unit of the sizes
 * @throws as a training would; RunError if they changed since the curve was started
 */
export async function inspectCurve(
  machine: TaskMachine,
  curve: CurveFolder,
  listener: Listener,
  data = curve.manifest.data,
): Promise<Required<Fingerprints & Pick<CurveManifest, "sizes" | "unit">>> {
  const { seeds, shots, options } = curve.manifest;
  // The largest number is drawn, so that a class with fewer samples is named before any training.
  const opened = { data, options: { ...options, ...(shots && { shots: shots.at(-1)! }) } };
  const inspected = await openDataAndBase(machine, opened, seeds[0]!, listener);
  const now = { fingerprint: inspected.fingerprint, base_sha256: inspected.baseSha256 };
  requireUnchanged(curve, now);
  const { train, classes } = inspected;
  const sizes = shots?.map((n) => n * classes) ?? curve.manifest.sizes ?? sizesFor(train, classes);
  checkSizes(sizes, train, classes);
  return { ...now, sizes, unit: inspected.samples };
}

/** Reads the run folder of a training; undefined if it is not finished. */
async function finishedOf(platform: Platform, training: StudyTraining): Promise<Finished | undefined> {
  const manifest = await openTraining(platform, training);
  const { status, result, fingerprint } = manifest ?? {};
  if (!manifest || status !== "done" || result?.event !== "result" || !isTrained(result)) return undefined;
  const { seconds, peak_rss_mb } = result;
  return {
    result,
    fingerprint,
    base_sha256: result.base.sha256,
    machine: machineOf(manifest),
    testFingerprint: await testFingerprintOf(platform, training.run),
    facts: { ...scoresOf(result), seconds: seconds.total, peak_rss_mb },
    engraft: manifest.versions.engraft,
  };
}

function resultOf(
  { path, manifest }: CurveFolder,
  done: readonly Done[],
  unit: CurveResult["unit"],
  begin: number,
): CurveResult {
  const first = done[0]!.result;
  const runs: CurveRun[] = done.map(({ size, seed, machine, result }) => ({
    size,
    seed,
    machine,
    ...curveScores(result),
    seconds: { transfer: result.seconds.training, scratch: result.baselines!.scratch!.seconds },
  }));
  const { score: target, shots } = manifest;
  const metric = first.test.metric.name;
  const sameTest = hasOneTest(done);
  const read = readCurve(runs, {
    what: unit,
    metric,
    target,
    rest: sameTest ? undefined : restOf(done),
    shots: shots && new Map(done.map((one) => [one.size, one.shots!])),
  });
  const result: Omit<CurveResult, "notes" | "note_codes"> = {
    event: "result",
    task: "learning-curve",
    curve: path,
    data: manifest.data,
    base: first.base,
    strategy: first.strategy.name,
    classes: classesOf(first),
    unit,
    metric,
    seeds: manifest.seeds,
    test_items: testItemsOf(first),
    validation_items: first.split.validation,
    same_test: sameTest,
    ...read,
    runs: done.map(({ size, seed, run, machine, result }) => ({
      size,
      seed,
      run,
      machine,
      transfer: result.test.metric.value,
      scratch: result.baselines!.scratch!.test.metric.value,
    })),
    seconds: (performance.now() - begin) / 1000,
  };
  const note_codes = curveNotes(result);
  return { ...result, notes: curveNoteWords(note_codes, result), note_codes };
}

/** True if all seeds are scored on the same test items. */
const hasOneTest = (done: readonly Done[]): boolean =>
  done.every(
    ({ testFingerprint }) => testFingerprint !== undefined && testFingerprint === done[0]!.testFingerprint,
  );

/** Returns the number of labelled items outside the test split, at the largest size. */
const restOf = (done: readonly Done[]): number =>
  Math.max(...done.map(({ result: { split } }) => split.train + split.validation));

/** Writes `curve.json` and the report with the results so far. */
async function saveCurve(
  machine: Machine,
  curve: CurveFolder,
  result: CurveResult,
  onEvent: OnEvent | undefined,
): Promise<void> {
  await curve.update({ result });
  const render = async () => (await import("../../report/studies/study-sheets.js")).studyPage(result);
  await keepReport(machine, curve, render, onEvent);
}

/** Returns scores and groups of the test items of a run, and the scores of its baseline from scratch. */
export function curveScores(result: TrainedResult): Pick<CurveRun, "transfer" | "scratch" | "groups"> {
  const { run, test } = result;
  return {
    transfer: sharesOf(test, run),
    scratch: sharesOf(result.baselines?.scratch?.test, run),
    ...(test.group_of && { groups: test.group_of }),
  };
}

/** Returns the number of test items of a result: pictures, texts, sentences or rows. */
const testItemsOf = ({ test }: TrainedResult): number => ("sentences" in test ? test.sentences : test.n);

/** Returns the classes, labels, entity types or names of the numbers of a result. */
function classesOf(result: TrainedResult): readonly string[] {
  if ("types" in result) return result.types;
  if ("vocabulary" in result || "tokens" in result) return [];
  return "classes" in result ? result.classes : result.targets.map(({ name }) => name);
}

/** Returns the scores for the event of a finished training. */
const scoresOf = ({ test: { metric }, validation }: TrainedResult): Partial<RunEvent> =>
  runScoreFields({ metric: metric.name, test: metric.value, validation: scoreIn(validation) });

/** Returns the score of each test item. @throws RunError for a run that did not record them */
function sharesOf(test: RecordedScores | undefined, at: string): Float64Array {
  const scored = test && readScores(test);
  if (scored) return scored.shares;
  throw new EngraftError("RunError", "a run does not say how it did on each test item", {
    at,
    help: "measure the curve anew with another --out",
  });
}
