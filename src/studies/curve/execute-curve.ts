import { EngraftError, messageOf } from "../../core/errors.js";
import { isTrained, type OnEvent, type RunEvent, type TrainedResult } from "../../core/events/events.js";
import { runScoreFields } from "../../core/events/run-events.js";
import { scoreIn } from "../../core/results/comparison.js";
import type { CurveResult } from "../../core/results/curve.js";
import { defaultTask, isBaseClassification } from "../../core/results/task.js";
import { type RecordedScores, readScores } from "../../evaluate/recorded-scores.js";
import { curveNotes, curveNoteWords } from "../../evidence/curve-words.js";
import { type CurveRun, readCurve } from "../../evidence/learning-curve.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import type { Machine } from "../../run/machine.js";
import { keepReport } from "../../run/report/keep-report.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { InspectedData } from "../../tasks/task-run.js";
import { testFingerprintOf } from "../compare/compared-run.js";
import {
  inParallel,
  interrupted,
  isInterruption,
  type Listener,
  openDataAndBase,
  requireJobs,
  type StudyTraining,
  TimeLeft,
} from "../many-runs.js";
import { openTraining, tidy, trainOrWait } from "../workers/claim.js";
import { removeChecks } from "../workers/right-clock.js";
import type { CurveFolder, CurveManifest } from "./curve-folder.js";
import { checkSizes, sizesFor } from "./curve-sizes.js";

/** A training of the curve. */
interface CurveTraining extends StudyTraining {
  readonly size: number;
  /** Labels of each class, if the curve is over these. */
  readonly shots?: number;
}

/** A finished training. */
interface Done extends CurveTraining {
  readonly result: TrainedResult;
  /** Hash of its test items; undefined if the model folder does not say it. */
  readonly testFingerprint: string | undefined;
}

/**
 * Returns the trainings of a curve whose sizes are known. All sizes of the first seed come first, then those of the second, so
 * that a stopped curve already has every size.
 */
export function trainingsOfCurve(curve: CurveFolder, unit: CurveResult["unit"] = "samples"): CurveTraining[] {
  const { seeds, sizes = [], shots, options } = curve.manifest;
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

/** Executes or resumes a learning curve. */
export async function executeCurve(
  machine: TaskMachine,
  curve: CurveFolder,
  listener: Listener,
): Promise<CurveResult> {
  const begin = performance.now();
  const { onEvent } = listener;
  const { unit, ...found } = await inspectCurve(machine, curve, listener);
  await curve.update({ status: "running", ...found });
  const limit = requireJobs(curve.manifest.jobs);
  const trainings = trainingsOfCurve(curve, unit);
  const done: Done[] = [];
  const time = new TimeLeft(
    trainings.map(({ size }) => size),
    limit,
  );
  // Events of trainings at the same time would be mixed.
  const ofOne: Listener = limit > 1 ? { signal: listener.signal } : listener;
  const reportRun = (
    training: CurveTraining,
    event: Omit<RunEvent, "event" | "label" | "seed" | "number" | "of" | "run">,
  ): void => {
    const { label, seed, run } = training;
    const number = trainings.indexOf(training) + 1;
    onEvent?.({ event: "run", label, seed, number, of: trainings.length, run, ...event });
  };
  const train = (training: CurveTraining): Promise<{ before: boolean; result: TrainedResult }> => {
    const onStart = (): void => reportRun(training, { state: "started", ...time.estimate() });
    return trainOrWait(machine, curve.manifest, training, ofOne, () => finished(machine, training), onStart);
  };
  for await (const { item, outcome } of inParallel(trainings, limit, train)) {
    if (outcome.status === "rejected") {
      const error: unknown = outcome.reason;
      if (isInterruption(error, listener))
        throw interrupted(curve.path, "engraft curve --resume", done.length, trainings.length);
      reportRun(item, {
        state: "failed",
        error: { kind: (error as EngraftError).kind, message: messageOf(error) },
      });
      throw error;
    }
    const { before, result } = outcome.value;
    time.end(item.size, result.seconds.total);
    done.push({ ...item, result, testFingerprint: await testFingerprintOf(machine.platform, item.run) });
    reportRun(item, {
      state: before ? "kept" : "done",
      ...scoresOf(result),
      seconds: result.seconds.total,
      peak_rss_mb: result.peak_rss_mb,
      ...time.estimate(),
    });
    await tidy(machine, item.run);
    const isLast = item === trainings.at(-1);
    if ((!before || isLast) && new Set(done.map((one) => one.size)).size > 1)
      await saveCurve(machine, curve, resultOf(curve, done, unit, begin), onEvent);
  }
  await removeChecks(machine.platform, curve.path);
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
 * @returns fingerprint and sizes, and the unit of the sizes
 * @throws as a training would; RunError if the data changed since the curve was started
 */
export async function inspectCurve(
  machine: TaskMachine,
  curve: CurveFolder,
  listener: Listener,
  data = curve.manifest.data,
): Promise<
  Required<Pick<CurveManifest, "fingerprint" | "sizes">> & { readonly unit: InspectedData["samples"] }
> {
  const { seeds, shots, fingerprint, options } = curve.manifest;
  // The largest number is drawn, so that a class with fewer samples is named before any training.
  const opened = { data, options: { ...options, ...(shots && { shots: shots.at(-1)! }) } };
  const inspected = await openDataAndBase(machine, opened, seeds[0]!, listener);
  if (fingerprint !== undefined && fingerprint !== inspected.fingerprint)
    throw new EngraftError("RunError", "the data changed since the learning curve was started", {
      at: curve.path,
      help: "put them back as they were, or measure anew with another --out",
      details: { before: fingerprint, now: inspected.fingerprint },
    });
  const { train, classes } = inspected;
  const sizes = shots?.map((n) => n * classes) ?? curve.manifest.sizes ?? sizesFor(train, classes);
  checkSizes(sizes, train, classes);
  return { fingerprint: inspected.fingerprint, sizes, unit: inspected.samples };
}

/** Returns the result of a finished run folder, otherwise undefined. */
async function finished({ platform }: Machine, training: StudyTraining): Promise<TrainedResult | undefined> {
  const { status, result } = (await openTraining(platform, training)) ?? {};
  return status === "done" && result?.event === "result" && isTrained(result) ? result : undefined;
}

function resultOf(
  { path, manifest }: CurveFolder,
  done: readonly Done[],
  unit: CurveResult["unit"],
  begin: number,
): CurveResult {
  const first = done[0]!.result;
  const runs: CurveRun[] = done.map(({ size, seed, result }) => ({
    size,
    seed,
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
    runs: done.map(({ size, seed, run, result }) => ({
      size,
      seed,
      run,
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
  if ("vocabulary" in result) return [];
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
