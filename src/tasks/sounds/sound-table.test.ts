import { expect, test } from "vitest";
import { extractorOf } from "../../bases/audio/extractors.js";
import { padding } from "../../bases/audio/log-mel.js";
import { clipChange, clipSpeed, windowOf } from "./change-clip.js";
import { inputOfClip, paddedLength, soundTable } from "./sound-table.js";

const extractor = extractorOf({ feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000 });
const ramp = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => (i + 1) / n);
const lengths = [8000, 9000, 16_100, 3];
const items = lengths.map((_, i) => ({ sha256: `clip ${i}`, id: `${i}`, part: "train" }));
const open = (masked: boolean) =>
  soundTable(items, { audio: { extractor, masked }, read: async (i) => ramp(lengths[i]!) });

test("padded lengths are multiples of 0.1 s up to 1 s, and at most a quarter and a step longer beyond", () => {
  expect([1, 1600, 1601, 16_000].map((n) => paddedLength(n, 16_000))).toEqual([1600, 1600, 3200, 16_000]);
  for (const n of [16_001, 50_000, 80_000, 480_000]) {
    const size = paddedLength(n, 16_000);
    expect(size).toBeGreaterThanOrEqual(n);
    expect(size).toBeLessThanOrEqual(1.25 * n + 1600);
  }
});

test("a base that knows padding gets clips filled with it, and scoring takes whole clips", async () => {
  const table = await open(true);
  expect(items.map((item) => table.sizeOf(item))).toEqual([8000, 9600, 20_800, 1600]);
  const { dims, data } = table.tensor([items[3]!, items[0]!], 8000);
  expect(dims).toEqual([2, 8000]);
  expect(Array.from(data.slice(0, 5), Number)).toEqual([...ramp(3), padding, padding]);
  expect(Array.from(data.slice(8000), Number)).toEqual(Array.from(ramp(8000)));
});

test("a clip alone has no padding, unless the model takes one length", async () => {
  const table = await open(true);
  expect(table.alone(items[3]!)).toMatchObject({ dims: [1, 3], data: ramp(3) });
  const fixed = (n: number) => inputOfClip({ extractor, masked: false, fixed: [5] }, ramp(n));
  expect(fixed(3)).toMatchObject({ dims: [1, 5], data: Float32Array.from([...ramp(3), 0, 0]) });
  expect(fixed(8)).toMatchObject({ dims: [1, 5], data: ramp(8).slice(0, 5) });
});

test("another base gets clips at their own length, and a training repeats a short clip", async () => {
  const table = await open(false);
  expect(items.map((item) => table.sizeOf(item))).toEqual(lengths);
  const { data } = table.changed!([items[3]!], 7, 0);
  const [a, b, c] = ramp(3);
  expect(Array.from(data, Number)).toEqual([a, b, c, a, b, c, a]);
});

test("a window is drawn for each epoch, and lies in the clip", () => {
  const clip = ramp(1000);
  const starts = Array.from({ length: 40 }, (_, epoch) => windowOf(clip, 400, 1, epoch, "x")[0]! * 1000 - 1);
  expect(new Set(starts.map(Math.round)).size).toBeGreaterThan(20);
  for (const start of starts) expect(Math.round(start)).toBeLessThanOrEqual(600);
  expect(windowOf(clip, 400, 1, 3, "x")).toEqual(windowOf(clip, 400, 1, 3, "x"));
});

test("shift turns a clip, gain stays within 6 dB, noise is 5 to 25 dB below the clip", () => {
  const clip = Float32Array.from({ length: 16_000 }, (_, i) => Math.sin(i / 7));
  const shifted = clipChange(["shift"], 16_000, 1)!(clip, 0, "x");
  expect(Array.from(shifted).sort()).toEqual(Array.from(clip).sort());
  const power = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0) / x.length;
  const decibels = (x: Float32Array) => 10 * Math.log10(power(x) / power(clip));
  for (let epoch = 0; epoch < 20; epoch++) {
    expect(Math.abs(decibels(clipChange(["gain"], 16_000, 1)!(clip, epoch, "x")))).toBeLessThan(6.01);
    const noisy = clipChange(["noise"], 16_000, 1)!(clip, epoch, "x");
    const noise = decibels(noisy.map((v, i) => v - clip[i]!));
    // Half of the clips stay as they are. The power of 16,000 draws is within 0.2 dB of its mean.
    if (noise > -100) expect([noise < -4.8, noise > -25.2]).toEqual([true, true]);
  }
  expect(clipChange([], 16_000, 1)).toBeUndefined();
});

test("specaugment silences at most two stretches of 10 % of the clip, with the same bits for a seed", () => {
  const clip = Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(i / 7) + 0.1 * Math.cos(i / 2));
  const change = clipChange(["specaugment"], 16_000, 4)!;
  for (let epoch = 0; epoch < 20; epoch++) {
    const changed = change(clip, epoch, "x");
    expect(changed.length).toBe(16_000);
    expect(changed.filter((v) => v === 0).length).toBeLessThanOrEqual(3200);
    expect(clipChange(["specaugment"], 16_000, 4)!(clip, epoch, "x")).toEqual(changed);
  }
  expect(change(clip, 0, "x")).not.toEqual(change(clip, 1, "x"));
  expect(change(clip, 0, "x")).not.toEqual(clipChange(["specaugment"], 16_000, 5)!(clip, 0, "x"));
  // The other changes draw what they draw without it.
  const gained = clipChange(["gain"], 16_000, 4)!(clip, 3, "x");
  const both = clipChange(["gain", "specaugment"], 16_000, 4)!(clip, 3, "x");
  const power = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0);
  expect(power(both)).toBeLessThan(power(gained));
});

test("speeds are 90, 100 and 110 %, and a changed clip never exceeds its batch", async () => {
  const speed = clipSpeed(["speed"], 2)!;
  const drawn = Array.from({ length: 300 }, (_, epoch) => speed(epoch, "1"));
  for (const percent of [90, 100, 110]) {
    const count = drawn.filter((one) => one === percent).length;
    // A third of 300 draws: 100, with a deviation of √(300 · 2/9) = 8.2.
    expect(Math.abs(count - 100)).toBeLessThan(35);
  }
  expect(clipSpeed(["shift"], 2)).toBeUndefined();
  expect(clipChange(["speed"], 16_000, 2)).toBeUndefined();
  const audio = { extractor, masked: true };
  const table = await soundTable(items, { audio, speed, read: async (i) => ramp(lengths[i]!) });
  for (const epoch of [90, 100, 110].map((percent) => drawn.indexOf(percent))) {
    const { data } = table.changed!([items[1]!], 9600, epoch);
    const samples = Array.from(data, Number).filter((v) => v !== padding).length;
    // ⌈n · 100 / percent⌉ with n = 9,000 samples, of which a window of ⌊9,600 · percent / 100⌋ is taken.
    expect(samples).toBe({ 90: 9600, 100: 9000, 110: 8182 }[drawn[epoch] as 90 | 100 | 110]);
  }
});

test("pairs of clips are blended before the base normalises them", async () => {
  const normalised = extractorOf({
    ...{ feature_extractor_type: "Wav2Vec2FeatureExtractor", sampling_rate: 16_000, do_normalize: true },
  });
  const sounds = [Float32Array.of(1, 0, 0, 1), Float32Array.of(0, 1, 0, 1)];
  const two = items.slice(0, 2);
  const table = await soundTable(two, {
    ...{ audio: { extractor: normalised, masked: false }, read: async (i: number) => sounds[i]! },
  });
  const { data, dims } = table.blended!(two, 4, 0, { order: [1, 1], share: 0.5 });
  expect(dims).toEqual([2, 4]);
  // 0.5, 0.5, 0, 1: mean 0.5, variance (0 + 0 + 0.25 + 0.25) / 4 = 0.125. Then 0, 1, 0, 1: mean 0.5, variance 0.25.
  const [a, b] = [0.5 / Math.sqrt(0.125), 1];
  Array.from(data, Number).forEach((v, i) => {
    expect(v).toBeCloseTo([0, 0, -a, a, -b, b, -b, b][i]!, 5);
  });
});
