import { expect, test } from "vitest";
import { fixed, fixedRange } from "./fixed.js";

test("a number that rounds to zero has no sign", () => {
  expect([-0.0004, -0, 0.0004].map((value) => fixed(value, 3))).toEqual(["0.000", "0.000", "0.000"]);
  expect(fixed(-0.4, 0)).toBe("0");
  expect([fixed(-0.0006, 3), fixed(-10, 0), fixed(-0.5, 1)]).toEqual(["-0.001", "-10", "-0.5"]);
});

test("different ends of a range never look the same", () => {
  // Wilson's interval of 8,000 right of 8,000 begins at 1 / (1 + 1.96² / 8,000).
  const low = 100 / (1 + 1.959963984540054 ** 2 / 8000);
  expect(fixedRange(low, 100, 1)).toEqual(["99.95", "100.00"]);
  expect(fixedRange(low, 100, 0)).toEqual(["99.95", "100.00"]);
  expect(fixedRange(81.25, 90, 1)).toEqual(["81.3", "90.0"]);
  expect(fixedRange(5, 5, 1)).toEqual(["5.0", "5.0"]);
});
