import { EngraftError } from "../../core/errors.js";
import {
  type EngraftEvent,
  isTrained,
  type TrainableEvent,
  type TrainedResult,
} from "../../core/events/events.js";
import { runScoreFields } from "../../core/events/run-events.js";
import { counted } from "../../core/messages/counted.js";
import { inEnglish, message, messagesOf } from "../../core/messages/message.js";
import { parseJson } from "../../core/parse-json.js";
import { type ComparedRun, scoreIn } from "../../core/results/comparison.js";
import { readScores } from "../../evaluate/recorded-scores.js";
import type { AnsweredRun } from "../../evidence/index.js";
import type { Platform } from "../../platform/platform.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import type { FinishedTraining } from "../execute-trainings.js";
import type { StudyTraining } from "../many-runs.js";
import { openTraining } from "../workers/claim.js";

/** A finished run. */
export interface ReadRun extends FinishedTraining {
  readonly run: AnsweredRun;
  readonly result: TrainedResult;
  /** Fingerprint of the test items. */
  readonly testFingerprint: string | undefined;
}

const largestText = 2 ** 28;

/**
 * Reads the run folder of a training.
 * @returns undefined for an unfinished run
 * @throws as {@link openTraining}; RunError for a run without recorded scores
 */
export async function readRun(platform: Platform, training: StudyTraining): Promise<ReadRun | undefined> {
  const { label, seed, run: path } = training;
  const manifest = await openTraining(platform, training);
  const { status, result } = manifest ?? {};
  if (!manifest || status !== "done" || result?.event !== "result") return undefined;
  if (!isTrained(result))
    throw new EngraftError("OptionError", `a run of the task ${result.task} cannot be compared`, {
      at: path,
      help: "compare is for runs of engraft train",
    });
  const scores = scoresOf(result);
  if (!scores)
    throw new EngraftError("RunError", "the run does not say how it answered each test item", {
      at: path,
      help: "its run.json was changed: start the comparison anew with another --out",
    });
  // The folder may have moved since.
  const model = platform.files.join(path, "model");
  const bytes = await sizes(platform, model);
  const run: AnsweredRun = {
    label,
    seed,
    run: path,
    model,
    command: manifest.command,
    ...scores,
    seconds: result.seconds,
    machine: machineOf(manifest),
    peak_rss_mb: result.peak_rss_mb,
    ...bytes,
    trainable: result.trainable,
    epochs: result.epochs,
    best_epoch: result.best_epoch,
    ...recipeOf(await readText(platform, path, "events.jsonl").catch(() => ""), result),
    test_looks: result.test_looks,
  };
  return {
    run,
    result,
    facts: factsOf(run),
    engraft: manifest.versions.engraft,
    base_sha256: result.base.sha256,
    fingerprint: manifest.fingerprint,
    testFingerprint: await testFingerprintOf(platform, path),
  };
}

/** Returns the kind of machine that a run trained on. */
export const machineOf = ({
  machine,
  threads,
  versions: { device } = {},
}: Pick<RunManifest, "machine" | "threads"> & Partial<Pick<RunManifest, "versions">>): string =>
  [machine, counted(threads, "thread"), device].filter((part) => part !== undefined).join(", ");

/** Returns scores, seconds and sizes for the event of a finished training. */
const factsOf = ({
  scored: { metric },
  test,
  validation,
  ...run
}: AnsweredRun): FinishedTraining["facts"] => ({
  ...runScoreFields({ metric, test: scoreIn(test), validation: scoreIn(validation) }),
  seconds: run.seconds.total,
  peak_rss_mb: run.peak_rss_mb,
  model_bytes: run.model_bytes,
  ...(run.adapter_bytes !== undefined && { adapter_bytes: run.adapter_bytes }),
});

async function readText({ files }: Platform, run: string, ...parts: string[]): Promise<string> {
  return new TextDecoder().decode(await files.read(files.join(run, ...parts), { limit: largestText }));
}

/** Returns the hash of a run's test items; undefined if the model folder does not say it. */
export async function testFingerprintOf(platform: Platform, run: string): Promise<string | undefined> {
  const card = await readText(platform, run, "model", "engraft.json").then(
    (text) => parseJson(text) as { data?: { test_fingerprint?: string } },
    () => undefined,
  );
  return card?.data?.test_fingerprint;
}

/** Returns the scores of a run; undefined if it did not record them for each test item. */
function scoresOf({
  test,
  validation: { n, loss, ...validation },
}: TrainedResult): Pick<AnsweredRun, "test" | "validation" | "scored" | "groups"> | undefined {
  const scored = readScores(test);
  if (!scored) return undefined;
  const none = { accuracy: Number.NaN, macro_f1: Number.NaN };
  const outputs = "outputs" in test ? test.outputs : [];
  return {
    scored,
    ...(test.group_of && { groups: test.group_of }),
    test: {
      ...none,
      ...(scored.metric === "accuracy" && "macro_f1" in test && { macro_f1: test.macro_f1 }),
      n: "sentences" in test ? test.sentences : test.n,
      loss: ("loss" in test ? test.loss : undefined) ?? Number.NaN,
      [scored.metric]: test.metric.value,
      ...(outputs.length === 1 && { mae: outputs[0]!.mae }),
    },
    validation: { n, accuracy: Number.NaN, ...validation, loss },
  };
}

/** Returns the bytes of the ONNX files and of the adapter in a model folder and its subfolders. */
export async function sizes(
  { files }: Platform,
  model: string,
): Promise<{ model_bytes: number; adapter_bytes?: number }> {
  let onnx = 0;
  let adapter = 0;
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (!(await files.stat(folder))) return;
    for (const { name, kind } of await files.list(folder)) {
      const path = files.join(folder, name);
      if (kind === "folder" && depth > 0) await walk(path, depth - 1);
      if (kind !== "file") continue;
      if (/\.onnx(?:_data|\.data)?$/i.test(name)) onnx += (await files.stat(path))?.size ?? 0;
      if (/\.safetensors$/i.test(name)) adapter += (await files.stat(path))?.size ?? 0;
    }
  };
  await walk(model, 2);
  return { model_bytes: onnx, ...(adapter > 0 && { adapter_bytes: adapter }) };
}

/** Returns the recipe of a run from its events: trainable groups, learning rates and length. */
function recipeOf(
  events: string,
  { epochs, best_epoch, kept }: TrainedResult,
): Pick<ComparedRun, "recipe" | "recipe_messages"> {
  const trainable = events
    .split("\n")
    .filter((line) => line.includes('"trainable"'))
    .flatMap((line) => {
      try {
        return [parseJson(line) as EngraftEvent];
      } catch {
        // A killed process may leave half a line.
        return [];
      }
    })
    .filter((event): event is TrainableEvent => event.event === "trainable")
    .at(-1);
  const rate = (x: number): string => (x >= 1e-3 ? x.toPrecision(2) : x.toExponential(1));
  const groups = trainable?.groups.map(({ name, label, parameters, rate: peak, from }) => [
    label ?? name,
    message("group-parameters", { parameters }),
    ...(peak > 0 ? [message("group-peak-rate", { rate: rate(peak) })] : []),
    ...(from ? [message("group-from-epoch", { epoch: from + 1 })] : []),
  ]);
  const length =
    epochs === 0
      ? message("solved-exactly")
      : kept
        ? message("last-of-epochs-kept", { epochs })
        : message("best-epoch-kept", { epochs, best: best_epoch });
  const lines = [...(groups ?? []), [length]];
  const messages = lines.map((line) => messagesOf(line));
  return {
    recipe: lines.map((line) => inEnglish(line)),
    ...(messages.every((line) => line !== undefined) && { recipe_messages: messages }),
  };
}
