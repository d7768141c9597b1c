// The clips of the pretraining as log-mel frames in one flat file, made once from the sound files.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audioMiniFrontEnd } from "../../dist/bases/architectures/audio-net.js";
import { binsOf, frameMatrix, framePower, framesIn } from "../../dist/bases/audio/frames.js";
import { melFilters } from "../../dist/bases/audio/mel-filters.js";
import { draws } from "../../dist/core/random.js";
import { readSound } from "../../dist/data/sounds/index.js";
import { nodePlatform } from "../../dist/platform/node.js";
import { metadataRows } from "../measure/metadata-rows.mjs";
import { kinds, makeSound } from "./made-sounds.mjs";
import { rate, recipe } from "./recipe.mjs";

export const { bands } = audioMiniFrontEnd.mel;
/** Frames of a clip in the file: one second. Shorter clips are repeated, longer ones cut around their loudest part. */
export const framesEach = 98;
const samples = rate + 80;

/** Returns the clips of a folder in the order of its metadata. @throws if the filter keeps none */
function listed(folder, keep) {
  const clips = metadataRows(folder)
    .filter(keep)
    .map(({ file_name, label, speaker }) => ({ path: join(folder, file_name), label, speaker }));
  if (clips.length === 0) throw new Error(`${folder}: no clip for the pretraining`);
  return clips;
}

/** Returns log-mel frames of a clip, float32[bands, framesEach]. */
function logMel(waveform, tables) {
  const { matrix, filters } = tables;
  const { frames, floor } = audioMiniFrontEnd;
  const out = new Float32Array(bands * framesEach);
  const power = new Float64Array(binsOf(frames));
  for (let t = 0; t < framesEach; t++) {
    framePower(matrix, waveform, t * frames.hop, frames.length, power);
    for (let band = 0; band < bands; band++) {
      let sum = 0;
      for (let k = 0; k < power.length; k++) sum += filters[band * power.length + k] * power[k];
      out[band * framesEach + t] = Math.log(Math.max(floor, sum));
    }
  }
  return out;
}

/** Makes a clip one second long. */
function oneSecond(waveform) {
  if (waveform.length < samples)
    return Float32Array.from({ length: samples }, (_, i) => waveform[i % waveform.length]);
  const hop = 400;
  let [best, start] = [-1, 0];
  for (let first = 0; first + samples <= waveform.length; first += hop) {
    let energy = 0;
    for (let i = first; i < first + samples; i += 4) energy += waveform[i] ** 2;
    if (energy > best) [best, start] = [energy, first];
  }
  return waveform.subarray(start, start + samples);
}

/** Returns all clips, with label and speaker. */
function allClips(data) {
  const files = [
    ...listed(join(data, "audio_commands"), ({ split }) => split === "train"),
    ...listed(join(data, "pretrain_audio"), () => true),
  ];
  const made = Object.keys(kinds).flatMap((kind) =>
    Array.from({ length: recipe.made }, (_, i) => ({
      kind,
      i,
      label: `made_${kind}`,
      speaker: `${kind} ${i}`,
    })),
  );
  return [...files, ...made];
}

const waveformOf = async (clip) =>
  clip.path
    ? (await readSound(nodePlatform, clip.path, { rate })).samples
    : makeSound(clip.kind, draws(recipe.seed, `made ${clip.kind}`, clip.i));

/** Yields the samples of all clips. */
export async function* loadWaveforms(data) {
  for (const clip of allClips(data)) yield await waveformOf(clip);
}

/**
 * Returns all clips.
 * @returns {{ mels: Float32Array, labels: Int32Array, held: Uint8Array, classes: string[] }} float32[N, bands, framesEach]
 */
export async function loadClips(data, cache) {
  mkdirSync(cache, { recursive: true });
  const clips = allClips(data);
  const classes = [...new Set(clips.map(({ label }) => label))].sort();
  const melFile = join(cache, "clips.mels");
  if (!existsSync(melFile)) {
    const { frames, mel } = audioMiniFrontEnd;
    const tables = { matrix: frameMatrix(frames), filters: melFilters(mel, binsOf(frames), rate) };
    const mels = new Float32Array(clips.length * bands * framesEach);
    for (const [i, clip] of clips.entries()) {
      mels.set(logMel(oneSecond(await waveformOf(clip)), tables), i * bands * framesEach);
      if (i % 200 === 0) console.log(`clip ${i} of ${clips.length}`);
    }
    writeFileSync(`${melFile}.tmp`, new Uint8Array(mels.buffer));
    renameSync(`${melFile}.tmp`, melFile);
  }
  return {
    mels: new Float32Array(new Uint8Array(readFileSync(melFile)).buffer),
    labels: Int32Array.from(clips, ({ label }) => classes.indexOf(label)),
    // By speaker: all clips of a speaker are on one side.
    held: Uint8Array.from(clips, ({ speaker }) =>
      draws(recipe.seed, "held speaker", speaker).chance(recipe.held) ? 1 : 0,
    ),
    classes,
  };
}

if (framesIn(samples, audioMiniFrontEnd.frames) < framesEach) throw new Error("a clip is too short");
