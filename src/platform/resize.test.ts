import { expect, test } from "vitest";
import { picture } from "../../test/support/pictures.js";
import { draws } from "../core/random.js";
import { sharpPictures } from "./node-pictures.js";
import { resizeLikeVips } from "./resize.js";

/** Resizes the same pixels here and by libvips; returns the largest and the mean difference, in levels. */
async function difference(
  data: Uint8Array,
  from: { height: number; width: number },
  to: { height: number; width: number },
): Promise<{ largest: number; mean: number }> {
  const { default: sharp } = await import("sharp");
  const png = await sharp(data, { raw: { ...from, channels: 3 } })
    .png()
    .toBuffer();
  const theirs = await sharpPictures.decode(new Uint8Array(png), to);
  const ours = resizeLikeVips({ ...from, data }, to);
  expect(ours.data).toHaveLength(theirs.data.length);
  const differences = Array.from(ours.data, (v, i) => Math.abs(v - theirs.data[i]!));
  return {
    largest: Math.max(...differences),
    mean: differences.reduce((a, b) => a + b) / differences.length,
  };
}

const noise = (height: number, width: number): Uint8Array => {
  const draw = draws(4, "resize");
  return Uint8Array.from({ length: 3 * height * width }, () => 256 * draw.uniform());
};

// Noise is the hardest image for two resizers to agree on. libvips rounds its weights to 1/64 of a pixel and
// intermediate values to whole numbers, which explains the remaining difference.
test.each([
  ["half", 128, 128, 64, 64],
  ["a little smaller, each side by another factor", 80, 96, 64, 64],
  ["by a whole factor first", 300, 420, 64, 64],
  ["by a large one, with a rest at the border", 1001, 777, 64, 64],
])("smaller is as in libvips: %s", async (_, h, w, height, width) => {
  const { largest, mean } = await difference(noise(h, w), { height: h, width: w }, { height, width });
  expect(largest).toBeLessThanOrEqual(4);
  expect(mean).toBeLessThan(0.5);
});

test("the same size is the same picture", () => {
  const data = noise(20, 30);
  expect(resizeLikeVips({ height: 20, width: 30, data }, { height: 20, width: 30 }).data).toEqual(data);
});

test.each([
  ["both axes", 64, 64],
  ["one of them", 64, 24],
  ["one of them, while the other gets smaller", 10, 64],
])("larger is as in libvips: %s", async (_, height, width) => {
  const data = new Uint8Array(await picture(3, 24, 20).raw().toBuffer());
  const { largest, mean } = await difference(data, { height: 20, width: 24 }, { height, width });
  expect(largest).toBeLessThanOrEqual(2);
  expect(mean).toBeLessThan(0.3);
});

test("one pixel fills everything", () => {
  const { data } = resizeLikeVips(
    { height: 1, width: 1, data: Uint8Array.of(1, 2, 3) },
    { height: 2, width: 2 },
  );
  expect([...data]).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
});
