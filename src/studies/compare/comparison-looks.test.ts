import { expect, test } from "vitest";
import { exampleComparison } from "../../../test/support/comparison-data.js";
import { earlierLooks } from "./comparison-looks.js";

const labels = ["probe", "lora"];
const decided = exampleComparison(labels, [0, 1, 2]);

test("a table of 3 seeds counts as a look, one of fewer or none does not", () => {
  expect(earlierLooks({})).toBe(0);
  expect(earlierLooks({ result: exampleComparison(labels, [0]) })).toBe(0);
  expect(earlierLooks({ result: exampleComparison(labels, [0, 1]) })).toBe(0);
  expect(earlierLooks({ result: decided })).toBe(1);
});

test("a table counts once, however often the comparison is enlarged before the next one is there", () => {
  expect(earlierLooks({ earlier_looks: 1, result: decided })).toBe(1);
  expect(earlierLooks({ earlier_looks: 1, result: { ...decided, look: 2 } })).toBe(2);
});
