import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EvaluateOptions, NumberEvaluation } from "../../inference/evaluation.js";
import { type LoadOptions, openRows } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import { openSoundFolder, type SoundInput } from "../sounds/sound-model.js";
import { type Estimate, estimatesOf, regressionOf, scoreEstimates } from "./estimates.js";
import { openClipTargets } from "./open-task-data.js";

/** Model of numbers from sounds. */
export interface SoundRegressor {
  readonly task: "audio-regression";
  readonly dir: string;
  readonly targets: readonly string[];
  /** Nominal share of new items inside the intervals, 0 … 1. */
  readonly coverage: number;
  /** Samples per second of a sound that is given as samples. */
  readonly rate: number;
  /**
   * Returns the numbers of each sound.
   * @throws DataError for a sound that cannot be read, or has no samples
   * @example const [[{ value }]] = await model.predict(["pump.wav"]);
   */
  predict(sounds: readonly SoundInput[]): Promise<Estimate[][]>;
  close(): Promise<void>;
}

/** Loads a model of numbers from sounds. @throws ModelError for another folder */
export async function openSoundRegressor(
  machine: Machine,
  path: string,
  options: LoadOptions,
): Promise<SoundRegressor> {
  const folder = await openSoundFolder(machine.platform, path);
  const { dir, classes: targets, audio } = folder;
  const { coverage, bands } = regressionOf(folder);
  const { rows, close } = await openRows(machine, folder, options);
  return {
    task: "audio-regression",
    dir,
    targets,
    coverage,
    rate: audio.extractor.rate,
    close,
    predict: async (sounds) => (await rows(sounds)).map((values) => estimatesOf(values, targets, bands)),
  };
}

/** Scores a model of numbers from sounds. @throws as `evaluate` */
export async function evaluateSoundRegressor(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<NumberEvaluation> {
  const { platform } = machine;
  const { seed = 0, signal, onEvent, quotes, groupFrom } = options;
  const folder = await openSoundFolder(platform, model);
  const opened = await openClipTargets(platform, data, {
    ...{ seed, signal, onEvent, quotes, groupFrom },
    targets: folder.classes,
    emptyParts: true,
  });
  const scored = { ...opened, unit: "clips" } as const;
  return evaluateModel(machine, folder, scored, options, async (session, items) => {
    const paths = items.map(({ path }) => path);
    const values = await folder.scores(session, paths, signal && { signal });
    return { task: "audio-regression" as const, test: scoreEstimates(folder, items, values) };
  });
}
