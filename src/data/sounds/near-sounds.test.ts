import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { groupNearSounds } from "./near-sounds.js";
import { resample } from "./resample.js";
import { soundPrint } from "./sound-print.js";

const rate = 16_000;

/** A made word of 0.8 s: four syllables of a voice, each with another pitch, and a hiss. */
function word(seed: number): Float32Array {
  const draw = draws(3, "word", seed);
  const syllables = Array.from({ length: 4 }, () => [90 + 120 * draw.uniform(), 1 + 5 * draw.uniform()]);
  let phase = 0;
  return Float32Array.from({ length: 0.8 * rate }, (_, i) => {
    const [pitch, formant] = syllables[Math.floor(i / (0.2 * rate))] as [number, number];
    phase += (2 * Math.PI * pitch * (1 + 0.1 * Math.sin(i / 900))) / rate;
    let sum = 0.01 * draw.normal();
    for (let k = 1; k < 9; k++) sum += (0.1 * Math.sin(k * phase)) / (1 + (k - formant) ** 2);
    return sum * Math.sin((Math.PI * (i % (0.2 * rate))) / (0.2 * rate));
  });
}
const words = Array.from({ length: 24 }, (_, i) => word(i));
const prints = words.map((samples) => soundPrint(samples, rate));

/** Returns a clip after n samples of silence. */
function after(n: number, samples: Float32Array): Float32Array {
  const out = new Float32Array(n + samples.length);
  out.set(samples, n);
  return out;
}

const draw = draws(4, "noise");
const copies: Readonly<Record<string, (samples: Float32Array) => Float32Array>> = {
  "a quieter clip": (samples) => samples.map((x) => 0.2 * x),
  "noise, 20 dB below the clip": (samples) => {
    const level = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    return samples.map((x) => x + 0.1 * level * draw.normal());
  },
  "the opposite polarity": (samples) => samples.map((x) => -x),
  "8 kHz": (samples) => resample(resample(samples, rate, 8000), 8000, rate),
  "8 bits": (samples) => samples.map((x) => Math.round(64 * x) / 64),
  "a cut at the start": (samples) => samples.slice(1601),
  "cuts at both ends": (samples) => samples.slice(1000, -1500),
  "a quarter of a second of silence before": (samples) => after(4003, samples),
  "a shift": (samples) => after(1605, samples).slice(0, samples.length),
};

test.for(Object.keys(copies))("joins a clip and its copy: %s", (change) => {
  const all = [...prints, ...words.slice(0, 10).map((samples) => soundPrint(copies[change]!(samples), rate))];
  expect([...groupNearSounds(all)]).toEqual([
    ...Array.from({ length: 24 }, (_, i) => i),
    ...Array.from({ length: 10 }, (_, i) => i),
  ]);
});

/** A made noise of one second between about 600 and 800 Hz: at a shift of half a value, its products are nearly 0. */
function narrow(seed: number): Float32Array {
  const draw = draws(5, "narrow", seed);
  const waves = Array.from({ length: 60 }, () => [600 + 200 * draw.uniform(), 7 * draw.uniform()]);
  return Float32Array.from({ length: rate }, (_, t) =>
    waves.reduce((sum, [hertz, at]) => sum + 0.02 * Math.sin((2 * Math.PI * hertz! * t) / rate + at!), 0),
  );
}

test.for([1, 2, 3, 4, 5, 6, 7])(
  "joins a clip and a copy that is cut by %i eighths of a value of a print",
  (eighths) => {
    const clips = Array.from({ length: 12 }, (_, i) => narrow(i));
    const all = [...clips, ...clips.map((samples) => samples.slice(160 + eighths))];
    const roots = groupNearSounds(all.map((samples) => soundPrint(samples, rate)));
    expect([...roots]).toEqual(all.map((_, i) => i % 12));
  },
);

test("the print of a clip at 8 kHz and at 16 kHz is nearly the same", () => {
  const [a, b] = [prints[0]!, soundPrint(resample(words[0]!, rate, 8000), 8000)!];
  expect(b.length).toBe(a.length);
  expect(Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))).toBeLessThan(12);
});

test("silence and tones have no print", () => {
  const tone = (hertz: number) =>
    Float32Array.from({ length: rate }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));
  expect(soundPrint(new Float32Array(rate), rate)).toBeUndefined();
  expect(soundPrint(new Float32Array(0), rate)).toBeUndefined();
  expect(soundPrint(Float32Array.of(1, 0, 1), rate)).toBeUndefined();
  expect(soundPrint(tone(3000), rate)).toBeUndefined();
  expect(soundPrint(tone(300), rate)).toBeUndefined();
});

/** Clips that are alike by design, and no copies. */
const made: Readonly<Record<string, (i: number) => Float32Array>> = {
  "tones of different pitch": (i) =>
    Float32Array.from({ length: 4000 }, (_, t) => 0.5 * Math.sin((2 * Math.PI * (300 + 3 * i) * t) / rate)),
  "tones of different length": (i) =>
    Float32Array.from({ length: 4000 + 160 * i }, (_, t) => 0.5 * Math.sin((2 * Math.PI * 440 * t) / rate)),
  "beeps of different length in a second of silence": (i) =>
    Float32Array.from({ length: rate }, (_, t) =>
      t >= 3200 && t < 4800 + 240 * i ? 0.5 * Math.sin((Math.PI * t) / 16) : 0,
    ),
  "sweeps of nearly equal speed": (i) =>
    Float32Array.from({ length: 12_000 }, (_, t) =>
      Math.sin((2 * Math.PI * (300 + 10 * i + ((20 + i) * t) / 1000) * t) / rate),
    ),
  "hums of equal machines": (i) =>
    Float32Array.from({ length: rate }, (_, t) => {
      let sum = 0.002 * draw.normal();
      for (let k = 1; k < 16; k++)
        sum += (0.05 / k) * Math.sin((2 * Math.PI * k * (50 + 0.002 * i) * t) / rate + k * k);
      return sum;
    }),
  noise: () => Float32Array.from({ length: 8000 }, () => 0.1 * draw.normal()),
  "the same word with another pitch": (i) => resample(words[0]!, 16_000 + 160 * (i % 12), 16_000),
};

test.for(Object.keys(made))("keeps apart what is made alike: %s", (name) => {
  const all = Array.from({ length: 40 }, (_, i) => soundPrint(made[name]!(i), rate));
  const different = name === "the same word with another pitch" ? all.slice(0, 12) : all;
  expect([...groupNearSounds(different)]).toEqual(different.map((_, i) => i));
});

test("the groups do not depend on the order", () => {
  const clips = [...words, ...words.slice(0, 6).map((samples) => copies["a cut at the start"]!(samples))];
  const order = clips.map((_, i) => i).sort((a, b) => ((a * 7) % 30) - ((b * 7) % 30));
  const sets = (some: readonly number[]) => {
    const roots = groupNearSounds(some.map((i) => soundPrint(clips[i]!, rate)));
    return new Set(
      Array.from(new Set(roots), (root) =>
        some
          .filter((_, k) => roots[k] === root)
          .sort((a, b) => a - b)
          .join(),
      ),
    );
  };
  expect(sets(order)).toEqual(sets(clips.map((_, i) => i)));
});

test("of few clips, which do not show which agreement is usual, those that agree nearly fully are joined", () => {
  const groupsOf = (...clips: Float32Array[]) => [
    ...groupNearSounds(clips.map((samples) => soundPrint(samples, rate))),
  ];
  const [first, second] = words as [Float32Array, Float32Array];
  expect(
    groupsOf(
      first,
      first.map((x) => 0.5 * x),
      second,
      second.slice(801),
    ),
  ).toEqual([0, 0, 2, 2]);
  const loud = draws(6, "noise");
  const noisy = first.map((x) => x + 0.04 * loud.normal());
  expect(groupsOf(first, noisy, second)).toEqual([0, 1, 2]);
  expect([...groupNearSounds([undefined, undefined])]).toEqual([0, 1]);
  expect([...groupNearSounds([])]).toEqual([]);
});

test("of more than 20,000 clips, none is compared", () => {
  const print = Int8Array.from(prints[0]!);
  const many = Array.from({ length: 20_001 }, () => print);
  expect(new Set(groupNearSounds(many)).size).toBe(20_001);
});
