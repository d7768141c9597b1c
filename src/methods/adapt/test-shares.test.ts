import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { softmaxRows } from "../../linalg/softmax.js";
import { testShares } from "./test-shares.js";

/** Calibrated probabilities of classes with logits z_c ~ N(s² [c = y], s²), whose log odds are right for equal shares. */
function predictions(shares: readonly number[], n: number, key: string, group = 1): Float64Array {
  const draw = draws(5, key);
  const classes = shares.length;
  const spread = 1.5;
  const logits: number[] = [];
  let shift: readonly number[] = [];
  for (let i = 0; i < n; i++) {
    if (i % group === 0) {
      const at = draw.uniform();
      const label = shares.findIndex((_, k) => at < shares.slice(0, k + 1).reduce((a, b) => a + b, 0));
      shift = shares.map((_, c) => spread * (draw.normal() + (c === label ? spread : 0)));
    }
    logits.push(...shift.map((z) => z + (group === 1 ? 0 : 0.1 * draw.normal())));
  }
  return softmaxRows(Float64Array.from(logits), classes);
}

const equal = (classes: number): readonly number[] => new Array<number>(classes).fill(1 / classes);
const rejected = (count: number, p: (draw: number) => number): number =>
  Array.from({ length: count }, (_, draw) => p(draw)).filter((one) => one <= 0.05).length;

test.each([2, 5])("equal shares of %i classes are told apart in 5 % of draws", (classes) => {
  const seen = rejected(100, (draw) =>
    testShares(
      predictions(equal(classes), 60, `s${draw}`),
      predictions(equal(classes), 60, `t${draw}`),
      classes,
    ),
  );
  // Binomial(100, 0.05): more than 11 has a probability of 0.4 %.
  expect(seen).toBeLessThanOrEqual(11);
});

test("80 : 20 is told from 50 : 50 with 100 samples of each", () => {
  const seen = rejected(20, (draw) =>
    testShares(predictions([0.5, 0.5], 100, `s${draw}`), predictions([0.8, 0.2], 100, `t${draw}`), 2),
  );
  expect(seen).toBeGreaterThanOrEqual(17);
});

test("groups are divided as wholes: 12 groups of 10 rows are not 120 samples", () => {
  const names = (n: number) => Array.from({ length: n }, (_, i) => String(Math.floor(i / 10)));
  const seen = (groups?: readonly [string[], string[]]) =>
    rejected(40, (draw) =>
      testShares(
        predictions(equal(2), 120, `s${draw}`, 10),
        predictions(equal(2), 120, `t${draw}`, 10),
        2,
        groups && { groups },
      ),
    );
  // Binomial(40, 0.05): more than 6 has a probability of 0.3 %.
  expect(seen([names(120), names(120)])).toBeLessThanOrEqual(6);
  expect(seen()).toBeGreaterThan(12);
});

test("equal predictions tell nothing", () => {
  const same = new Float64Array(40).fill(0.5);
  expect(testShares(same, same, 2)).toBe(1);
});
