import { expect, test } from "vitest";
import {
  count,
  decimal,
  duration,
  gain,
  integer,
  megabytes,
  percent,
  percentRange,
  rate,
} from "./numbers.js";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

test("shares are percent, differences are signed points", () => {
  expect(plain(percent(0.8734))).toBe("87.3 %");
  expect(plain(percentRange([0.8312, 0.91]))).toBe("83.1 to 91.0 %");
  expect(plain(percentRange([0.99952, 1]))).toBe("99.95 to 100.00 %");
  expect([gain(0.084), gain(-0.02), gain(0)]).toEqual(["+8.4", "\u22122.0", "+0.0"]);
  // What rounds to zero has no minus.
  expect([gain(-0.0004), decimal(-0.0004), plain(percentRange([-0.0001, 0.03]))]).toEqual([
    "+0.0",
    "0.000",
    "0.0 to 3.0 %",
  ]);
});

test("times carry over to minutes and hours", () => {
  expect([0.04, 4.21, 9.96, 59.4, 59.6, 75, 3725].map((s) => plain(duration(s)))).toEqual([
    "0.0 s",
    "4.2 s",
    "10 s",
    "59 s",
    "1 min 0 s",
    "1 min 15 s",
    "1 h 2 min",
  ]);
});

test("memory, counts and rates are short", () => {
  expect([megabytes(512), megabytes(2048)].map(plain)).toEqual(["512 MB", "2.0 GB"]);
  expect([count(1, "picture"), count(2000, "picture"), count(2, "class", "classes")].map(plain)).toEqual([
    "1 picture",
    "2,000 pictures",
    "2 classes",
  ]);
  expect([rate(0.00123456), rate(1e-7), integer(1234567), decimal(-0.5, 1)]).toEqual([
    "0.00123",
    "1e-7",
    "1,234,567",
    "\u22120.5",
  ]);
});

test("what is not a number is a dash", () => {
  for (const show of [percent, decimal, integer, duration, megabytes, gain, rate])
    expect(show(Number.NaN)).toBe("–");
  expect(percentRange([Number.NaN, 1])).toBe("–");
});
