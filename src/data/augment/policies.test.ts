import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { mostViews, type Pixels } from "../dataset.js";
import { augmenter } from "./augmenter.js";
import { randAugment, randomErasing, trivialAugment } from "./policies.js";
import { viewOf } from "./views.js";

function noise(height: number, width: number): Pixels {
  const draw = draws(9, "noise");
  const data = Uint8Array.from({ length: height * width * 3 }, () => 40 + draw.integer(150));
  return { height, width, data };
}
const same = (a: Pixels, b: Pixels): boolean => Buffer.compare(a.data, b.data) === 0;
const picture = noise(32, 32);

test("the picture depends on seed, epoch and item only, and changes with each of them", async () => {
  for (const kind of ["strong", "randaugment", "trivialaugment"] as const) {
    const change = await augmenter(kind);
    const one = change(picture, 1, 2, "a");
    expect(change(picture, 1, 2, "a")).toEqual(one);
    const others = Array.from({ length: 8 }, (_, epoch) => change(picture, 1, 3 + epoch, "a"));
    expect(others.filter((other) => !same(other, one)).length).toBe(8);
  }
  expect(picture).toEqual(noise(32, 32));
});

test("RandAugment without operations changes nothing; at magnitude 0, most operations change nothing", () => {
  expect(randAugment(picture, draws(0, "x"), 9, 0)).toBe(picture);
  const still = Array.from({ length: 200 }, (_, k) => randAugment(picture, draws(0, "x", k), 0, 1));
  // All but solarize (at 255 nothing is turned around here), autoContrast and equalize: 12 of 14.
  const share = still.filter((p) => same(p, picture)).length / 200;
  expect(share).toBeGreaterThan(0.75);
  expect(share).toBeLessThan(0.95);
});

test("a larger magnitude changes more", () => {
  const change = (magnitude: number): number => {
    let sum = 0;
    for (let k = 0; k < 100; k++) {
      const { data } = randAugment(picture, draws(0, "x", k), magnitude);
      for (let i = 0; i < data.length; i += 7) sum += Math.abs(data[i]! - picture.data[i]!);
    }
    return sum;
  };
  expect(change(15)).toBeGreaterThan(change(3));
});

test("TrivialAugment draws every operation and every magnitude", () => {
  const seen = new Set(
    Array.from({ length: 400 }, (_, k) =>
      Buffer.from(trivialAugment(picture, draws(2, "t", k)).data).toString("hex"),
    ),
  );
  // 9 of 14 operations have 61 strengths, of which 28 draws hit 23; at 32 pixels shifts have only a few.
  expect(seen.size).toBeGreaterThan(160);
});

test("random erasing replaces a rectangle of 2 to 33 % of the area", () => {
  const flat: Pixels = { height: 60, width: 40, data: new Uint8Array(60 * 40 * 3).fill(1) };
  for (let k = 0; k < 100; k++) {
    const { data } = randomErasing({ ...flat, data: Uint8Array.from(flat.data) }, draws(0, "e", k));
    const gone: [number, number][] = [];
    for (let i = 0; i < data.length; i += 3)
      // A random colour is the old one once in 256³ times.
      if (data[i] !== 1 || data[i + 1] !== 1 || data[i + 2] !== 1)
        gone.push([Math.floor(i / 120), (i / 3) % 40]);
    const rows = gone.map(([y]) => y);
    const columns = gone.map(([, x]) => x);
    const box =
      (Math.max(...rows) - Math.min(...rows) + 1) * (Math.max(...columns) - Math.min(...columns) + 1);
    expect(gone.length).toBe(box);
    // Sides are rounded to whole pixels.
    expect(box / 2400).toBeGreaterThan(0.01);
    expect(box / 2400).toBeLessThan(0.36);
  }
});

test("random erasing has the given probability with any augmentation", async () => {
  const share = async (erasing: number) => {
    const change = await augmenter("none", { erasing });
    const made = Array.from({ length: 300 }, (_, epoch) => change(picture, 0, epoch, "a"));
    return made.filter((one) => !same(one, picture)).length / 300;
  };
  expect(await share(0)).toBe(0);
  expect(await share(1)).toBe(1);
  expect(Math.abs((await share(0.3)) - 0.3)).toBeLessThan(0.09);
  const [strong, plain] = [await augmenter("strong"), await augmenter("strong", { erasing: 0 })];
  const differ = Array.from(
    { length: 200 },
    (_, k) => !same(strong(picture, 0, k, "a"), plain(picture, 0, k, "a")),
  );
  expect(Math.abs(differ.filter(Boolean).length / 200 - 0.25)).toBeLessThan(0.1);
});

test("the views of a picture are itself, crops of 7/8, and the mirror images of all", () => {
  const ramp: Pixels = {
    height: 16,
    width: 16,
    data: Uint8Array.from(
      { length: 16 * 16 * 3 },
      (_, i) => [Math.floor(i / 3) % 16, Math.floor(i / 48), 0][i % 3]! * 10,
    ),
  };
  const views = Array.from({ length: mostViews }, (_, k) => viewOf(ramp, k));
  expect(views[0]).toBe(ramp);
  const column = (p: Pixels, x: number) => p.data[3 * (8 * 16 + x)]!;
  for (let x = 0; x < 16; x++) expect(column(views[1]!, x)).toBe(column(ramp, 15 - x));
  // x_s = left + (j + ½) 7/8 - ½: column 8 of the middle part (left 1) is at 7.9375, of the left ones (0) at 6.9375.
  expect(views.slice(2).map((view) => column(view, 8))).toEqual([79, 71, 69, 61, 89, 81, 69, 61, 89, 81]);
  const seen = new Set(views.map((view) => Buffer.from(view.data).toString("hex")));
  expect(seen.size).toBe(mostViews);
});
