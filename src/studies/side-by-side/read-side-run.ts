import { EngraftError } from "../../core/errors.js";
import {
  type EngraftEvent,
  type EpochEvent,
  isTrained,
  type TrainedResult,
} from "../../core/events/events.js";
import type { Message } from "../../core/messages/message.js";
import { parseJson } from "../../core/parse-json.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { ScoreName } from "../../core/results/metric.js";
import type { Scored } from "../../core/results/scored.js";
import { seedScores } from "../../core/results/seeds.js";
import type { SideEpoch, SideRun } from "../../core/results/side-by-side.js";
import type { ModelTask } from "../../core/results/task.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import type { Platform } from "../../platform/platform.js";
import { epochMetric } from "../../report/charts/charts.js";
import { lastEvent, stagesOf } from "../../report/report-data.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import { openRun, recordOf, runNow } from "../../run/report/run-report.js";
import { sizes } from "../compare/compared-run.js";

/** Content of a run folder, finished or not, with the identity of its test items. */
export interface ReadSideRun {
  readonly side: Omit<SideRun, "label" | "difference">;
  readonly learns: ModelTask | undefined;
  readonly manifest: RunManifest;
  /** Score of each test item. Missing for an unfinished run, or one that did not record them. */
  readonly scored?: Scored;
  /** Group number of each item; missing without groups. */
  readonly groups?: readonly number[];
  /** Why the run has no score. Missing: it has one. */
  readonly noScore?: Message;
  /** Names of the outputs: classes, or names of the numbers. */
  readonly names: readonly string[];
  readonly tested: TestPart;
}

/** Identity of the test items, from the model folder. */
export interface TestPart {
  /** Fingerprint of the data with its split: equal only for the same items in the same order. */
  readonly fingerprint?: string;
  readonly testFingerprint?: string;
  /** SHA-256 of each test item, without repetition, in the order of the data. */
  readonly items: readonly string[];
}

// The same limit as in the reader of model folders.
const largestText = 128 * 2 ** 20;

/**
 * Reads a run folder of `train`, finished or not.
 * @throws RunError for a folder without a run or a damaged one, OptionError for a run of another command
 */
export async function readSideRun(platform: Platform, path: string): Promise<ReadSideRun> {
  const { files } = platform;
  await refuseComparison(platform, path);
  const folder = await openRun(platform, path);
  const { manifest } = folder;
  if (manifest.task !== undefined || manifest.multi_task) throw ofOtherCommand(path, manifest);
  const lines = await recordOf(platform, folder);
  const { status } = await runNow(platform, folder, manifest, lines);
  const result = resultOf(folder, status);
  const learns = result?.task ?? taskOf(lines.events);
  const shared = {
    run: folder.path,
    status,
    command: String(manifest.command),
    data: manifest.data,
    seed: result?.split.seed ?? manifest.split_seed ?? manifest.options.seed ?? 0,
    machine: manifest.machine,
    curve: curveOf(lines.events),
  };
  const tested = await testPartOf(platform, folder, manifest);
  if (!result)
    return { side: { ...shared, ...recordedProgress(lines.events) }, learns, manifest, names: [], tested };
  const bytes = await sizes(platform, files.join(folder.path, "model"));
  const scored = readScores(result.test);
  return {
    side: { ...shared, ...finished(result), ...bytes },
    learns,
    manifest,
    ...(scored && { scored }),
    ...(result.no_score?.sentence && { noScore: result.no_score.sentence }),
    ...(result.test.group_of && { groups: result.test.group_of }),
    names:
      "classes" in result
        ? result.classes
        : "targets" in result
          ? result.targets.map(({ name }) => name)
          : "types" in result
            ? result.types
            : [],
    tested,
  };
}

/** Checks the folder. @throws RunError for a comparison or a learning curve, which have their own pages */
async function refuseComparison({ files }: Platform, path: string): Promise<void> {
  for (const [name, what] of [
    ["comparison.json", "comparison"],
    ["curve.json", "learning curve"],
  ] as const) {
    const file = files.join(files.resolve(path), name);
    if (!(await files.stat(file))) continue;
    throw new EngraftError("RunError", `"${path}" is a ${what}, not a run`, {
      help: `its own page is report.html in it; its runs are ${path}/runs/*`,
    });
  }
}

function ofOtherCommand(path: string, { task, multi_task }: RunManifest): EngraftError {
  const command = multi_task ? "multi-task" : String(task);
  return new EngraftError("OptionError", `"${path}" is a run of engraft ${command}`, {
    help: "runs of engraft train and engraft distill are set side by side; one of any other has a page of its own: engraft report RUN",
  });
}

/** Returns the result of a finished run. @throws RunError if it is not a result of `train` */
function resultOf({ path, manifest }: RunFolder, status: SideRun["status"]): TrainedResult | undefined {
  if (status !== "done") return undefined;
  const { result } = manifest;
  if (result?.event === "result" && isTrained(result) && result.test?.metric && result.split) return result;
  throw new EngraftError("RunError", "the run says that it is done, and has no result of engraft train", {
    at: path,
    help: "resume the run from a copy that is whole, or train again",
  });
}

const taskOf = (events: readonly EngraftEvent[]): ModelTask | undefined => {
  const task = lastEvent({ events }, "data")?.task;
  return task === "language-modelling" ? undefined : task;
};

/** Returns facts of an unfinished run from its events. */
function recordedProgress(events: readonly EngraftEvent[]): Partial<SideRun> & Pick<SideRun, "epochs"> {
  const recorded = { events };
  const base = lastEvent(recorded, "base");
  const trains = lastEvent(recorded, "trainable");
  const data = lastEvent(recorded, "data");
  const epochs = runEpochs(events);
  const best = epochs.findLast((e) => e.best);
  return {
    ...(base && { base: baseFacts(base) }),
    ...(trains && {
      strategy: trains.strategy,
      trainable: { parameters: trains.parameters, total: trains.total },
    }),
    ...(data && {
      split: { train: data.split.train, validation: data.split.validation, test: data.split.test },
    }),
    ...(best && {
      best_epoch: best.epoch,
      validation: { value: epochMetric(best), loss: best.validation_loss },
    }),
    epochs: epochs.length,
  };
}

function finished(result: TrainedResult): Partial<SideRun> & Pick<SideRun, "epochs"> {
  const { base, strategy, split, validation: v, test, verdict } = result;
  const { name, value, ci95 } = test.metric;
  const named: Partial<Readonly<Record<ScoreName, number>>> = v;
  const seeds = result.by_seed && seedScores(result.by_seed);
  return {
    base,
    strategy: strategy.name,
    split: { train: split.train, validation: split.validation, test: split.test },
    ...(result.no_score === undefined && {
      test: {
        name,
        value,
        ci95: test.few_groups ? null : ci95,
        n: "sentences" in test ? test.sentences : test.n,
      },
    }),
    validation: {
      n: v.n,
      value: named[name] ?? Number.NaN,
      loss: v.loss,
    },
    ...(seeds && {
      by_seed: { seeds: seeds.runs.length, mean: seeds.mean.mean, ci95: seeds.mean.ci95 },
    }),
    ...(verdict && { verdict: verdict.transfer }),
    epochs: result.epochs,
    best_epoch: result.best_epoch,
    seconds: result.seconds,
    peak_rss_mb: result.peak_rss_mb,
    trainable: result.trainable,
  };
}

/** Returns the epochs of the run, stage after stage, without those of a baseline from scratch. */
const runEpochs = (events: readonly EngraftEvent[]): readonly EpochEvent[] =>
  stagesOf({ events })
    .filter(({ scratch }) => !scratch)
    .flatMap(({ epochs }) => epochs);

function curveOf(events: readonly EngraftEvent[]): SideEpoch[] {
  return runEpochs(events).map((e, i) => ({
    epoch: i + 1,
    train_loss: e.train_loss,
    validation_loss: e.validation_loss,
    validation: epochMetric(e),
  }));
}

/** Reads the identity of the test items from the model folder. Missing or damaged files leave fields out. */
async function testPartOf(
  { files }: Platform,
  folder: RunFolder,
  { fingerprint }: RunManifest,
): Promise<TestPart> {
  const own = fingerprint === undefined ? {} : { fingerprint };
  try {
    const bytes = await files.read(folder.file("model", "engraft.json"), { limit: largestText });
    const { data, items } = parseJson(new TextDecoder().decode(bytes)) as {
      data?: { test_fingerprint?: string };
      items?: Record<string, string>;
    };
    return {
      ...own,
      ...(typeof data?.test_fingerprint === "string" && { testFingerprint: data.test_fingerprint }),
      items: Object.entries(items ?? {}).flatMap(([hash, part]) => (part === "test" ? [hash] : [])),
    };
  } catch {
    return { ...own, items: [] };
  }
}
