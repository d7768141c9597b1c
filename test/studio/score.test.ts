import { expect, test } from "vitest";
import { wilsonInterval } from "../../src/statistics/wilson.js";
import { writtenInterval, writtenValue } from "../../studio/pages/written-value.js";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

test("no interval of different ends is written as one value, and only a perfect score is 100 %", () => {
  expect(writtenInterval("accuracy", wilsonInterval(2000, 2000)).map(plain)).toEqual(["99.8", "100.0 %"]);
  expect(writtenInterval("accuracy", wilsonInterval(10, 12)).map(plain)).toEqual(["55", "95 %"]);
  expect(writtenInterval("r2", [0.9991, 0.9994])).toEqual(["0.9991", "0.9994"]);
  expect([1, 0.997, 0.81].map((value) => plain(writtenValue("accuracy", value)))).toEqual([
    "100 %",
    "99.7 %",
    "81 %",
  ]);
});
