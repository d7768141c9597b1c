// Holders whose sums make the joint head worse are left out, and only those.
import { describe, expect, test } from "vitest";
import { classNames, makeSamples } from "../../../test/support/made-sums.js";
import { rowsOf } from "../../core/results/rows.js";
import { collectClassSums, collectNumberSums, type FeatureSums } from "../sums/feature-sums.js";
import { leaveOutHolders, scoreHolders } from "./leave-out-holders.js";
import { scoringOfClasses, scoringOfNumbers } from "./scoring.js";

const data = makeSamples({ samples: 600, classes: 5 });
const { dims, features, labels, classes } = data;
const rowsFrom = (from: number, to: number) => rowsOf(features.slice(from * dims, to * dims), dims);

/** Sums of some samples, with the class that a holder gives them. */
const sumsOf = (from: number, to: number, given = (label: number) => label, names = classes) =>
  collectClassSums(
    rowsFrom(from, to),
    labels.slice(from, to).map((label) => given(label)),
    names,
  );

const honest = async () =>
  Promise.all(
    Array.from({ length: 4 }, async (_, k) => ({
      name: `${k}.sums`,
      sums: await sumsOf(60 * k, 60 * (k + 1)),
    })),
  );
/** 300 samples that no holder has. */
const held = { rows: rowsFrom(300, 600), labels: labels.slice(300) };
const validation = scoringOfClasses({ ...held, names: [...classes, ...classNames(10)] });

const leftOut = async (sums: FeatureSums, rest?: FeatureSums) => {
  const holders = [...(await honest()), { name: "attack.sums", sums }];
  const found = await leaveOutHolders(holders, rest, validation);
  return holders.filter((_, i) => found[i]!.left_out).map(({ name }) => name);
};

describe("a holder is left out", () => {
  test("that gives each sample the label of the next class, with as many samples as all others", async () => {
    expect(await leftOut(await sumsOf(0, 240, (label) => (label + 1) % 5))).toEqual(["attack.sums"]);
  });

  test("that gives a tenth of the samples names of classes that nobody has", async () => {
    const names = classes.map((name) => `${name} `);
    const attack = await sumsOf(240, 267, (label) => label, names);
    const own = scoringOfClasses({ ...held, names: [...classes, ...names] });
    const holders = [...(await honest()), { name: "attack.sums", sums: attack }];
    const [, , , , last] = await leaveOutHolders(holders, undefined, own);
    expect(last).toMatchObject({ left_out: true, validation: { n: 300 } });
    expect(last!.validation!.p).toBeLessThan(0.05);
    expect(last!.validation!.without).toBeGreaterThan(last!.validation!.with);
  });

  test("also if two of them attack", async () => {
    const attack = () => sumsOf(0, 120, (label) => (label + 1) % 5);
    const holders = [
      { name: "one", sums: await attack() },
      ...(await honest()),
      { name: "two", sums: await attack() },
    ];
    const found = await leaveOutHolders(holders, undefined, validation);
    expect(found.map(({ left_out }) => left_out)).toEqual([true, false, false, false, false, true]);
  });
});

test("honest holders stay, and each has its scores with and without it", async () => {
  const holders = await honest();
  const found = await leaveOutHolders(holders, undefined, validation);
  expect(found.map(({ left_out }) => left_out)).toEqual([false, false, false, false]);
  // The same head is "with" for each of them.
  expect(new Set(found.map((one) => one.validation!.with)).size).toBe(1);
  expect(await scoreHolders(holders, undefined, validation)).toEqual(found.map((one) => one.validation));
});

test("the receiver's own samples are never left out, and a single source has no scores", async () => {
  const wrong = await sumsOf(0, 240, (label) => (label + 1) % 5);
  const [own] = await honest();
  const [only] = await leaveOutHolders([own!], wrong, validation);
  expect(only!.left_out).toBe(false);
  expect(await leaveOutHolders([own!], undefined, validation)).toEqual([{ left_out: false }]);
});

test("a holder without whom all samples are alike is scored against a model that knows nothing", async () => {
  const alike = await collectClassSums(
    rowsOf(new Float32Array(10 * dims).fill(1), dims),
    Array(10).fill(0),
    classes,
  );
  const [own] = await honest();
  const found = await scoreHolders([own!], alike, validation);
  expect(found[0]!.without).toBe(0);
});

describe("holders of numbers", () => {
  // y = 10 + Σ k x_k over the first five features, x_k from −0.5 to 1.5.
  const numberOf = (i: number): number =>
    10 + [1, 2, 3, 4, 5].reduce((sum, k) => sum + k * features[i * dims + k - 1]!, 0);
  const values = (from: number, to: number, change = (y: number) => y) =>
    Array.from({ length: to - from }, (_, i) => change(numberOf(from + i)));
  const numbersOf = async (from: number, to: number, change?: (y: number) => number) => ({
    sums: await collectNumberSums(rowsFrom(from, to), values(from, to, change), ["y"]),
  });
  const scoring = scoringOfNumbers({ rows: rowsFrom(300, 600), values: values(300, 600), names: ["y"] });
  const others = () => Promise.all([0, 60, 120, 180].map((from) => numbersOf(from, from + 60)));
  const decided = async (...more: Awaited<ReturnType<typeof numbersOf>>[]) =>
    leaveOutHolders([...(await others()), ...more], undefined, scoring);

  test("stay if their numbers are right", async () => {
    const found = await decided(await numbersOf(240, 267));
    expect(found.map(({ left_out }) => left_out)).toEqual([false, false, false, false, false]);
    expect(found[0]!.validation).toMatchObject({ n: 300 });
    expect(found[0]!.validation!.with).toBeGreaterThan(0.5);
  });

  test.each<[string, (y: number) => number]>([
    ["of another unit", (y) => 100 * y],
    ["with the opposite sign", (y) => -y],
  ])("%s are left out, with a tenth of the samples", async (_, change) => {
    const found = await decided(await numbersOf(240, 267, change));
    expect(found.map(({ left_out }) => left_out)).toEqual([false, false, false, false, true]);
    const { with: its, without } = found[4]!.validation!;
    expect(without).toBeGreaterThan(its);
    // Without it, the model learns from the four others alone.
    const [alone] = await scoreHolders([(await others())[0]!], (await numbersOf(60, 240)).sums, scoring);
    expect(without).toBeCloseTo(alone!.with, 9);
  });
});
