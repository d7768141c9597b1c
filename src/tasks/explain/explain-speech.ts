import { negativeLogLikelihood } from "../../bases/transcripts/lattice.js";
import { readSpeechFolder } from "../../bases/transcripts/speech-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import { taskWith } from "../../core/results/task.js";
import { openFolderSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import { samplesOf } from "../sounds/sound-model.js";
import { inputOfClip } from "../sounds/sound-table.js";
import { decoderOf } from "../transcripts/recognise.js";
import { beamsOf, scoresOfClip } from "../transcripts/recognise-sound.js";
import { checkWeights } from "./explain-features.js";
import { cellSample, refuseGradients, weighCells } from "./explain-sounds.js";
import type { ExplainOptions } from "./explanation.js";
import { soundCells } from "./sound-cells.js";

/**
 * Explains what was recognised in sounds by the cells of a grid over frequency and time. The explained value is the probability of the
 * recognised text, as the geometric mean over its characters.
 * @throws ModelError for a damaged folder, OptionError for Integrated Gradients or a class
 */
export async function explainerOfSpeech(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  options: ExplainOptions,
): Promise<(item: unknown) => Promise<Explanation>> {
  refuseGradients(options);
  if (options.class !== undefined)
    throw new EngraftError("OptionError", "a recogniser has no classes to explain", {
      help: "leave the class out: the recognised text is explained",
    });
  const folder = await readSpeechFolder(platform, dir);
  const session = await openFolderSession(runtime, folder);
  const decode = decoderOf(beamsOf(folder));
  const { rate } = folder.audio.extractor;
  return async (item) => {
    if (typeof item !== "string" && !(item instanceof Uint8Array) && !(item instanceof Float32Array))
      throw new EngraftError("DataError", "the model answers sounds, and this is none", {
        help: "give the path of a sound, or its samples",
      });
    const samples = await samplesOf(platform, item, 0, rate, options.signal);
    const scoresOf = async (sound: Float32Array) =>
      (await scoresOfClip(session, inputOfClip(folder.audio, sound), folder)).scores;
    const target = decode(await scoresOf(samples));
    const logP = async (sound: Float32Array): Promise<number> =>
      -negativeLogLikelihood(await scoresOf(sound), target) / Math.max(1, target.length);
    const logs = async (sounds: readonly Float32Array[]): Promise<number[]> => {
      const all: number[] = [];
      for (const sound of sounds) all.push(await logP(sound));
      return all;
    };
    const sample = cellSample(
      soundCells(samples, rate),
      async (sounds) => (await logs(sounds)).map(Math.exp),
      logs,
    );
    const [text, score] = [folder.vocabulary.decode(target), Math.exp(await logP(samples))];
    const { explanation, weights } = await weighCells(sample, options);
    return {
      input: typeof item === "string" ? item : `${(samples.length / rate).toFixed(2)} s of sound`,
      task: taskWith({ head: "transcript" }),
      label: text,
      score,
      class: text,
      class_score: score,
      unit: "probability",
      ...explanation,
      ...(await checkWeights(sample, weights, options)),
    };
  };
}
