import { expect, test } from "vitest";
import { exampleComparison } from "../../../test/support/comparison-data.js";
import { countInterimAnalyses } from "./compare.js";

const labels = ["probe", "lora"];
const decided = exampleComparison(labels, [0, 1, 2]);

test("a table of 3 seeds counts as an interim analysis, one of fewer seeds does not", () => {
  expect(countInterimAnalyses({})).toBe(0);
  expect(countInterimAnalyses({ result: exampleComparison(labels, [0]) })).toBe(0);
  expect(countInterimAnalyses({ result: exampleComparison(labels, [0, 1]) })).toBe(0);
  expect(countInterimAnalyses({ result: decided })).toBe(1);
});

test("a table counts once, however often the comparison is enlarged before the next table", () => {
  expect(countInterimAnalyses({ earlier_looks: 1, result: decided })).toBe(1);
  expect(countInterimAnalyses({ earlier_looks: 1, result: { ...decided, look: 2 } })).toBe(2);
});
