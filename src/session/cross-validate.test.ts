// The probe of a live session: what predicts a sample has not seen it.
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { rowsOf } from "../core/results/rows.js";
import { applyHead } from "../evaluate/class-predictions.js";
import { crossValidate, fitProbe, type ProbeSamples, stratifiedFolds } from "../methods/probe/index.js";
import { groupsOfClasses, nameNearCopies } from "./cross-validate.js";

/** Samples of two classes around two centres. @param dims D */
function samplesOf(count: number, dims: number, groups?: readonly string[]): ProbeSamples {
  const draw = draws(3, "session samples");
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const values = new Float32Array(count * dims);
  for (let i = 0; i < count; i++)
    for (let t = 0; t < dims; t++)
      values[i * dims + t] = draw.uniform() - 0.5 + (t === 0 ? labels[i]! * 0.6 : 0);
  return { rows: rowsOf(values, dims), labels, groups, classes: 2 };
}

/** Logits of a sample by a probe that is fitted, with the choice of its strength, on the other folds only. */
function byHand({ rows, labels, groups, classes }: ProbeSamples, folds: number, sample: number): number[] {
  const { train } = stratifiedFolds(labels, groups, folds).find(({ held }) => held.includes(sample))!;
  const { width } = rows;
  const pick = (places: readonly number[]) =>
    Float32Array.from(places.flatMap((i) => [...rows.whole!.subarray(i * width, (i + 1) * width)]));
  const part = {
    features: pick(train),
    labels: Int32Array.from(train, (i) => labels[i]!),
    ...(groups && { groups: train.map((i) => groups[i]!) }),
  };
  const none = { features: new Float32Array(0), labels: new Int32Array(0) };
  const head = fitProbe({ train: part, validation: none, dims: width, classes }, { refit: true });
  return [...applyHead(head, rowsOf(pick([sample]), width))];
}

test.each([undefined, Array.from({ length: 24 }, (_, i) => `recording ${Math.floor(i / 3)}`)])(
  "each prediction is that of a probe fitted on the other folds",
  async (groups) => {
    const samples = samplesOf(24, 4, groups);
    const folds = 5;
    const logits = await crossValidate(samples, stratifiedFolds(samples.labels, groups, folds));
    for (const i of [0, 7, 23])
      expect([...logits.subarray(2 * i, 2 * i + 2)]).toEqual(byHand(samples, folds, i));
  },
);

test("a sample's own label does not enter its prediction", async () => {
  // Recordings with one sample of each class: with the labels of one swapped, the folds stay as they are.
  const samples = samplesOf(
    24,
    4,
    Array.from({ length: 24 }, (_, i) => `recording ${i >> 1}`),
  );
  const labels = samples.labels.slice();
  [labels[6], labels[7]] = [labels[7]!, labels[6]!];
  const right = await crossValidate(samples, stratifiedFolds(samples.labels, samples.groups));
  const swapped = await crossValidate(
    { ...samples, labels },
    stratifiedFolds(samples.labels, samples.groups),
  );
  expect([...swapped.subarray(12, 16)]).toEqual([...right.subarray(12, 16)]);
  // The other folds learn from them.
  expect([...swapped.subarray(16)]).not.toEqual([...right.subarray(16)]);
});

test("fewer samples than features: the predictions are those of the features", async () => {
  const samples = samplesOf(20, 64);
  const logits = await crossValidate(samples, stratifiedFolds(samples.labels, samples.groups));
  // The solver stops at a tolerance, so its logits differ in the third decimal.
  for (const i of [0, 5, 19])
    for (const [k, value] of byHand(samples, 5, i).entries()) expect(logits[2 * i + k]).toBeCloseTo(value, 2);
});

test("groups are counted in each class, and a sample without a group is one by itself", () => {
  const samples = { ...samplesOf(6, 1), labels: Int32Array.of(0, 0, 0, 1, 1, 1) };
  const groupsOf = (groups?: string[]) => groupsOfClasses({ ...samples, groups });
  expect(groupsOf()).toEqual([3, 3]);
  expect(groupsOf(["a", "a", "b", "b", "b", "b"])).toEqual([2, 1]);
});

/** Names groups. @param near the lowest position of each sample's near copies and group */
const named = (near: readonly number[], groups: readonly (string | undefined)[] = []) =>
  nameNearCopies(
    near.map((_, i) => ({ id: `${i}`, group: groups[i] })),
    Int32Array.from(near),
  );

test("near copies get one group; other samples keep theirs", () => {
  const { groups, notes } = named([0, 1, 0, 3, 4, 1], [undefined, undefined, undefined, "own"]);
  expect(groups).toEqual([
    "near copies of 0",
    "near copies of 1",
    "near copies of 0",
    "own",
    undefined,
    "near copies of 1",
  ]);
  expect(notes).toEqual([{ code: "score-near-copies", values: { copies: 4 } }]);
});

test("a near copy joins the groups of both samples", () => {
  const { groups, notes } = named([0, 0, 0, 0, 4], ["one", "one", "two", "two"]);
  expect(groups).toEqual([...Array(4).fill("near copies of 0"), undefined]);
  expect(notes).toEqual([{ code: "score-near-copies", values: { copies: 4 } }]);
});

test("samples of one group are no news, however near they are", () => {
  const groups = ["one", "one", undefined, undefined, undefined];
  expect(named([0, 0, 2, 3, 4], groups)).toEqual({ groups, notes: [] });
});
