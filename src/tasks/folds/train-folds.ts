import { EngraftError, stopIf } from "../../core/errors.js";
import type { WorkEvent } from "../../core/events/work-events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { ScoreName } from "../../core/results/metric.js";
import type { Scored } from "../../core/results/scored.js";
import { copySample } from "../../data/copy-sample.js";
import type { Sample } from "../../data/index.js";
import { estimateOf } from "../../evaluate/share-interval.js";
import type { RecipeOptions, TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import type { Context } from "../../run/context.js";
import { RunFolder } from "../../run/folder/run-folder.js";
import type { BoundRun, OpenedData } from "../task-run.js";
import { type FoldSplit, foldSplits } from "./fold-splits.js";

/** A fold before its base is opened. */
export type FoldContext = Pick<Context, "run" | "options" | "machine" | "onEvent" | "folds">;

/** The samples of a run, and how a fold of them is trained. */
interface FoldedRun<Data extends OpenedData> {
  readonly data: Data;
  /** Target of each sample as text. */
  readonly targets: readonly string[];
  /** Opens the base for a fold, and binds the fold to it. */
  readonly bind: (
    data: Data,
    fold: FoldContext,
  ) => Promise<{ readonly context: Context; readonly train: BoundRun<unknown>["train"] }>;
}

/** Thrown where the training of a fold has its scores. */
class FoldEnd {
  constructor(readonly scored: Scored) {}
}

/**
 * Trains the recipe of a run once more for each fold, on the samples outside of the fold, and scores the held-out samples. The folds
 * divide before anything learns: each fold has its own columns, statistics and validation split. Its strategy and learning rate are
 * those of the run.
 *
 * Each fold keeps its checkpoints in the run's folder, so that a resumed run continues it.
 *
 * @returns undefined, with a warning, if the samples have too few groups
 */
export async function trainFolds<Data extends OpenedData>(
  context: Context,
  { data, targets, bind }: FoldedRun<Data>,
  count: number,
): Promise<CommonResult["cross_validation"]> {
  const { options, onEvent } = context;
  const { items, splitMessages } = data;
  const { folds, groups } = foldSplits({ items, targets, ...(splitMessages && { splitMessages }) }, count);
  if (folds.length < 2) {
    // Folds that nobody requested are missed by nobody.
    if (options.folds !== undefined)
      onEvent({ event: "warning", ...warningText("folds", message("folds-missing", { folds: count })) });
    return undefined;
  }
  const shares = new Map<number, number>();
  let metric: ScoreName = "accuracy";
  for (const [k, fold] of folds.entries()) {
    stopIf(options.signal);
    const scored = await trainFold(context, data, fold, { bind, k, of: folds.length });
    metric = scored.metric;
    for (const [j, i] of fold.held.entries()) shares.set(i, scored.shares[j]!);
  }
  const held = [...shares.keys()];
  return crossValidationOf(
    metric,
    held.map((i) => shares.get(i)!),
    groups && held.map((i) => groups[i]!),
    folds.length,
  );
}

/** Returns the score of a recipe by the shares of all held-out samples. */
export function crossValidationOf(
  metric: ScoreName,
  shares: readonly number[],
  groups: readonly string[] | undefined,
  folds: number,
): NonNullable<CommonResult["cross_validation"]> {
  const { value, interval, groups: count } = estimateOf(metric, shares, groups, folds);
  return {
    folds,
    n: shares.length,
    [metric]: value,
    [`${metric}_ci95`]: interval,
    ...(count !== undefined && { groups: count }),
  } as NonNullable<CommonResult["cross_validation"]>;
}

/** Trains one fold. @returns the scores of its held-out samples, in their order */
async function trainFold<Data extends OpenedData>(
  { run, options, machine, onEvent }: Context,
  data: Data,
  { parts }: FoldSplit,
  { bind, k, of }: Pick<FoldedRun<Data>, "bind"> & { readonly k: number; readonly of: number },
): Promise<Scored> {
  const name = `fold ${k + 1} of ${of}`;
  const its = optionsOfFold(options);
  const { platform } = machine;
  const { context, train } = await bind(await dataOfFold(platform, data, parts, name), {
    run: await folderOfFold(platform, run, name, its),
    options: its,
    machine,
    onEvent: (event) => reportProgress(event, name, onEvent),
    folds: {
      end(scored) {
        throw new FoldEnd(scored);
      },
    },
  });
  try {
    await train(context, performance.now(), []);
  } catch (end) {
    if (end instanceof FoldEnd) return end.scored;
    throw end;
  }
  throw new EngraftError("InternalError", "a fold has trained without scores");
}

/** Returns the options of a run for its folds: without baselines, other seeds, and what only the report shows. */
function optionsOfFold({
  folds: _folds,
  seeds: _seeds,
  safe: _safe,
  margin: _margin,
  scratchSteps: _steps,
  explain: _explain,
  tensorboard: _board,
  test: _test,
  tta: _views,
  ...recipe
}: RecipeOptions): RecipeOptions {
  return { ...recipe, baselines: false };
}

/** Returns data with the splits of a fold, and with a fingerprint of their own: statistics of training samples are cached by it. */
async function dataOfFold<Data extends OpenedData>(
  platform: Platform,
  data: Data,
  parts: FoldSplit["parts"],
  name: string,
): Promise<Data> {
  const items = data.items.flatMap((item, i) => {
    const part = parts[i];
    return part === undefined ? [] : [copySample(item as Sample, { part })];
  });
  return { ...data, items, fingerprint: await platform.sha256(`${data.fingerprint}, ${name}`) };
}

/** Opens the folder of a fold's checkpoints, or makes it. */
async function folderOfFold(
  platform: Platform,
  run: RunFolder,
  name: string,
  { onEvent: _onEvent, signal: _signal, ...options }: TrainOptions,
): Promise<RunFolder> {
  const path = run.file("state", name);
  const { result: _result, decided: _decided, extensions, ...manifest } = run.manifest;
  const own = (await platform.files.stat(platform.files.join(path, "run.json")))
    ? await RunFolder.open(platform, path)
    : await RunFolder.create(platform, path, { ...manifest, options, status: "running" });
  await own.removeHalfWritten();
  if (extensions) await own.update({ extensions });
  return own;
}

/** Reports the progress of a fold under its name. A fold has no other events. */
function reportProgress(event: WorkEvent, name: string, onEvent: Context["onEvent"]): void {
  if (event.event !== "progress" || (event.phase !== "training" && event.phase !== "features")) return;
  onEvent({ ...event, ...(event.stage !== undefined && { stage: `${event.stage}, ${name}` }) });
}
