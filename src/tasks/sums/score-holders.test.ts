// Holders of classes and of numbers are scored alike, by the samples of the receiver.
import { expect, test } from "vitest";
import { makeSamples } from "../../../test/support/made-sums.js";
import type { EngraftEvent } from "../../core/events/events.js";
import { rowsOf } from "../../core/results/rows.js";
import type { Sample } from "../../data/index.js";
import { addSums } from "../../methods/sums/feature-sums.js";
import type { Context } from "../../run/context.js";
import { decideHolders, holderFields, requireLikeLengths } from "./score-holders.js";
import { sumsOfRows } from "./sums-of-rows.js";

const { dims, features, labels, classes } = makeSamples({ samples: 400, classes: 2 });
/** Two classes, or 5 for the first and 7 for the second. */
const kinds = {
  classes: { names: classes, areNumbers: false },
  numbers: { names: ["y"], areNumbers: true },
};
type Kind = keyof typeof kinds;

/** Samples from a place on. @param wrong with the other class or number */
const partFrom = (from: number, to: number, { wrong = false, times = 1 } = {}) => ({
  items: labels.slice(from, to).map((label) => {
    const own = wrong ? 1 - label : label;
    return { label: own, values: [5 + 2 * own] } as unknown as Sample;
  }),
  features: rowsOf(
    features.slice(from * dims, to * dims).map((value) => times * value),
    dims,
  ),
});

const sumsFrom = (kind: Kind, ...samples: Parameters<typeof partFrom>) =>
  sumsOfRows(partFrom(...samples), kinds[kind], undefined);

async function received(kind: Kind) {
  const sent = [
    { name: "good.sums", sums: await sumsFrom(kind, 0, 80) },
    { name: "wrong.sums", sums: await sumsFrom(kind, 80, 180, { wrong: true }) },
  ];
  const holders = sent.map((one) => ({ ...one, parts: [] }));
  const events: EngraftEvent[] = [];
  const context = {
    besides: { sums: { holders } },
    options: {},
    onEvent: (event: EngraftEvent) => events.push(event),
  } as unknown as Context;
  return { context, events, rest: await sumsFrom(kind, 180, 240) };
}

test.each<[Kind, string]>([
  ["classes", "accuracy"],
  ["numbers", "r2"],
])("a holder with wrong %s is left out and named, and no other", async (kind, metric) => {
  const { context, events, rest } = await received(kind);
  const targets = kinds[kind];
  const decided = await decideHolders(context, partFrom(240, 320), targets, rest);
  expect(decided.map(({ left_out }) => left_out)).toEqual([false, true]);
  expect(events.flatMap((event) => (event.event === "warning" ? [event.code] : []))).toEqual([
    "holder_left_out",
  ]);
  const sums = addSums(rest, decided[0]!.sums);
  const fields = await holderFields(context, { sums, holders: decided }, partFrom(320, 400), targets);
  expect(fields).toMatchObject({
    samples: 140,
    holders: [
      { name: "good.sums", samples: 80, metric, left_out: false, test: { n: 80 } },
      { name: "wrong.sums", samples: 100, metric, left_out: true, test: { n: 80 }, validation: { n: 80 } },
    ],
  });
  const [good, wrong] = fields.holders!;
  // The model is without the second.
  expect(good!.test.with).toBe(wrong!.test.without);
  expect(wrong!.test.with).toBeLessThan(wrong!.test.without);
});

test("without validation samples nobody is left out", async () => {
  const { context, events, rest } = await received("numbers");
  const decided = await decideHolders(context, partFrom(240, 240), kinds.numbers, rest);
  expect(decided.map(({ left_out }) => left_out)).toEqual([false, false]);
  expect(events).toEqual([]);
});

test("features of numbers that are five times as long are refused", async () => {
  const holders = [{ name: "long.sums", sums: await sumsFrom("numbers", 0, 80, { times: 5 }), parts: [] }];
  const context = { besides: { sums: { holders } }, options: {} } as unknown as Context;
  await expect(requireLikeLengths(context, partFrom(240, 320), kinds.numbers)).rejects.toMatchObject({
    kind: "DataError",
    details: { holder: "long.sums" },
  });
});
