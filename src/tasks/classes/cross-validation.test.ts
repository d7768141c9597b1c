// What a small test split says of a recipe, and what folds say: on made features, without a network.
import { expect, test } from "vitest";
import { type Message, message } from "../../core/messages/message.js";
import { draws } from "../../core/random.js";
import { rowsOf } from "../../core/results/rows.js";
import type { ClassSample } from "../../data/index.js";
import type { Predictions } from "../../evaluate/class-predictions.js";
import { wilsonScore } from "../../statistics/wilson.js";
import { crossValidateRun, warnIfTestDiffers } from "./cross-validation.js";

const dims = 8;
const divided = message("split-shares", { shares: "70 / 15 / 15", stratified: "class", seed: 0 });

/** Samples of two classes that the first feature tells apart, 70 % of the time if `noise` is 1. */
function samples(count: number, noise: number, more: (i: number) => Partial<ClassSample> = () => ({})) {
  const draw = draws(2, "cross-validation");
  const ordered = Array.from({ length: count }, (_, i): ClassSample => {
    const part = i < 0.7 * count ? "train" : i < 0.85 * count ? "validation" : "test";
    return { id: `${i}`, path: `${i}`, sha256: `${i}`, label: i % 2, part, ...more(i) };
  });
  const values = new Float32Array(count * dims);
  for (const [i, { label }] of ordered.entries())
    for (let t = 0; t < dims; t++) values[i * dims + t] = noise * draw.normal() + (t === 0 ? label - 0.5 : 0);
  return { ordered, rows: rowsOf(values, dims) };
}

async function run(
  { ordered, rows }: ReturnType<typeof samples>,
  splitMessages: readonly Message[] = [divided],
) {
  const context = { dataset: { classes: ["a", "b"], splitMessages }, options: {} };
  return (await crossValidateRun(context as never, { ordered, rows }))?.result;
}

test("a probe with a small test split is cross-validated over all samples, with an interval for shared training samples", async () => {
  const folds = await run(samples(200, 0.3));
  expect(folds).toMatchObject({ folds: 5, n: 200 });
  expect(folds!.accuracy).toBeGreaterThan(0.9);
  // 1/5 + 1/4 in place of 1/5: 2.25 times the variance.
  expect(folds!.accuracy_ci95).toEqual(wilsonScore(folds!.accuracy, 200 / 2.25));
});

test("near copies and groups stay in one fold, so that labels at random score like guessing", async () => {
  const draw = draws(5, "labels");
  const labels = Array.from({ length: 100 }, () => draw.integer(2));
  // Each thing has two samples with the same features and the same label.
  const twin = (key: "group" | "copyOf") =>
    samples(200, 1, (i) => ({ label: labels[i >> 1]!, [key]: `${i >> 1}` }));
  for (const key of ["group", "copyOf"] as const) {
    const { ordered, rows } = twin(key);
    const values = rows.whole!.slice();
    for (let i = 0; i < 200; i += 2) {
      for (let t = 0; t < dims; t++) values[i * dims + t] = draw.normal();
      values.copyWithin((i + 1) * dims, i * dims, (i + 1) * dims);
    }
    const folds = await run({ ordered, rows: rowsOf(values, dims) });
    expect(folds!.groups).toBe(100);
    expect(folds!.accuracy_ci95![0]).toBeLessThan(0.5);
  }
});

/** Predictions of which a share is right. */
function predictions(n: number, right: number): Predictions {
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const logits = new Float32Array(2 * n);
  for (const [i, label] of labels.entries())
    logits[2 * i + (i < Math.round(right * n) ? label : 1 - label)] = 1;
  return { logits, labels, items: [] };
}

test("a test split unlike the validation split or the other samples is named", () => {
  const warned = (test: number, held: number, others?: number, splitMessages = [divided]) => {
    const events: object[] = [];
    const context = {
      dataset: { classes: ["a", "b"], splitMessages },
      onEvent: (e: object) => events.push(e),
    };
    const answers = { test: predictions(46, test), held: predictions(46, held) };
    warnIfTestDiffers(
      context as never,
      answers,
      others === undefined ? undefined : { accuracy: others, n: 254 },
    );
    return events;
  };
  // 33 and 43 of 46: z = 2.76.
  expect(warned(0.717, 0.935)).toMatchObject([
    {
      event: "warning",
      code: "test_differs",
      sentence: { values: { other: { by: "validation", n: 46 }, p: expect.closeTo(0.0058, 3) } },
    },
  ]);
  expect(warned(0.63, 0.7, 0.841)).toMatchObject([
    { sentence: { values: { other: { by: "cross-validation", n: 254 } } } },
  ]);
  expect(warned(0.76, 0.9, 0.83)).toEqual([]);
  expect(warned(0.63, 0.96, 0.9, [message("splits-given")])).toEqual([]);
});

test("a given split, a subset and a large test split are not cross-validated", async () => {
  const small = samples(100, 0.3);
  const subset = message("training-subset", { some: 40, all: 70 });
  expect(await run(small, [message("splits-given")])).toBeUndefined();
  expect(await run(small, [divided, subset])).toBeUndefined();
  expect(await run(samples(1400, 0.3))).toBeUndefined();
});
