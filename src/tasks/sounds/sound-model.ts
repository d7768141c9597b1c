import { readSoundFolder, type SoundFolder } from "../../bases/audio/audio-folder.js";
import { EngraftError, stopIf } from "../../core/errors.js";
import { scoringBatch, sizedBatches } from "../../data/index.js";
import { readSound, soundOf } from "../../data/sounds/index.js";
import type { Answer } from "../../inference/answer.js";
import type { Assessment, AssessOptions } from "../../inference/assess.js";
import { classifierOf } from "../../inference/classifier.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, Evaluation } from "../../inference/evaluation.js";
import { type LoadOptions, openRows, type ScoreOptions } from "../../inference/model-session.js";
import { modelLabels } from "../../inference/scored-items.js";
import type { Platform } from "../../platform/platform.js";
import type { Machine } from "../../run/machine.js";
import { firstOutput } from "../../runtime/first-output.js";
import type { Session } from "../../runtime/runtime.js";
import { type ClassLineOptions, linesOfClasses } from "../classes/class-lines.js";
import { scorePredictions } from "../classes/score-predictions.js";
import { headFor, openForHead } from "../classes/scored-head.js";
import { type HeadedFolder, headedFolder } from "../several/headed-folder.js";
import type { ListTasksModel } from "../several/tasks-model.js";
import type { PredictionLine } from "../targets/target.js";
import { openClips } from "./open-sounds.js";
import { soundTable } from "./sound-table.js";

/** A sound: the path of its file, the bytes of its file, or its samples as float32[n], mono, at the rate of the model. */
export type SoundInput = string | Uint8Array | Float32Array;

/** Model of sound classification. */
export interface SoundModel {
  readonly task: "audio-classification";
  readonly dir: string;
  readonly classes: readonly string[];
  /** Samples per second of a sound that is given as samples. */
  readonly rate: number;
  /**
   * Returns the classes of each sound, the most probable first.
   * @throws DataError for a sound that cannot be read, or has no samples
   * @example const [answers] = await model.predict(["bark.wav"]);
   */
  predict(sounds: readonly SoundInput[]): Promise<Answer[][]>;
  /**
   * Returns the classes of each sound with an assessment: a prediction set, and whether the prediction is unsure or unusual.
   * @throws ModelError if the folder has no calibration; DataError as {@link predict}
   */
  assess(sounds: readonly SoundInput[], options?: AssessOptions): Promise<Assessment[]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} and {@link assess} */
  predictLines(sounds: readonly SoundInput[], how: ClassLineOptions): Promise<PredictionLine[]>;
  close(): Promise<void>;
}

/** Model of sounds with several heads, as `trainTasks` writes it. */
export type SoundTasksModel = ListTasksModel<SoundModel["task"], SoundInput>;

/** Loads a model of sound classification, with one head or with several. @throws ModelError for another folder */
export async function openSoundModel(
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<SoundModel | SoundTasksModel> {
  const { platform } = machine;
  const folder = await openSoundFolder(platform, dir);
  if (folder.tasks) {
    const { openTasksModel } = await import("../several/tasks-model.js");
    return openTasksModel(machine, "audio-classification", folder, options);
  }
  const { rows, close } = await openRows(machine, folder, options);
  const { predict, assess } = classifierOf(folder, rows);
  const { classes } = folder;
  const { rate } = folder.audio.extractor;
  return {
    task: "audio-classification",
    dir: folder.dir,
    classes,
    rate,
    predict,
    assess,
    predictLines: (...given) => linesOfClasses({ predict, assess }, ...given),
    close,
  };
}

/** Scores a model of sound classification. @throws as `evaluate` */
export async function evaluateSounds(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { platform } = machine;
  const { signal, onEvent, seed = 0 } = options;
  const folder = await openSoundFolder(platform, model);
  const opened = await openForHead(folder, options, (target) =>
    openClips(data, { seed, platform, options: { ...options, target }, emptyParts: true, signal, onEvent }),
  );
  const { scorer, named } = headFor(folder, opened.classes, options.task);
  const labels = modelLabels(opened, scorer, "name the classes as the model's config.json does");
  const scored = { ...opened, unit: "clips" } as const;
  const evaluation = await evaluateModel(machine, scorer, scored, options, async (session, items) => {
    const paths = items.map(({ path }) => path);
    const logits = await scorer.scores(session, paths, signal && { signal });
    return {
      task: "audio-classification" as const,
      ...scorePredictions(scorer, { items, labels }, logits, onEvent),
    };
  });
  return { ...evaluation, scored: named(evaluation.scored) };
}

/** A model folder of sounds that scores them. */
type ScoringSounds = SoundFolder & HeadedFolder<SoundInput>;

/** Opens a model folder of sounds: of classes, labels or numbers. @throws ModelError for another folder, or a damaged one */
export async function openSoundFolder(platform: Platform, path: string): Promise<ScoringSounds> {
  return headedFolder(await readSoundFolder(platform, path), (folder) => ({
    ...folder,
    scores: (session: Session, sounds: readonly SoundInput[], how?: ScoreOptions) =>
      soundScores(platform, folder, session, sounds, how?.signal),
  }));
}

/** Sounds that are in memory at once. */
const atOnce = 256;

/** Returns the logits of sounds under an exported model, float32[n, C]. */
async function soundScores(
  platform: Platform,
  { audio, classes }: Pick<SoundFolder, "audio" | "classes">,
  session: Session,
  sounds: readonly SoundInput[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const out = new Float32Array(sounds.length * classes.length);
  const { rate } = audio.extractor;
  for (let first = 0; first < sounds.length; first += atOnce) {
    const part = sounds.slice(first, first + atOnce);
    const items = part.map((_, i) => ({ sha256: String(i) }));
    const read = (i: number) => samplesOf(platform, part[i]!, first + i, rate, signal);
    const inputs = await soundTable(items, { audio, read, signal });
    for (const { x, indices } of sizedBatches(items, inputs, scoringBatch(inputs))) {
      stopIf(signal);
      const scores = await firstOutput(session, x);
      indices.forEach((index, i) => {
        out.set(
          scores.subarray(i * classes.length, (i + 1) * classes.length),
          (first + index) * classes.length,
        );
      });
    }
  }
  return out;
}

/** Returns the samples of a sound. @throws DataError for one without samples, or with infinite ones */
export async function samplesOf(
  platform: Platform,
  sound: SoundInput,
  index: number,
  rate: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const how = { rate, signal };
  if (typeof sound === "string") return (await readSound(platform, sound, how)).samples;
  if (!(sound instanceof Float32Array)) return (await soundOf(platform, sound, how)).samples;
  if (sound.length > 0 && sound.every(Number.isFinite)) return sound;
  throw new EngraftError(
    "DataError",
    `sound ${index + 1} has ${sound.length === 0 ? "no samples" : "samples that are infinite or no numbers"}`,
    { help: `give float32 samples at ${rate} Hz, mono`, details: { sound: index + 1 } },
  );
}
