import { expect, test } from "vitest";
import { extractorOf } from "../../bases/audio/extractors.js";
import { padding } from "../../bases/audio/log-mel.js";
import { clipChange, windowOf } from "./change-clip.js";
import { paddedLength, soundTable } from "./sound-table.js";

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
