import { describe, expect, test } from "vitest";
import { resample, streamResampler } from "./resample.js";

const tone = (hertz: number, rate: number, n: number) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate));

describe("resample", () => {
  test.each([8000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 44_099])(
    "keeps a tone of 1 kHz from %i samples per second to 16,000",
    (rate) => {
      const out = resample(tone(1000, rate, rate), rate, 16_000);
      expect(out.length).toBe(16_000);
      const expected = tone(1000, 16_000, 16_000);
      // The ends are filled with zeros, so the middle is compared. Images of the tone are down by 80 dB.
      const worst = Math.max(...out.slice(2000, 14_000).map((x, i) => Math.abs(x - expected[2000 + i]!)));
      expect(worst).toBeLessThan(1e-4);
    },
  );

  test("removes a tone above the new rate's half", () => {
    const out = resample(tone(10_000, 44_100, 44_100), 44_100, 16_000);
    expect(Math.max(...out.slice(1000, 15_000).map(Math.abs))).toBeLessThan(1e-4);
  });

  test("returns ceil(n · to / from) samples, and the samples themselves for equal rates", () => {
    expect(resample(new Float32Array(1), 384_000, 16_000).length).toBe(1);
    expect(resample(new Float32Array(1001), 48_000, 16_000).length).toBe(334);
    const same = new Float32Array(3);
    expect(resample(same, 16_000, 16_000)).toBe(same);
  });
});

describe("resampling a stream", () => {
  test.each([8000, 44_100, 48_000, 44_099])(
    "gives the samples of the whole sound, bit by bit, from %i to 16,000",
    (rate) => {
      const sound = tone(777, rate, rate / 10);
      const whole = resample(sound, rate, 16_000);
      for (const size of [1, 128, 1000]) {
        const next = streamResampler(rate, 16_000);
        const out: number[] = [];
        for (let at = 0; at < sound.length; at += size) out.push(...next(sound.subarray(at, at + size)));
        expect(out).toEqual([...whole.subarray(0, out.length)]);
        // The filter reaches 16 / 0.9 samples of the lower rate beyond an output.
        const missing = Math.ceil((16 / 0.9) * Math.max(1, 16_000 / rate)) + 1;
        expect(out.length).toBeGreaterThanOrEqual(whole.length - missing);
      }
    },
  );
});
