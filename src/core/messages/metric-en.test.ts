import { expect, test } from "vitest";
import { type MetricName, metricNames, metrics, scoreNameIn } from "../results/metric.js";
import { namedScoreText, targetText, wordsInComparison, wordsInRun } from "./metric-en.js";

test("a sentence about one run writes accuracy and F1 in percent, and all other metrics as numbers", () => {
  const texts = (metric: MetricName) => {
    const { name, score, named, amount, signed, unit } = wordsInRun(metric);
    return [name, score(0.4123), named(0.4123), amount(0.0312), signed(-0.0312), unit];
  };
  expect(texts("accuracy")).toEqual(["accuracy", "41.2 %", "41.2 %", "3.1 points", "−3.1", " points"]);
  expect(texts("f1")).toEqual(["F1", "41.2 %", "F1 41.2 %", "3.1 points of F1", "−3.1", " points of F1"]);
  for (const [metric, name] of [
    ["r2", "R²"],
    ["map", "mAP"],
    ["miou", "mIoU"],
  ] as const)
    expect(texts(metric)).toEqual([
      name,
      "0.412",
      `${name} 0.412`,
      `0.031 of ${name}`,
      "−0.031",
      ` of ${name}`,
    ]);
});

test("tables and sentences about several runs write every metric but the accuracy as a number", () => {
  for (const metric of ["f1", "r2", "map", "miou"] as const) {
    const { score, plural } = wordsInComparison(metric);
    expect([score(0.4123), plural]).toEqual(["0.412", metricNames[metric]]);
  }
  expect(wordsInComparison("accuracy")).toMatchObject({ name: "accuracy", plural: "accuracies" });
  expect(wordsInComparison("accuracy").score(0.4123)).toBe("41.2 %");
});

test("a difference of 0 has no sign, one point is one point, and a missing score is a dash", () => {
  const { signed, difference, amount } = wordsInRun("accuracy");
  expect([signed(0), signed(-0.0004), signed(0.0006), difference(-0.0004)]).toEqual([
    "0.0",
    "0.0",
    "+0.1",
    "0.0",
  ]);
  expect([amount(0.01), amount(0.11), amount(0)]).toEqual(["1.0 point", "11.0 points", "0.0 points"]);
  expect(wordsInRun("map").signed(-0.0004)).toBe("0.000");
  for (const metric of Object.keys(metrics) as MetricName[])
    expect([wordsInRun(metric).score(null), wordsInRun(metric).score(Number.NaN)]).toEqual(["–", "–"]);
});

test("a record names its metric by its field; an accuracy of NaN or null beside it does not count", () => {
  const score = { seed: 3, accuracy: Number.NaN, miou: 0.5, loss: 1 };
  expect(scoreNameIn(score)).toBe("miou");
  expect(scoreNameIn({ accuracy: null, r2: 0.2 })).toBe("r2");
  expect(scoreNameIn({ accuracy: 0.5 })).toBe("accuracy");
  expect(namedScoreText({ map: 0.4123 })).toBe("mAP 0.412");
  expect(namedScoreText({ accuracy: 0.842 })).toBe("accuracy 84.2 %");
});

test("the target of a learning curve has no zeros at its end", () => {
  const texts = [1, 0.9, 0.905, 0.1].map((target) => targetText({ metric: "accuracy", target }));
  expect(texts).toEqual(["100 %", "90 %", "90.5 %", "10 %"]);
  expect([1, 0.9, 0].map((target) => targetText({ metric: "map", target }))).toEqual([
    ...["mAP 1", "mAP 0.9", "mAP 0"],
  ]);
});
