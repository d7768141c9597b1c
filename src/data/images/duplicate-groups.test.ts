import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { side as shapeSide, shapesPicture } from "../../../test/support/dense-data.js";
import { picture } from "../../../test/support/pictures.js";
import { changes, cropped, scene } from "../../../test/support/scenes.js";
import { draws } from "../../core/random.js";
import { nodePlatform } from "../../platform/node.js";
import { groupDuplicates, thumbnailSide, thumbnailSideOf } from "./duplicate-groups.js";

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

const seedsTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const originalsOf = (seeds: readonly number[]) =>
  Promise.all(seeds.map(async (seed) => shown((await scene(seed)).png(), `original ${seed}`)));

test.for(Object.entries(changes))("finds copies %s, and joins no other pictures", async ([, change]) => {
  const seeds = seedsTo(8);
  const originals = await originalsOf(seeds);
  const copies = await Promise.all(seeds.map(async (seed) => shown(await change(seed), `copy ${seed}`)));
  expect(near([...originals, ...copies])).toEqual([...seeds, ...seeds].map((seed) => seed - 1));
});

test("finds copies among more pictures than one leaf of the search has", async () => {
  const seeds = seedsTo(60);
  const originals = await originalsOf(seeds);
  const copies = await Promise.all(
    seeds.map(async (seed) => shown(await cropped(seed, 8, 6, 0.9), `copy ${seed}`)),
  );
  const groups = near([...originals, ...copies]);
  const joined = seeds.filter((_, i) => groups[i + seeds.length] === i).length;
  expect(joined).toBeGreaterThanOrEqual(54);
  expect(groups.slice(0, seeds.length)).toEqual(seeds.map((seed) => seed - 1));
});

test("different things in one place are no copies", async () => {
  const seeds = seedsTo(40);
  const items = await Promise.all(
    seeds.map(async (seed) =>
      shown((await scene(seed, 0, 12)).grayscale().toColourspace("srgb").png(), `${seed}`),
    ),
  );
  expect(near(items)).toEqual(seeds.map((seed) => seed - 1));
});

test("made pictures of boxes, of waves and of noise are no copies of each other", async () => {
  const seeds = seedsTo(48);
  const places = seeds.map((seed) => seed - 1);
  const boxes = await Promise.all(
    seeds.map(async (seed) => {
      const raw = { width: shapeSide, height: shapeSide, channels: 3 } as const;
      return shown(sharp((await shapesPicture(seed)).rgb, { raw }).png(), `${seed}`);
    }),
  );
  expect(near(boxes)).toEqual(places);
  const waves = await Promise.all(seeds.map((seed) => shown(picture(seed).png(), `${seed}`)));
  expect(near(waves)).toEqual(places);
  const draw = draws(0, "noise");
  const noise = seeds.map((seed) => ({
    sha256: `${seed}`,
    thumbnail: Uint8Array.from({ length: 3 * thumbnailSide ** 2 }, () => draw.integer(256)),
  }));
  expect(near(noise)).toEqual(places);
});

test("pictures of a large set are compared value by value, with smaller thumbnails", async () => {
  const side = thumbnailSideOf(20_001);
  expect([side, thumbnailSideOf(20_000)]).toEqual([12, thumbnailSide]);
  const items = await Promise.all(
    [picture(1, 90, 90).png(), picture(2, 90, 90).png(), picture(1, 90, 90).flop().jpeg({ quality: 70 })].map(
      async (source, i) => {
        const bytes = await source.toBuffer();
        return { sha256: `${i}`, thumbnail: (await nodePlatform.pictures.thumbnail(bytes, side)).data };
      },
    ),
  );
  expect(near(items)).toEqual([0, 1, 0]);
});

test("pictures of one edge are not copies of each other", async () => {
  const edge = (degrees: number) =>
    sharp(
      Buffer.from(
        `<svg width="96" height="96"><rect width="96" height="96" fill="#ccc"/><rect x="${40 + degrees}" y="-40" width="120" height="200" fill="#333" transform="rotate(${degrees} 48 48)"/></svg>`,
      ),
    ).png();
  const items = await Promise.all([10, 30, 50, 70].map((degrees) => shown(edge(degrees), `${degrees}`)));
  expect(near(items)).toEqual([0, 1, 2, 3]);
});

test("pictures without structure need the same time as others, whatever they are", () => {
  // Equal descriptions cannot be told apart by any cut: each search still compares one leaf of each tree.
  const noise = draws(0, "noise");
  const values = Uint8Array.from({ length: 3 * thumbnailSide ** 2 }, () => noise.integer(256));
  const items = Array.from({ length: 300 }, (_, i) => ({ sha256: `${i}`, thumbnail: values }));
  expect(new Set(near(items)).size).toBeLessThan(20);
});
