import type { CurveResult } from "../../core/curve.js";
import { EngraftError, messageOf } from "../../core/errors.js";
import type { EngraftEvent, OnEvent, RunEvent, TrainResultEvent } from "../../core/events.js";
import { type CurveRun, readCurve } from "../../evidence/learning-curve.js";
import type { Machine } from "../machine.js";
import type { TrainOptions } from "../options.js";
import { RunFolder } from "../run-folder.js";
import { openData, splitCounts } from "../setup.js";
import type { CurveFolder } from "./curve-folder.js";
import { checkSizes, sizesFor } from "./curve-sizes.js";

interface Listener {
  readonly onEvent?: OnEvent | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One training that is to be there in the end. */
interface Job {
  readonly size: number;
  readonly seed: number;
  readonly run: string;
}

/** One that is. */
interface Done extends Job {
  readonly result: TrainResultEvent;
}

/**
 * Carry a learning curve out, or go on with it: all sizes of the first seed, then of the second, so that what is there when
 * it is stopped is a curve already.
 */
export async function carryCurve(
  machine: Machine,
  curve: CurveFolder,
  listener: Listener,
): Promise<CurveResult> {
  const begin = performance.now();
  const { onEvent, signal } = listener;
  const { seeds } = curve.manifest;
  await curve.update({ status: "running" });
  const sizes = await look(machine, curve, listener);
  const jobs: Job[] = seeds.flatMap((seed) =>
    sizes.map((size) => ({ size, seed, run: curve.runPath(size, seed) })),
  );
  const done: Done[] = [];
  for (const [i, job] of jobs.entries()) {
    const { size, seed, run } = job;
    const tell = (event: Omit<RunEvent, "event" | "label" | "seed" | "number" | "of" | "run">): void =>
      onEvent?.({
        event: "run",
        label: `${size} pictures`,
        seed,
        number: i + 1,
        of: jobs.length,
        run,
        ...event,
      });
    let result = await finished(machine, run);
    const kept = result !== undefined;
    if (!result) {
      tell({ state: "started", ...leftOf(jobs.slice(i), done) });
      try {
        await trainOne(machine, curve, job, listener);
      } catch (error) {
        if (signal?.aborted || (error instanceof EngraftError && error.kind === "Interrupted"))
          throw interrupted(curve, done.length, jobs.length);
        tell({ state: "failed", error: { kind: (error as EngraftError).kind, message: messageOf(error) } });
        throw error;
      }
      result = await finished(machine, run);
    }
    if (!result) throw new EngraftError("InternalError", "the training ended without a result", { at: run });
    done.push({ ...job, result });
    tell({
      state: kept ? "kept" : "done",
      test_accuracy: result.test.accuracy,
      validation_accuracy: result.validation.accuracy,
      seconds: result.seconds.total,
      peak_rss_mb: result.peak_rss_mb,
      ...leftOf(jobs.slice(i + 1), done),
    });
    // What a finished run would go on from is of no use any more, and several times as large as its model.
    await machine.platform.files.remove(machine.platform.files.join(run, "state")).catch(() => undefined);
    if (new Set(done.map((one) => one.size)).size > 1)
      await keep(machine, curve, resultOf(curve, done, begin), onEvent);
  }
  const result = resultOf(curve, done, begin);
  await curve.update({ status: "done", result });
  return result;
}

/** Before any process starts: the data are looked at and told once, and the sizes found. */
async function look(
  { platform }: Machine,
  curve: CurveFolder,
  { onEvent, signal }: Listener,
): Promise<readonly number[]> {
  const { data, seeds, options, fingerprint } = curve.manifest;
  const dataset = await openData(
    data,
    { ...options, seed: seeds[0]!, ...(onEvent && { onEvent }), ...(signal && { signal }) },
    platform,
  );
  if (fingerprint !== undefined && fingerprint !== dataset.fingerprint)
    throw new EngraftError("RunError", "the data changed since the learning curve was started", {
      at: curve.path,
      help: "put them back as they were, or measure anew with another --out",
      details: { before: fingerprint, now: dataset.fingerprint },
    });
  const { train } = splitCounts(dataset);
  const sizes = curve.manifest.sizes ?? sizesFor(train, dataset.classes.length);
  checkSizes(sizes, train, dataset.classes.length);
  await curve.update({ fingerprint: dataset.fingerprint, sizes });
  return sizes;
}

/** The result of a run folder, if there is one and it is done. */
async function finished({ platform }: Machine, run: string): Promise<TrainResultEvent | undefined> {
  if (!(await platform.files.stat(platform.files.join(run, "run.json")))) return undefined;
  const { manifest } = await RunFolder.open(platform, run);
  const { status, result } = manifest;
  return status === "done" && result?.event === "result" && result.task === "image-classification"
    ? result
    : undefined;
}

/** Start a training in its own process, or go on with it. */
async function trainOne(
  { platform }: Machine,
  { manifest }: CurveFolder,
  { size, seed, run }: Job,
  { onEvent, signal }: Listener,
): Promise<void> {
  const begun = await platform.files.stat(platform.files.join(run, "run.json"));
  const { threads, data } = manifest;
  const options: TrainOptions = {
    ...manifest.options,
    baselines: true,
    trainSize: size,
    seed,
    threads,
    out: run,
  };
  // Its last word becomes a point of the curve.
  const pass = (event: EngraftEvent): void => {
    if (event.event !== "result" && event.event !== "error") onEvent?.(event);
  };
  const { trainApart } = await import("../apart-node.js");
  await trainApart({
    ...(begun ? { resume: run, options: { threads } } : { data, options }),
    onEvent: pass,
    ...(signal && { signal }),
  });
}

/** Seconds that the jobs will take, once each of their sizes has run. */
function leftOf(jobs: readonly Job[], done: readonly Done[]): { seconds_left?: number } {
  let seconds = 0;
  for (const { size } of jobs) {
    const of = done.filter((one) => one.size === size);
    if (of.length === 0) return {};
    seconds += of.reduce((sum, { result }) => sum + result.seconds.total, 0) / of.length;
  }
  return { seconds_left: seconds };
}

function resultOf({ path, manifest }: CurveFolder, done: readonly Done[], begin: number): CurveResult {
  const first = done[0]!.result;
  const runs: CurveRun[] = done.map(({ size, seed, result }) => ({
    size,
    seed,
    transfer: answersOf(result.test.right, result.run),
    scratch: answersOf(result.baselines?.scratch?.test.right, result.run),
    seconds: { transfer: result.seconds.training, scratch: result.baselines!.scratch!.seconds },
  }));
  const { accuracy: target } = manifest;
  const read = readCurve(runs, { what: "pictures", ...(target !== undefined && { target }) });
  return {
    event: "result",
    task: "learning-curve",
    curve: path,
    data: manifest.data,
    base: first.base,
    strategy: first.strategy.name,
    classes: first.classes,
    seeds: manifest.seeds,
    test_items: first.test.n,
    ...read,
    notes: notesOf(manifest.seeds, first),
    runs: done.map(({ size, seed, run, result }) => ({
      size,
      seed,
      run,
      transfer: result.test.accuracy,
      scratch: result.baselines!.scratch!.test.accuracy,
    })),
    seconds: (performance.now() - begin) / 1000,
  };
}

/** "101" as right, wrong, right. */
function answersOf(right: string | undefined, at: string): readonly boolean[] {
  if (right === undefined)
    throw new EngraftError("RunError", "a run does not say which test items it had right", {
      at,
      help: "measure the curve anew with another --out",
    });
  return [...right].map((c) => c === "1");
}

/** What the numbers do not say. */
function notesOf(seeds: readonly number[], { split }: TrainResultEvent): string[] {
  return [
    `Every size chooses its epoch on the same ${split.validation} validation pictures: with few pictures of your own you would have fewer to choose by too.`,
    seeds.length === 1
      ? "One seed: no interval holds what another training would give."
      : "Intervals of accuracies are over seeds: of another training, and of another split where none is given.",
  ];
}

/** `curve.json` and the report, as far as it is. */
async function keep(
  machine: Machine,
  curve: CurveFolder,
  result: CurveResult,
  onEvent: OnEvent | undefined,
): Promise<void> {
  await curve.update({ result });
  if (!machine.report) return;
  try {
    const { renderCurve } = await import("../../report/curve-report.js");
    await machine.platform.files.writeAtomic(curve.file("report.html"), renderCurve(result));
  } catch (error) {
    onEvent?.({
      event: "warning",
      code: "report",
      message: `the report could not be written: ${messageOf(error)}`,
    });
  }
}

function interrupted({ path }: CurveFolder, done: number, of: number): EngraftError {
  return new EngraftError("Interrupted", `stopped after ${done} of ${of} trainings`, {
    at: path,
    help: `the state is saved; go on with: engraft curve --resume ${/^[\w./:\\-]+$/.test(path) ? path : `"${path}"`}`,
  });
}
