import { expect, test } from "vitest";
import type { TrustResult } from "../../core/events/events.js";
import { plainText } from "../../report/sheet/sheet.js";
import { fitTrust, measureTrust } from "./trust.js";
import { trustFacts } from "./trust-sheet.js";

const factsIn = (trust: TrustResult, lang: "en" | "zh" = "en"): string =>
  trustFacts(trust, "picture")
    .map(({ value }) => plainText(value, lang).replaceAll("\u00a0", " "))
    .join("\n");

test("a correct and confident model has sets of one class, never empty ones", () => {
  // Nine of ten items are certain, so the threshold for 80 % is 0. Only the tenth item would have an empty set.
  const logits = Float32Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? (i === 18 ? 1 : 60) : 0));
  const answers = { logits, labels: new Int32Array(10), items: [] };
  const facts = fitTrust(2, answers, { coverage: 0.8 })!;
  const { mean_size, test_coverage, single } = measureTrust(2, facts, answers).prediction_sets.lac;
  expect([mean_size, test_coverage, single]).toEqual([1, 1, 1]);
});

/** 200 items of two classes: the surest nine of ten are right, those of whole groups together if `whole`. */
function answers(count: number | undefined, whole = false) {
  const wrong = (i: number) => (whole ? i % (count ?? 200) : Math.floor(i / (count ?? 1))) % 10 === 0;
  const logits = Float32Array.from({ length: 400 }, (_, at) => {
    const i = at >> 1;
    const size = wrong(i) ? 0.1 : 1 + i / 1000;
    return (at % 2 === 0) === wrong(i) ? -size : size;
  });
  const labels = new Int32Array(200);
  const groups = Array.from({ length: 200 }, (_, i) => `group ${i % (count ?? 200)}`);
  return { logits, labels, items: [], ...(count !== undefined && { groups }) };
}
const width = ([low, high]: readonly [number, number]): number => high - low;

test("groups widen the range of the true coverage, and few of them leave none, nor a threshold", () => {
  const options = { coverage: 0.9, abstain: 0.8 };
  const [alone, grouped] = [
    fitTrust(2, answers(undefined), options)!,
    fitTrust(2, answers(40, true), options)!,
  ];
  expect(alone.abstain.threshold).not.toBeNull();
  expect(alone).not.toHaveProperty("groups");
  expect(grouped.groups).toBe(40);
  // 200 samples of 40 groups that are right or wrong as a whole count as 40 or fewer: √5 times as wide.
  expect(width(grouped.sets.coverage_range95!) / width(alone.sets.coverage_range95!)).toBeGreaterThan(2);
  const few = fitTrust(2, answers(9), options)!;
  expect(few.sets.coverage_range95).toBeNull();
  expect(few.abstain).toEqual({ accuracy: 0.8, threshold: null, few_groups: 9 });
  const measured = measureTrust(2, few, answers(9));
  expect(measured).toMatchObject({ groups: 9, prediction_sets: { coverage_range95: null } });
  expect(factsIn(measured)).toContain(
    "fitted on 200 validation pictures of 9 groups: too few groups to tell the true share",
  );
  expect(factsIn(measured)).toContain(
    "no confidence threshold can promise that 80 % of the predictions are right: the validation pictures are of 9 groups, too few to tell for other groups",
  );
  expect(factsIn(measured, "zh")).toContain("验证图片只来自 9 个组，说明不了其他组的情况");
});

test("the best of several epochs has a wider range and a higher threshold, and the words say of how many", () => {
  const options = { coverage: 0.9, abstain: 0.85 };
  const others = Array.from({ length: 11 }, () => 0.8);
  const [one, best] = [[], others].map(
    (of) => fitTrust(2, answers(undefined), options, { score: 0.85, others: of })!,
  );
  expect(one).not.toHaveProperty("chosen_of");
  expect(best!.chosen_of).toBe(12);
  expect(width(best!.sets.coverage_range95!)).toBeGreaterThan(width(one!.sets.coverage_range95!));
  expect(best!.abstain.threshold ?? 1).toBeGreaterThan(one!.abstain.threshold!);
  const words = factsIn(measureTrust(2, best!, answers(undefined)));
  expect(words).toContain(
    "with only 200 validation pictures, which also chose this model from 12, to fit them on, the true share can be anything from",
  );
});

test("sets of the best of several epochs are made for a higher coverage", () => {
  const choice = { score: 0.9, others: Array.from({ length: 11 }, () => 0.86) };
  const [one, best] = [undefined, choice].map(
    (how) => fitTrust(2, answers(undefined), { coverage: 0.85 }, how)!,
  );
  expect(best!.sets.lac).toBeGreaterThan(one!.sets.lac!);
  expect(best!.sets.aps).toBeGreaterThanOrEqual(one!.sets.aps!);
});
