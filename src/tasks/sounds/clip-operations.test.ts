import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { atSpeed, blendClips, drawBand, eraseStretches, withoutBands } from "./clip-operations.js";

const rate = 16_000;
/** One second of a tone. */
const tone = (hz: number): Float32Array =>
  Float32Array.from({ length: rate }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rate));
/** Root of the mean square, away from the ends of a clip. */
const level = (x: Float32Array): number => {
  const inside = x.subarray(2000, x.length - 2000);
  return Math.sqrt(inside.reduce((sum, v) => sum + v * v, 0) / inside.length);
};

test("a tone inside a removed band disappears, and one outside of it stays", () => {
  const bands = [{ low: 900, high: 1100 }];
  // The level of a sine of amplitude 0.5 is 0.5 / √2 = 0.354. The cut ends of the clip leave less than 1 % of it.
  expect(level(withoutBands(tone(1000), rate, bands))).toBeLessThan(0.0036);
  for (const hz of [300, 2000, 7000]) {
    const [before, after] = [tone(hz), withoutBands(tone(hz), rate, bands)];
    expect(level(after)).toBeCloseTo(0.5 / Math.SQRT2, 3);
    expect(level(after.map((v, i) => v - before[i]!))).toBeLessThan(0.0036);
  }
  const [inside, outside] = [tone(1000), tone(3000)];
  const both = withoutBands(
    inside.map((v, i) => v + outside[i]!),
    rate,
    bands,
  );
  expect(level(both.map((v, i) => v - outside[i]!))).toBeLessThan(0.0036);
});

test("the bands 0 Hz to half the rate are all that a clip has", () => {
  expect(level(withoutBands(tone(440), rate, [{ low: 0, high: rate / 2 }]))).toBe(0);
  const clip = tone(440);
  withoutBands(clip, rate, []).forEach((v, i) => {
    if (i % 500 === 0) expect(v).toBeCloseTo(clip[i]!, 6);
  });
  expect(withoutBands(new Float32Array(0), rate, [])).toEqual(new Float32Array(0));
});

test("a band has at most its share of the mel scale, and lies below half the rate", () => {
  // mel(f) = 1127 ln(1 + f / 700)
  const mel = (hz: number) => 1127 * Math.log(1 + hz / 700);
  const widths = Array.from({ length: 200 }, (_, i) => {
    const { low, high } = drawBand(rate, 0.1, draws(1, "band", i));
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(8000.001);
    return (mel(high) - mel(low)) / mel(8000);
  });
  expect(Math.max(...widths)).toBeLessThanOrEqual(0.1);
  expect(Math.max(...widths)).toBeGreaterThan(0.09);
  expect(Math.min(...widths)).toBeLessThan(0.01);
});

test("stretches have the value, and at most their share of the clip", () => {
  let most = 0;
  for (let i = 0; i < 100; i++) {
    const clip = new Float32Array(1000).fill(1);
    eraseStretches(clip, { count: 2, longest: 0.1, value: 0 }, draws(2, "stretch", i));
    const runs = clip.join("").match(/0+/g) ?? [];
    expect(runs.length).toBeLessThanOrEqual(2);
    const zeros = runs.join("").length;
    expect(zeros).toBeLessThanOrEqual(200);
    most = Math.max(most, zeros);
  }
  expect(most).toBeGreaterThan(150);
});

test.each([
  [90, 17_778],
  [110, 14_546],
])("at %d %% a clip of 16,000 samples has %d, and its pitch changes by the factor", (percent, length) => {
  const fast = atSpeed(tone(1000), percent);
  // ⌈16,000 · 100 / percent⌉
  expect(fast.length).toBe(length);
  // Sign changes in 10,000 samples: 2 f / rate of them, f = 1000 Hz · percent / 100.
  let changes = 0;
  for (let i = 2001; i <= 12_000; i++) if (fast[i - 1]! < 0 !== fast[i]! < 0) changes++;
  expect(Math.abs(changes - (2 * 10 * percent * 10_000) / rate)).toBeLessThanOrEqual(1);
});

test("a blend is λ of one clip and 1 − λ of the other, which may end earlier", () => {
  const blended = blendClips(Float32Array.of(1, 0.5, -1), Float32Array.of(0, 1), 0.75);
  expect([...blended]).toEqual([0.75, 0.625, -0.75]);
  expect([...blendClips(Float32Array.of(1), Float32Array.of(0.5, 0.5), 0.5)]).toEqual([0.75, 0.25]);
});
