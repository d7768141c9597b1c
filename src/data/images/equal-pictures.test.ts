import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { lowest } from "../split/groups.js";
import { joinEqualPictures, coarseSide as thumbnailSide } from "./equal-pictures.js";

interface Shown {
  readonly thumbnail: Uint8Array;
}

function near(items: readonly Shown[]): number[] {
  const groups = Int32Array.from(items, (_, i) => i);
  joinEqualPictures((i) => items[i]!.thumbnail, items.length, [...groups], groups);
  return [...lowest(groups)];
}

/** The definition, pair by pair, without the coordinates that make it fast. */
function bruteForce(items: readonly Shown[]): number[] {
  const numbers = items.map((_, i) => i);
  const stats = items.map(({ thumbnail }) => {
    const mean = thumbnail.reduce((a, b) => a + b, 0) / thumbnail.length;
    const deviation = Math.sqrt(thumbnail.reduce((a, b) => a + (b - mean) ** 2, 0) / thumbnail.length);
    return { mean, deviation };
  });
  for (let i = 0; i < items.length; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [stats[i]!, stats[j]!];
      const d = Array.from(items[i]!.thumbnail, (v, k) => v - a.mean - (items[j]!.thumbnail[k]! - b.mean));
      const deviation = (a.deviation + b.deviation) / 2;
      const rms = Math.sqrt(d.reduce((sum, v) => sum + v * v, 0) / d.length);
      const alike =
        Math.abs(a.mean - b.mean) <= 16 &&
        rms <= 0.1 * deviation + 0.5 &&
        Math.max(...d.map(Math.abs)) <= 0.5 * deviation + 4;
      if (!alike) continue;
      const [low, high] = [Math.min(numbers[i]!, numbers[j]!), Math.max(numbers[i]!, numbers[j]!)];
      for (let k = 0; k < items.length; k++) if (numbers[k] === high) numbers[k] = low;
    }
  return numbers;
}

test("the fast search finds the same groups as a comparison of all pairs", () => {
  // 20 families of pictures, each member its family's plus noise that sometimes is within and sometimes beyond.
  const size = thumbnailSide * thumbnailSide * 3;
  const items = Array.from({ length: 100 }, (_, i) => {
    const family = draws(i % 20, "family");
    const own = draws(i, "own");
    const noise = own.uniform() * 6;
    const contrast = 10 + family.uniform() * 60;
    return {
      thumbnail: Uint8Array.from({ length: size }, () =>
        Math.max(0, Math.min(255, 128 + contrast * (family.uniform() - 0.5) + noise * own.normal())),
      ),
    };
  });
  const groups = near(items);
  expect(groups).toEqual(bruteForce(items));
  expect(new Set(groups).size).toBeGreaterThan(22);
  expect(new Set(groups).size).toBeLessThan(98);
});
