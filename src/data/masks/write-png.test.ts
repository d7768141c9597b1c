import sharp from "sharp";
import { expect, test } from "vitest";
import { readPng } from "./read-png.js";
import { greyPng } from "./write-png.js";

test("a mask is the same after it was written and read, by another program too", async () => {
  const mask = { width: 5, height: 3, data: Uint8Array.from({ length: 15 }, (_, i) => 17 * i) };
  const bytes = await greyPng(mask);
  expect([...(await readPng(bytes, "mask")).values]).toEqual([...mask.data]);
  const { data, info } = await sharp(bytes).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, ...data]).toEqual([5, 3, ...mask.data]);
});
