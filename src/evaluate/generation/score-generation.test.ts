import { expect, test } from "vitest";
import { EngraftError } from "../../core/errors.js";
import { scoreGeneration, type TokenSums, tokenSums } from "./score-generation.js";

const textsOf = (n: number) => Array.from({ length: n }, (_, i) => ({ id: `t${i}`, text: `text ${i}` }));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Quantiles 0.975 of Student's t, from tables: by degrees of freedom. */
const t = { 9: 2.262157, 11: 2.200985 } as const;

/** The variance of Σa / Σb over texts: that of the residuals a − r b (Cochran, "Sampling Techniques", 1977, section 2.11). */
function ratio(a: readonly number[], b: readonly number[]) {
  const n = a.length;
  const value = sum(a) / sum(b);
  const residuals = a.map((x, i) => x - value * b[i]!);
  const variance = (n / (n - 1)) * (sum(residuals.map((e) => e * e)) / sum(b) ** 2);
  return { value, variance };
}
/** Interval of a measure above 0: symmetric on the scale of logarithms. */
function positive({ value, variance }: ReturnType<typeof ratio>, quantile: number): [number, number] {
  const half = (quantile * Math.sqrt(variance)) / value;
  return [value * Math.exp(-half), value * Math.exp(half)];
}
/** Wilson's interval with as many samples as have this variance, and t in place of z. */
function share({ value: p, variance }: ReturnType<typeof ratio>, quantile: number): [number, number] {
  const n = (p * (1 - p)) / variance;
  const [t2, middle] = [quantile ** 2, p + quantile ** 2 / (2 * n)];
  const half = quantile * Math.sqrt((p * (1 - p)) / n + t2 / (4 * n * n));
  return [(middle - half) / (1 + t2 / n), (middle + half) / (1 + t2 / n)];
}
const close = (found: readonly number[] | null, expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found![i]).toBeCloseTo(value, 5);
};

test("accuracy, perplexity and bits per byte are ratios of sums, as computed by hand", () => {
  // 4 of 8 tokens right, 6 ln 2 nats: 2^(6/8). 6 bits in 12 bytes.
  const scores = scoreGeneration(
    { loss: [2 * Math.LN2, 4 * Math.LN2], right: [1, 3], places: [2, 6], bytes: [4, 8] },
    textsOf(2),
  );
  expect(scores).toMatchObject({ n: 2, tokens: 8, metric: { name: "token_accuracy", value: 0.5 } });
  expect(scores.loss).toBeCloseTo(0.75 * Math.LN2, 12);
  expect(scores.perplexity).toBeCloseTo(2 ** 0.75, 12);
  expect(scores.bits_per_byte).toBeCloseTo(0.5, 12);
  expect(scores.scores).toEqual({ metric: "token_accuracy", k: 2, values: [1, 2, 3, 6] });
  expect(tokenSums({ right: [1], places: [4] }).values).toEqual([1, 4]);
});

const places = [3, 5, 8, 4, 6, 9, 7, 5, 4, 8, 6, 10];
const sums: TokenSums & Readonly<Record<"loss" | "right" | "places" | "bytes", readonly number[]>> = {
  places,
  right: [1, 2, 6, 1, 4, 5, 3, 4, 2, 3, 5, 6],
  loss: [4.1, 6.2, 5.3, 5.9, 7.1, 8.8, 8.2, 3.9, 4.4, 10.3, 4.8, 9.7],
  bytes: [12, 18, 33, 15, 27, 35, 30, 19, 17, 36, 22, 44],
};

test("intervals are those of ratios over the texts", () => {
  const scores = scoreGeneration(sums, textsOf(12));
  const { loss, right, bytes } = sums;
  close(scores.metric.ci95, share(ratio(right, places), t[11]));
  close(scores.perplexity_ci95, positive(ratio(loss, places), t[11]).map(Math.exp));
  close(
    scores.bits_per_byte_ci95,
    positive(ratio(loss, bytes), t[11]).map((x) => x / Math.log(2)),
  );
  expect(scores.group_of).toBeUndefined();
});

test("intervals of groups are over their sums", () => {
  const twice = <T>(values: readonly T[]): T[] => values.slice(0, 10).flatMap((value) => [value, value]);
  const groups = Array.from({ length: 20 }, (_, i) => `g${Math.floor(i / 2)}`);
  const doubled = {
    ...{ loss: twice(sums.loss), right: twice(sums.right) },
    ...{ places: twice(places), bytes: twice(sums.bytes) },
  };
  const grouped = scoreGeneration(doubled, textsOf(20), groups);
  const ten = <T>(values: readonly T[]): readonly T[] => values.slice(0, 10);
  // A text twice in its group says as much as once.
  close(grouped.perplexity_ci95, positive(ratio(ten(sums.loss), ten(places)), t[9]).map(Math.exp));
  close(grouped.metric.ci95, share(ratio(ten(sums.right), ten(places)), t[9]));
  expect(grouped).toMatchObject({ groups: 10, group_of: groups.map((group) => Number(group.slice(1))) });
  const few = scoreGeneration(
    doubled,
    textsOf(20),
    groups.map((group) => (group === "g9" ? "g8" : group)),
  );
  expect(few).toMatchObject({ groups: 9, few_groups: true, perplexity_ci95: null, bits_per_byte_ci95: null });
  expect(few.metric.ci95).toBeNull();
  // Each text in its own group is no group.
  const own = scoreGeneration(
    sums,
    textsOf(12),
    places.map((_, i) => `g${i}`),
  );
  expect(own).toEqual(scoreGeneration(sums, textsOf(12)));
});

test("fewer than 10 texts have no interval", () => {
  const first = (n: number) => ({
    ...{ loss: sums.loss.slice(0, n), right: sums.right.slice(0, n) },
    ...{ places: places.slice(0, n), bytes: sums.bytes.slice(0, n) },
  });
  const nine = scoreGeneration(first(9), textsOf(9));
  expect([nine.metric.ci95, nine.perplexity_ci95, nine.bits_per_byte_ci95]).toEqual([null, null, null]);
  const ten = scoreGeneration(first(10), textsOf(10));
  expect([ten.metric.ci95, ten.perplexity_ci95, ten.bits_per_byte_ci95]).not.toContain(null);
});

test("the texts with the highest perplexity come first, without those that have no tokens", () => {
  const n = 14;
  const order = Array.from({ length: n }, (_, i) => (i * 5) % n);
  const scores = scoreGeneration(
    {
      loss: order.map((k) => (k === 0 ? 0 : 2 * Math.log(1 + k))),
      right: order.map(() => 0),
      places: order.map((k) => (k === 0 ? 0 : 2)),
      bytes: order.map((k) => 2 * k),
    },
    order.map((k) => ({ id: `t${k}`, text: "x".repeat(k === 13 ? 301 : 300) })),
  );
  expect(scores.worst.map(({ item }) => item)).toEqual(Array.from({ length: 10 }, (_, i) => `t${13 - i}`));
  expect(scores.worst[0]!.perplexity).toBeCloseTo(14, 10);
  expect(scores.worst[0]!.text).toBe(`${"x".repeat(300)}…`);
  expect(scores.worst[1]!.text).toBe("x".repeat(300));
  expect(scores.n).toBe(n);
  expect(scores.tokens).toBe(26);
});

test("a text without tokens changes no score, and texts without any are refused", () => {
  const empty = { loss: [2, 0, 1], right: [1, 0, 0], places: [4, 0, 2], bytes: [8, 0, 4] };
  const without = { loss: [2, 1], right: [1, 0], places: [4, 2], bytes: [8, 4] };
  const [with3, with2] = [scoreGeneration(empty, textsOf(3)), scoreGeneration(without, textsOf(2))];
  for (const key of ["tokens", "loss", "perplexity", "bits_per_byte"] as const)
    expect(with3[key]).toBe(with2[key]);
  expect(with3.scores!.values).toEqual([1, 4, 0, 0, 0, 2]);
  const none = { loss: [0], right: [0], places: [0], bytes: [0] };
  expect(() => scoreGeneration(none, textsOf(1))).toThrow(EngraftError);
});
