import { headOfTask } from "../../bases/task-heads.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import type { ModelTask } from "../../core/results/task.js";
import { evaluateMasks, type MaskedModel } from "../../explain/index.js";
import { openFolderSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import { openSoundFolder, samplesOf } from "../sounds/sound-model.js";
import { checkWeights, explainByMasks, type FeatureSample, type Weighed } from "./explain-features.js";
import {
  type ExplainOptions,
  linkOf,
  type ModelOutputs,
  occlusionValue,
  outputValues,
  placeOf,
  predicted,
} from "./explanation.js";
import { type SoundCells, soundCells, soundGrid } from "./sound-cells.js";

/**
 * Explains predictions for sounds by the cells of a grid over frequency and time.
 * @throws ModelError for a damaged folder, OptionError for Integrated Gradients
 */
export async function explainerOfSounds(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  task: ModelTask,
  options: ExplainOptions,
): Promise<(item: unknown) => Promise<Explanation>> {
  const { signal } = options;
  refuseGradients(options);
  const opened = await openSoundFolder(platform, dir);
  const head = headOfTask(opened, options.task);
  const folder = head ? opened.withHeads([head]) : opened;
  const outputs: ModelOutputs = { names: folder.classes, link: linkOf(task) };
  const requested = placeOf(outputs, options);
  const session = await openFolderSession(runtime, folder);
  const score = (sounds: readonly Float32Array[]) => folder.scores(session, sounds, signal && { signal });
  const { rate } = opened.audio.extractor;
  return async (item) => {
    if (typeof item !== "string" && !(item instanceof Uint8Array) && !(item instanceof Float32Array))
      throw new EngraftError("DataError", "the model answers sounds, and this is none", {
        help: "give the path of a sound, or its samples",
      });
    const samples = await samplesOf(platform, item, 0, rate, signal);
    const { k, prediction } = predicted(await score([samples]), outputs, requested);
    const cells = soundCells(samples, rate);
    const sample = cellSample(
      cells,
      async (sounds) => outputValues(outputs.link, await score(sounds), sounds.length, k),
      async (sounds) => {
        const scores = await score(sounds);
        const c = scores.length / sounds.length;
        return sounds.map((_, i) => occlusionValue(outputs.link, scores.subarray(i * c, (i + 1) * c), k));
      },
    );
    const { explanation, weights } = await weighCells(sample, options);
    return {
      input: typeof item === "string" ? item : `${(samples.length / rate).toFixed(2)} s of sound`,
      task,
      ...(head && { head: head.name }),
      ...prediction,
      ...explanation,
      ...(await checkWeights(sample, weights, options)),
    };
  };
}

/** @throws OptionError for Integrated Gradients */
export function refuseGradients({ method }: ExplainOptions): void {
  if (method !== "ig") return;
  throw new EngraftError("OptionError", "Integrated Gradients are not for sounds", {
    help: "use --method occlusion, shap or lime",
    details: { method },
  });
}

/** A sound whose cells are hidden. */
export interface CellSample extends FeatureSample {
  /** Returns log p of what is explained with some cells hidden. */
  readonly logs: MaskedModel;
}

/** Values of what is explained, one for each sound. */
type ValuesOf = (sounds: readonly Float32Array[]) => ReturnType<MaskedModel["evaluate"]>;

/** Returns a sound for an explanation by its cells. @param values probabilities @param logs their logarithms */
export function cellSample({ cells, without }: SoundCells, values: ValuesOf, logs: ValuesOf): CellSample {
  return {
    masked: { features: cells, evaluate: (masks) => values(masks.map(without)) },
    logs: { features: cells, evaluate: (masks) => logs(masks.map(without)) },
    describe: (weights, halfWidths) => ({
      map: {
        ...soundGrid,
        values: Array.from(weights),
        half_widths: halfWidths && Array.from(halfWidths),
      },
    }),
  };
}

/** Weighs the cells; by default by occlusion: the loss of log p without the cell. */
export async function weighCells(sample: CellSample, options: ExplainOptions): Promise<Weighed> {
  const { method, signal } = options;
  if (method === "shap" || method === "lime") return explainByMasks(sample, method, options);
  const { features } = sample.logs;
  const masks = Array.from({ length: features + 1 }, (_, hidden) =>
    Uint8Array.from({ length: features }, (_v, cell) => (cell === hidden ? 0 : 1)),
  );
  const values = await evaluateMasks(sample.logs, masks, signal ? { signal } : {});
  // The last mask hides nothing.
  const weights = values.subarray(0, features).map((v) => values[features]! - v);
  return { explanation: { method: "occlusion", ...sample.describe(weights) }, weights };
}
