// Holders whose sums make the joint head worse are left out, and only those.
import { describe, expect, test } from "vitest";
import { classNames, makeSamples } from "../../../test/support/made-sums.js";
import { rowsOf } from "../../core/results/rows.js";
import { collectClassSums, type FeatureSums } from "../sums/feature-sums.js";
import { leaveOutHolders, scoreHolders } from "./leave-out-holders.js";

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
const validation = {
  rows: rowsFrom(300, 600),
  labels: labels.slice(300),
  names: [...classes, ...classNames(10)],
};

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
    const own = { ...validation, names: [...classes, ...names] };
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
