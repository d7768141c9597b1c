import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../core/random.js";
import { linearCka } from "./cka.js";
import { frechetDistance } from "./frechet.js";
import { gbc } from "./gbc.js";
import { hScore, regularisedHScore } from "./h-score.js";
import { leep, nce } from "./leep.js";
import { logme } from "./logme.js";
import { nLeep } from "./n-leep.js";
import { nearestNeighbours } from "./nearest.js";
import { parc } from "./parc.js";
import { probeAccuracy } from "./probe-accuracy.js";
import type { LabelledSample } from "./sample.js";
import { meanRanks, scores } from "./scores.js";
import { sharing } from "./sharing.js";
import { transRate } from "./trans-rate.js";

interface Case extends Readonly<Record<string, number | readonly number[]>> {
  readonly n: number;
  readonly d: number;
  readonly c: number;
}

// From NumPy, SciPy and scikit-learn, scripts/golden/make-transferability.py.
const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/transferability.json", import.meta.url), "utf8"),
) as readonly Case[];

const listed = (known: Case, name: string): readonly number[] => known[name] as readonly number[];
const sampleOf = (known: Case): LabelledSample => ({
  features: Float32Array.from(listed(known, "features")),
  width: known.d,
  labels: Int32Array.from(listed(known, "labels")),
  classes: known.c,
});
const answersOf = (known: Case) => ({
  probabilities: Float64Array.from(listed(known, "probabilities")),
  sourceClasses: 5,
  labels: Int32Array.from(listed(known, "labels")),
  classes: known.c,
});

/** 8 digits: both are float64, and N < D divides by small eigenvalues. */
const near = (value: number, expected: number): void => {
  expect(Math.abs(value - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(1e-8);
};

test.each(golden)("$n rows of $d features and $c classes give NumPy's and scikit-learn's scores", (known) => {
  const sample = sampleOf(known);
  const is = (value: number, name: string): void => near(value, known[name] as number);
  is(logme(sample), "logme");
  is(logme(sample, { variant: "thuml-fixed-point" }), "thuml");
  is(leep(answersOf(known)), "leep");
  is(nce(answersOf(known)), "nce");
  is(hScore(sample), "h");
  is(regularisedHScore(sample), "h_reg");
  is(transRate(sample), "trans_rate");
  is(gbc(sample), "diagonal");
  is(gbc(sample, { variant: "spherical" }), "spherical");
  is(gbc(sample, { variant: "google-spherical" }), "google");
  is(parc(sample), "parc");
  is(nearestNeighbours(sample), "knn");
  is(linearCka(sample.features, known.d, Float32Array.from(listed(known, "other")), 4), "cka");
  is(frechetDistance(sample.features, Float32Array.from(listed(known, "shifted")), known.d), "frechet");
  // With shared results they are the same in any order.
  const shared = sharing(sample);
  for (const row of Object.values(scores).reverse())
    if (row.needs === "features") near(row.of(shared), row.of(sample));
});

/** Rows around a centre of their class, `apart` from the origin. */
function clusters(n: number, width: number, classes: number, apart: number, key = "c"): LabelledSample {
  const draw = draws(3, key);
  const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
  const features = Float32Array.from(
    { length: n * width },
    (_, at) => draw.normal() + (at % width === labels[Math.floor(at / width)] ? apart : 0),
  );
  return { features, width, labels, classes };
}

const ofFeatures = Object.entries(scores).flatMap(([name, row]) =>
  row.needs === "features" ? [{ name, of: row.of }] : [],
);

test.each(ofFeatures)("$name is higher for classes that lie apart than for ones that do not", ({ of }) => {
  expect(of(clusters(90, 8, 3, 6))).toBeGreaterThan(of(clusters(90, 8, 3, 0)));
});

test.each(ofFeatures)("$name is a number for constant features, N < D and an absent class", ({ of }) => {
  const constant = { ...clusters(20, 4, 2, 0), features: new Float32Array(80).fill(3) };
  for (const sample of [constant, clusters(12, 40, 3, 1), { ...clusters(30, 5, 3, 2), classes: 5 }])
    expect(of(sample)).toSatisfy(Number.isFinite);
});

test.each(ofFeatures)("$name says what is wrong with its input", ({ of }) => {
  const good = clusters(20, 4, 2, 1);
  const bad = Float32Array.from(good.features);
  bad[6] = Number.NaN;
  expect(() => of({ ...good, features: bad })).toThrow("feature 2 of example 1 is NaN");
  expect(() => of({ ...good, labels: new Int32Array(20) })).toThrow(
    "a transferability score needs examples of two classes, there are 20 of 1",
  );
  expect(() => of({ ...good, width: 5 })).toThrow("features must be float32[20, 5] (100 values), got 80");
  expect(() => of({ ...good, classes: 1 })).toThrow("label 1 of example 1 is not one of the 1 classes");
});

test("LogME of few examples does not rise with the number of features alone, the reference's default does", () => {
  const narrow = clusters(30, 30, 2, 0);
  const wide = clusters(30, 240, 2, 0);
  expect(logme(wide) - logme(narrow)).toBeLessThan(0.3);
  const reference = { variant: "thuml-fixed-point" } as const;
  expect(logme(wide, reference) - logme(narrow, reference)).toBeGreaterThan(3);
});

test("the plain H-score of fewer examples than features is C - 1 whatever the labels; the regularised one is not", () => {
  expect(hScore(clusters(20, 60, 3, 0))).toBeCloseTo(2, 6);
  expect(hScore(clusters(20, 60, 3, 9))).toBeCloseTo(2, 6);
  expect(regularisedHScore(clusters(20, 60, 3, 0))).toBeLessThan(
    0.5 * regularisedHScore(clusters(20, 60, 3, 9)),
  );
});

test("LEEP and NCE leave out source classes that are never predicted, and reach 0 for predictions that determine the label", () => {
  const labels = Int32Array.of(0, 0, 1, 1);
  const never = Float32Array.of(1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0);
  const answers = { probabilities: never, sourceClasses: 3, labels, classes: 2 };
  expect(leep(answers)).toBe(0);
  expect(nce(answers)).toBe(0);
  // Uninformative predictions: −ln 2.
  const nothing = { ...answers, probabilities: new Float32Array(12).fill(1 / 3) };
  expect(leep(nothing)).toBeCloseTo(-Math.LN2, 6);
  expect(nce(nothing)).toBeCloseTo(-Math.LN2, 12);
  expect(() => leep({ ...answers, probabilities: Float32Array.from(never, (p) => 2 * p) })).toThrow(
    "the probabilities of example 0 sum to 2, not to 1",
  );
  expect(() => nce({ ...answers, sourceClasses: 2 })).toThrow(
    "probabilities must be float32[4, 2] (8 values), got 12",
  );
});

test("CKA is 1 for turned and scaled features, and refuses other items", () => {
  const { features } = clusters(20, 2, 2, 1);
  const turned = Float32Array.from(features, (_, at) =>
    at % 2 ? 3 * features[at - 1]! : -3 * features[at + 1]!,
  );
  expect(linearCka(features, 2, turned, 2)).toBeCloseTo(1, 6);
  expect(() => linearCka(features, 2, turned.subarray(2), 2)).toThrow("features must be float32[20, 2]");
  expect(linearCka(features, 2, new Float32Array(40), 2)).toBe(0);
});

test("the Fréchet distance of a sample from itself is 0, from a shifted one the shift's square", () => {
  const { features } = clusters(30, 3, 2, 1);
  expect(frechetDistance(features, features, 3)).toBeCloseTo(0, 6);
  expect(
    frechetDistance(
      features,
      features.map((v) => v + 2),
      3,
    ),
  ).toBeCloseTo(12, 4);
  expect(() => frechetDistance(features.subarray(3), features.subarray(0, 3), 3)).toThrow(
    "needs 2 rows of each",
  );
});

test("the order by mean rank shares places between equals, and entries without a score are last", () => {
  expect(
    meanRanks([
      [3, 1],
      [2, 1],
      [1, undefined],
    ]),
  ).toEqual([1.25, 1.75, 3]);
  expect(meanRanks([])).toEqual([]);
});

test("probe, nearest neighbours and N-LEEP are the same every time, and say which options are wrong", () => {
  const sample = clusters(40, 5, 2, 2);
  expect(nLeep(sample, { seed: 1 })).toBe(nLeep(sample, { seed: 1 }));
  expect(probeAccuracy(sample)).toBe(probeAccuracy(sample));
  expect(() => nearestNeighbours(sample, { k: 40 })).toThrow("k must be a whole number from 1 to 39, got 40");
  expect(() => transRate(sample, { epsilon: 0 })).toThrow("epsilon must be above 0, got 0");
});

test("with groups, probe and nearest neighbour learn from other groups only", () => {
  // Four groups of five copies on a line, at 0, 1, 10 and 11. The nearest other group is always of the other class.
  const places = [0, 1, 10, 11];
  const sample = {
    features: Float32Array.from(places.flatMap((at) => new Array<number>(5).fill(at))),
    width: 1,
    labels: Int32Array.from(places.flatMap((_, g) => new Array<number>(5).fill(g % 2))),
    classes: 2,
  };
  const groups = places.flatMap((at) => new Array<string>(5).fill(`at ${at}`));
  expect(nearestNeighbours(sample)).toBe(1);
  expect(nearestNeighbours({ ...sample, groups })).toBe(0);
  // Two folds of two groups: what divides one fold does not divide the other.
  expect(probeAccuracy({ ...sample, groups })).toBeLessThanOrEqual(0.5);
  const alone = new Array<string>(20).fill("one");
  expect([nearestNeighbours, probeAccuracy].map((of) => of({ ...sample, groups: alone }))).toEqual([
    Number.NaN,
    Number.NaN,
  ]);
});
