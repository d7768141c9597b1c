import { expect, test } from "vitest";
import { decodeSize } from "./decode-size.js";

const size = { width: 64, height: 64 };

test("pictures are decoded to 1.5 inputs if they are scaled, but not above their own size", () => {
  const photo = { width: 4000, height: 3000 };
  expect(decodeSize(photo, size, "light")).toEqual(size);
  expect(decodeSize(photo, size, "standard")).toEqual({ width: 96, height: 96 });
  expect(decodeSize({ width: 70, height: 300 }, size, "strong")).toEqual({ width: 70, height: 96 });
});
