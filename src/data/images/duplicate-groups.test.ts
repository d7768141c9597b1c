import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { picture } from "../../../test/support/pictures.js";
import { draws } from "../../core/random.js";
import { nodePlatform } from "../../platform/node.js";
import { groupDuplicates, thumbnailSide } from "./duplicate-groups.js";

interface Shown {
  readonly sha256: string;
  readonly thumbnail: Uint8Array;
}

async function shown(source: Sharp, name: string): Promise<Shown> {
  const bytes = await source.toBuffer();
  return { sha256: name, thumbnail: (await nodePlatform.pictures.thumbnail(bytes, thumbnailSide)).data };
}

const near = (items: readonly Shown[]) => [...groupDuplicates(items).near];

test("groups scaled, recompressed and lighter copies with their original", async () => {
  const original = () => picture(1, 160, 120);
  const copies = [
    original().png(),
    original().jpeg({ quality: 50 }),
    original().webp({ quality: 60 }),
    original().resize(80, 60).png(),
    original().resize(320, 240).jpeg(),
    original().linear(1.05, 3).png(),
  ];
  expect(near(await Promise.all(copies.map((copy, i) => shown(copy, `${i}`))))).toEqual([0, 0, 0, 0, 0, 0]);
});

test("a mirror image is a copy; another picture or another colour is not", async () => {
  const items = await Promise.all([
    shown(picture(1, 96, 96).png(), "a"),
    shown(picture(2, 96, 96).png(), "b"),
    shown(picture(1, 96, 96).flop().png(), "c"),
    // Red and blue exchanged: nearly the same in gray.
    shown(
      picture(1, 96, 96)
        .recomb([
          [0, 0, 1],
          [0, 1, 0],
          [1, 0, 0],
        ])
        .png(),
      "d",
    ),
  ]);
  expect(near(items)).toEqual([0, 1, 0, 3]);
});

test("pictures of a single colour are copies only if their bytes are equal", async () => {
  const plain = (v: number) =>
    sharp({ create: { width: 40, height: 40, channels: 3, background: { r: v, g: v, b: v } } }).png();
  const items = [await shown(plain(90), "a"), await shown(plain(91), "b"), await shown(plain(90), "a")];
  expect(near(items)).toEqual([0, 1, 0]);
});

test("the groups of exact and near copies do not depend on the order", async () => {
  const one = await shown(picture(1, 90, 90).png(), "one");
  const like = await shown(picture(1, 60, 60).jpeg({ quality: 70 }), "like");
  const other = await shown(picture(5, 90, 90).png(), "other");
  const items = [one, other, like, one];
  expect([...groupDuplicates(items).exact]).toEqual([0, 1, 2, 0]);
  expect(near(items)).toEqual([0, 1, 0, 0]);
  expect(near([like, one, one, other])).toEqual([0, 0, 0, 3]);
});

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
      sha256: `${i}`,
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
