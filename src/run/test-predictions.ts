import { EngraftError } from "../core/errors.js";
import { type ClassificationAnswers, readPredictions as scored } from "../evaluate/predictions.js";
import type { Files } from "../platform/platform.js";
import { openMachine } from "./machine.js";

/** What a run's model predicts for one test sample: a class, or the numbers of `targets` in their order. */
export type TestPrediction =
  | {
      /** Id of the sample: its path, or file and line. */
      readonly item: string;
      readonly true: string;
      readonly predicted: string;
      /** Probability of the predicted class, 0 … 1. */
      readonly score: number;
    }
  | { readonly item: string; readonly true: readonly number[]; readonly predicted: readonly number[] };

const fileName = "predictions.jsonl";

/** Returns the predicted class of each sample. */
export function classPredictions(answers: ClassificationAnswers): TestPrediction[] {
  const { classes, items, labels } = answers;
  if (items.length === 0) return [];
  const { predicted, confidence } = scored(answers);
  return items.map((item, i) => ({
    item,
    true: classes[labels[i]!]!,
    predicted: classes[predicted[i]!]!,
    score: confidence[i]!,
  }));
}

/** Returns the predicted numbers of each sample. @param values float32[N, T] */
export const numberPredictions = (
  items: readonly { readonly id: string; readonly values: readonly number[] }[],
  values: Float32Array,
): TestPrediction[] =>
  items.map(({ id, values: own }, i) => ({
    item: id,
    true: own,
    predicted: [...values.subarray(i * own.length, (i + 1) * own.length)],
  }));

/** Writes predictions into a run folder, one a line. Without any, an older file is removed. */
export async function writePredictions(
  files: Files,
  run: string,
  predictions: readonly TestPrediction[],
): Promise<void> {
  const path = files.join(run, fileName);
  if (predictions.length === 0) return files.remove(path);
  await files.writeAtomic(path, predictions.map((one) => `${JSON.stringify(one)}\n`).join(""));
}

/** @throws Error for a value that is no prediction */
function checked(value: unknown): TestPrediction {
  const { item, true: own, predicted } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const areOf = (holds: (one: unknown) => boolean): boolean => holds(own) && holds(predicted);
  if (typeof item === "string" && (areOf((one) => typeof one === "string") || areOf(Array.isArray)))
    return value as TestPrediction;
  throw new Error("it is no prediction");
}

/**
 * Reads the predictions of a run for its test samples, in the order of the data.
 * @param run path of the run folder
 * @param from files of another machine, such as a tab. Default: those of this one
 * @returns undefined for a run without them: it is not done, has no test samples, or has a task of other predictions
 * @throws RunError for a damaged file
 * @example
 * const wrong = (await readPredictions("runs/2026-01-31-flowers"))?.filter((one) => one.true !== one.predicted);
 */
export async function readPredictions(
  run: string,
  from?: Files,
): Promise<readonly TestPrediction[] | undefined> {
  const files = from ?? (await openMachine()).platform.files;
  const path = files.join(files.resolve(run), fileName);
  if (!(await files.stat(path))) return undefined;
  const text = new TextDecoder().decode(await files.read(path, { limit: 2 ** 30 }));
  try {
    return text
      .trimEnd()
      .split("\n")
      .map((line) => checked(JSON.parse(line)));
  } catch (error) {
    throw new EngraftError("RunError", `${fileName} is damaged`, {
      at: path,
      help: "train again, or copy the run from where it is whole",
      cause: error,
    });
  }
}
