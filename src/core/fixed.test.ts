import { expect, test } from "vitest";
import { fixed } from "./fixed.js";

test("a number that rounds to zero has no sign", () => {
  expect([-0.0004, -0, 0.0004].map((value) => fixed(value, 3))).toEqual(["0.000", "0.000", "0.000"]);
  expect(fixed(-0.4, 0)).toBe("0");
  expect([fixed(-0.0006, 3), fixed(-10, 0), fixed(-0.5, 1)]).toEqual(["-0.001", "-10", "-0.5"]);
});
