// Toy data of sounds: two classes of clips, and a network of a few thousand weights.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { audioNet } from "../../src/bases/architectures/audio-net.js";
import { padding } from "../../src/bases/audio/log-mel.js";
import { draws } from "../../src/core/random.js";
import type { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { freshWeights } from "../../src/train/initialize.js";
import { wavOf } from "./sound-files.js";

const rate = 16_000;

/** A clip of 0.2 to 0.5 s: a tone that rises or falls, in much noise. */
export function clip(rises: boolean, seed: number): Float32Array {
  const draw = draws(7, "clip", seed);
  const n = Math.round((0.2 + 0.3 * draw.uniform()) * rate);
  const [low, high] = [400 + 400 * draw.uniform(), 900 + 500 * draw.uniform()];
  let phase = 0;
  return Float32Array.from({ length: n }, (_, i) => {
    const share = rises ? i / n : 1 - i / n;
    phase += (2 * Math.PI * (low + (high - low) * share)) / rate;
    return 0.1 * Math.sin(phase) + 0.12 * draw.normal();
  });
}

/** Writes a folder for each class, with `each` clips. */
export function writeSounds(folder: string, each: number): string {
  for (const [c, name] of ["fall", "rise"].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < each; i++)
      writeFileSync(join(folder, name, `${i}.wav`), wavOf([clip(c === 1, c * each + i)], rate));
  }
  return folder;
}

/** Labels of the toy sounds, as pitches in Hz. */
const tones = { low: 300, middle: 1000, high: 3000 } as const;

/** Samples of 0.3 s with a tone of each pitch, in noise. */
function chord(hertz: readonly number[], draw: ReturnType<typeof draws>): Float32Array {
  return Float32Array.from({ length: 0.3 * rate }, (_, i) =>
    hertz.reduce((sum, f) => sum + 0.1 * Math.sin((2 * Math.PI * f * i) / rate), 0.03 * draw.normal()),
  );
}

/** Writes clips with a list `metadata.csv`, in a folder of their own. */
function writeListed(
  folder: string,
  column: string,
  clips: readonly (readonly [Float32Array, string])[],
): string {
  mkdirSync(folder, { recursive: true });
  for (const [i, [samples]] of clips.entries())
    writeFileSync(join(folder, `${i}.wav`), wavOf([samples], rate));
  const rows = clips.map(([, cell], i) => `${i}.wav,${cell}`);
  writeFileSync(join(folder, "metadata.csv"), `file_name,${column}\n${rows.join("\n")}\n`);
  return folder;
}

/** Writes clips with none to three tones, which are their labels. */
export function writeSoundLabels(folder: string, clips: number): string {
  const made = Array.from({ length: clips }, (_, c) => {
    const draw = draws(13, "labels", c);
    const heard = Object.entries(tones).filter(() => draw.chance(0.5));
    const samples = chord(
      heard.map(([, f]) => f),
      draw,
    );
    return [samples, heard.map(([name]) => name).join("|")] as const;
  });
  return writeListed(folder, "labels", made);
}

/** Writes clips of one tone with the logarithm of its pitch, 0 at 200 Hz and 4 at 3200 Hz. */
export function writeSoundNumbers(folder: string, clips: number): string {
  const made = Array.from({ length: clips }, (_, c) => {
    const octaves = (4 * ((c * 37) % clips)) / (clips - 1);
    return [chord([200 * 2 ** octaves], draws(17, "numbers", c)), octaves.toFixed(3)] as const;
  });
  return writeListed(folder, "pitch", made);
}

/** Syllables of the toy speech, as pitches in Hz. */
const pitches = { a: 300, o: 900, u: 2000 } as const;

/** Writes a list of clips with transcripts: two words of one to three tones each, with a pause between. */
export function writeSpeech(folder: string, clips: number): string {
  mkdirSync(folder, { recursive: true });
  const rows = Array.from({ length: clips }, (_, c) => {
    const draw = draws(11, "speech", c);
    const letters = Object.keys(pitches) as (keyof typeof pitches)[];
    const word = () => Array.from({ length: 1 + draw.integer(3) }, () => letters[draw.integer(3)]!).join("");
    const text = `${word()} ${word()}`;
    const samples = [...text].flatMap((letter) => {
      const pitch = letter === " " ? 0 : pitches[letter as keyof typeof pitches];
      return Array.from({ length: 0.16 * rate }, (_v, i) => {
        const edge = Math.sin((Math.PI * i) / (0.16 * rate));
        return 0.4 * edge * Math.sin((2 * Math.PI * pitch * i) / rate) + 0.01 * draw.normal();
      });
    });
    writeFileSync(join(folder, `${c}.wav`), wavOf([samples], rate));
    return `${c}.wav,${text},speaker${c % 12}`;
  });
  writeFileSync(join(folder, "metadata.csv"), `file_name,text,speaker\n${rows.join("\n")}\n`);
  return folder;
}

/** Writes an audio model with random weights, that knows padding. */
export function writeSoundBase(folder: string, net: Graph = audioNet({ widths: [4, 8] })): string {
  for (const [value, data] of freshWeights(net, 3)) net.initializers.set(value, data);
  mkdirSync(join(folder, "onnx"), { recursive: true });
  writeFileSync(join(folder, "onnx/model.onnx"), toOnnx(net));
  writeFileSync(
    join(folder, "preprocessor_config.json"),
    JSON.stringify({
      ...{ feature_extractor_type: "Wav2Vec2FeatureExtractor", feature_size: 1, sampling_rate: rate },
      ...{ padding_side: "right", padding_value: padding, do_normalize: false, return_attention_mask: false },
    }),
  );
  return folder;
}
