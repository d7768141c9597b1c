import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import { decodeSound } from "./files/decode-sound.js";
import { resample } from "./resample.js";

interface StoredSound {
  readonly name: string;
  readonly file: string;
  readonly rate: number;
  readonly frames: number;
  readonly keep: number;
  readonly channels: readonly (readonly number[])[];
}

/** scripts/golden/make-sounds.py: libsndfile 1.2 and scipy. */
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/sounds.json", import.meta.url), "utf8"),
) as {
  readonly wav: readonly StoredSound[];
  readonly codecs: readonly StoredSound[];
  readonly resampled: readonly {
    readonly from: number;
    readonly to: number;
    readonly x: readonly number[];
    readonly y: readonly number[];
  }[];
};

const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!)));

/** Largest difference to libsndfile, over the kept samples. */
async function difference({ file, rate, frames, keep, channels }: StoredSound): Promise<number> {
  const decoded = await decodeSound(nodePlatform, Buffer.from(file, "base64"));
  expect(decoded.rate).toBe(rate);
  expect(decoded.channels.length).toBe(channels.length);
  expect(decoded.channels.map(({ length }) => length)).toEqual(channels.map(() => frames));
  return Math.max(
    ...decoded.channels.map((channel, c) =>
      worst(
        channel.filter((_, i) => i % keep === 0),
        channels[c]!,
      ),
    ),
  );
}

describe("reads as libsndfile", () => {
  // float32 rounds values below 1 by at most 2^-25.
  test.each(golden.wav)("$name", async (sound) => {
    expect(await difference(sound)).toBeLessThanOrEqual(2 ** -25);
  });

  // FLAC is exact. The other formats are defined up to the rounding of their transforms.
  test.each(golden.codecs)("$name", async (sound) => {
    expect(await difference(sound)).toBeLessThanOrEqual(sound.name.startsWith("FLAC") ? 2 ** -25 : 1e-5);
  });
});

test.each(golden.resampled)("resamples $from to $to as scipy.signal.resample_poly", ({ from, to, x, y }) => {
  const out = resample(Float32Array.from(x), from, to);
  expect(out.length).toBe(y.length);
  expect(worst(out, y)).toBeLessThan(1e-7);
});
