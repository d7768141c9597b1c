import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { changeWords } from "../../core/results/trust-words.js";
import { fitTrust, measureTrust } from "./trust.js";
import { changeZh } from "./trust-sheet.js";

/** Returns logits of two classes that are `factor` times too large: the label is 1 with probability σ(z). */
function answers(n: number, factor: number, seed: number) {
  const d = draws(seed, "change");
  const logits = new Float32Array(2 * n);
  const labels = Int32Array.from({ length: n }, (_, i) => {
    const z = 2 * d.normal();
    logits[2 * i + 1] = factor * z;
    return d.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : 0;
  });
  return { logits, labels, items: Array.from(labels, (_, i) => `${i}`) };
}
const changeOf = (n: number, factor: number, groups?: (i: number) => string) => {
  const facts = fitTrust(2, answers(500, factor, 1), {})!;
  const test = answers(n, factor, 2);
  const of = groups && { groups: test.items.map((_, i) => groups(i)) };
  return measureTrust(2, facts, { ...test, ...of }).calibration;
};

test("the temperature of an overconfident model lowers the log loss by more than chance", () => {
  const { before, after, change } = changeOf(500, 4);
  expect(change).toMatchObject({ finding: "falls" });
  expect(change!.loss).toBeCloseTo(before.loss - after.loss, 9);
  expect(changeWords(change!)).toMatch(
    /^the temperature lowers the log loss by \d\.\d{3} \(95 % interval \d\.\d{3} to \d\.\d{3}\): more than chance$/,
  );
  expect(changeZh(change!)).toContain("不只是偶然");
  expect(before.ece_interval).toMatchObject({ covers: 0.85 });
});

test("the temperature of a calibrated model changes the log loss only by chance", () => {
  const { change } = changeOf(60, 1);
  expect(change).toMatchObject({ finding: "chance" });
  expect(changeWords(change!)).toContain("which can be chance");
  expect(changeZh(change!)).toContain("可能出于偶然");
});

test("the end of an interval that rounds to zero has no minus", () => {
  const change = { loss: 0.0015, ci95: [-0.0001, 0.003], finding: "chance" } as const;
  expect(changeWords(change)).toContain("by 0.002 (95 % interval 0.000 to 0.003)");
  expect(changeZh(change)).toContain("（95 % 区间 0.000 至 0.003）");
  expect(changeWords({ ...change, loss: -0.0015, ci95: [-0.003, 0.0001] })).toContain(
    "by 0.002 (95 % interval 0.000 to 0.003)",
  );
});

test("with few groups there is no finding, and no interval of the calibration error", () => {
  const { change, before } = changeOf(300, 4, (i) => `person ${i % 5}`);
  expect(change).toMatchObject({ finding: "few groups", ci95: null });
  expect(changeWords(change!)).toContain("the groups are too few to tell whether that is chance");
  expect(changeZh(change!)).toContain("组太少");
  expect(before.ece_interval).toBeNull();
});
