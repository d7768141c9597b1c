import { expect, test } from "vitest";
import { padding } from "../../bases/audio/log-mel.js";
import { speechChange } from "./change-speech.js";

const clip = Float32Array.from({ length: 8000 }, (_, i) => 0.2 * Math.sin(i * 0.1));
const change = speechChange(3, padding);

test("a draw depends on seed, epoch and clip alone", () => {
  expect(change(clip, 2, "a.wav", 9000)).toEqual(change(clip, 2, "a.wav", 9000));
  expect(change(clip, 2, "a.wav", 9000)).not.toEqual(change(clip, 3, "a.wav", 9000));
});

test("has lengths of 0.9 to 1.1 times, but never more samples than the batch has room for", () => {
  const lengths = new Set(Array.from({ length: 60 }, (_, e) => change(clip, e, "a.wav", 9000).length));
  // 8000 / 0.9, 8000 / 0.95, 8000, 8000 / 1.05, 8000 / 1.1, rounded up.
  expect([...lengths].sort((a, b) => a - b)).toEqual([7273, 7620, 8000, 8422, 8889]);
  for (let e = 0; e < 60; e++) expect(change(clip, e, "a.wav", 8000).length).toBeLessThanOrEqual(8000);
});

test("at most two stretches of 8 % each are absent", () => {
  for (let e = 0; e < 60; e++) {
    const changed = change(clip, e, "a.wav", 9000);
    const absent = changed.filter((v) => v === padding).length;
    expect(absent).toBeLessThanOrEqual(2 * 0.08 * changed.length);
  }
});

test("leaves the given clip as it is", () => {
  const before = clip.slice();
  for (let e = 0; e < 10; e++) change(clip, e, "b.wav", 9000);
  expect(clip).toEqual(before);
});
