import { expect, test } from "vitest";
import { diagnoseClasses, withSentences } from "./diagnose-source.js";

const rows = (n: number, value: number) =>
  Array.from({ length: n }, (_, i) => value + (i % 2 ? 0.05 : -0.05) * value);
const weighted = {
  classes: ["ant", "bee", "car", "none"],
  labels: Int32Array.from([...rows(20, 0), ...rows(20, 1).map(() => 1), ...rows(20, 2).map(() => 2)]),
  weights: Float64Array.from([...rows(20, 0.9), ...rows(20, 0.1), ...rows(20, 2.9)]),
  worth: new Map([
    [
      "bee",
      { gain: -0.1, ci95: [-0.15, -0.05] as const, p: 0.001, p_adjusted: 0.002, finding: "hurts" as const },
    ],
  ]),
};

test("classes are compared by the weights of their samples, nearest first; one without samples is left out", () => {
  const told = diagnoseClasses(weighted);
  expect(told.map(({ label }) => label)).toEqual(["car", "ant", "bee"]);
  expect(told[0]!.words).toMatch(/^car: weight 2\.90 \(2\.83 to 2\.97\), near the data\.$/);
  expect(told[1]!.words).toContain("as the source on average");
  expect(told[2]!.words).toContain("far from the data; its examples hurt a probe on yours: −10.0 points");
  expect(withSentences({ data: "/data", n: 60, effective: 31.4, classes: told }).words).toBe(
    "Weighted by how near they are to your data, the source's 60 examples are worth 31. The examples of bee hurt: leave them out. Far from your data: bee.",
  );
});

test("without a common class, the sentence says that nothing could be tried", () => {
  const told = diagnoseClasses({ ...weighted, worth: new Map() });
  expect(withSentences({ data: "/data", n: 60, effective: 60, classes: told }).words).toContain(
    "The source has none of your classes",
  );
});
