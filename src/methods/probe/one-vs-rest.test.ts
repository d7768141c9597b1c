import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { binaryCrossEntropy } from "../../linalg/softmax.js";
import { sparseRows } from "../../linalg/sparse-products.js";
import { fitOneVsRest, linearScores } from "./one-vs-rest.js";

interface Fit {
  readonly features: number[][];
  readonly targets: number[][];
  readonly strength: number;
  readonly weight: number[][];
  readonly bias: number[];
}
const { fits } = JSON.parse(
  readFileSync(new URL("../../../test/golden/labels.json", import.meta.url), "utf8"),
) as { fits: Fit[] };
const nothing = { features: new Float32Array(0), targets: new Uint8Array(0) };

test.each(fits.map((fit) => [`${fit.features.length} × ${fit.features[0]!.length}`, fit] as const))(
  "equals scikit-learn's OneVsRestClassifier: %s",
  async (_, { features, targets, strength, weight, bias }) => {
    const [width, labels] = [features[0]!.length, targets[0]!.length];
    const set = {
      features: Float32Array.from(features.flat()),
      targets: Uint8Array.from(targets.flat()),
    };
    // Only one strength, and the examples themselves as validation.
    const fit = await fitOneVsRest(set, set, { width, labels }, { strengths: [strength] });
    // Sums of products are in float32, and the solver stops at a gradient of 1e-5.
    expect(Math.max(...weight.flat().map((w, i) => Math.abs(w - fit.weight[i]!)))).toBeLessThan(2e-3);
    expect(Math.max(...bias.map((b, i) => Math.abs(b - fit.bias[i]!)))).toBeLessThan(2e-3);
    const ours = binaryCrossEntropy(linearScores(fit, set.features, labels), set.targets);
    const theirs = binaryCrossEntropy(
      linearScores({ weight: weight.flat(), bias }, set.features, labels),
      set.targets,
    );
    expect(ours).toBeCloseTo(theirs, 4);
  },
);

test("a label that nothing has is improbable, one that everything has probable, without weights", async () => {
  const features = Float32Array.of(1, 2, 3, 4);
  const targets = Uint8Array.of(0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0);
  const { weight, bias } = await fitOneVsRest(
    { features, targets },
    nothing,
    { width: 1, labels: 3 },
    { strengths: [1] },
  );
  expect([weight[0], weight[1]]).toEqual([0, 0]);
  // 1 / (N + 2) of 4 examples
  expect(1 / (1 + Math.exp(-bias[0]!))).toBeCloseTo(1 / 6, 6);
  expect(1 / (1 + Math.exp(-bias[1]!))).toBeCloseTo(5 / 6, 6);
});

test("sparse rows give what dense ones give", async () => {
  const columns = [[0], [1, 2], [0, 2], [1], [2], [0, 1]].map((c) => Uint32Array.from(c));
  const rows = columns.map((c) => ({ columns: c, values: new Float32Array(c.length).fill(1) }));
  const dense = new Float32Array(6 * 3);
  columns.forEach((c, i) => {
    for (const column of c) dense[i * 3 + column] = 1;
  });
  const targets = Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0);
  const size = { width: 3, labels: 2 };
  const one = await fitOneVsRest({ features: dense, targets }, nothing, size, { strengths: [1] });
  const two = await fitOneVsRest({ features: sparseRows(rows, 3), targets }, nothing, size, {
    strengths: [1],
  });
  expect(one.weight.every((w, i) => Math.abs(w - two.weight[i]!) < 1e-3)).toBe(true);
});

interface Folded {
  readonly features: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly groups: readonly number[];
  readonly train: number;
  readonly strengths: readonly number[];
  readonly strength: number;
  readonly held: readonly (readonly number[])[];
  readonly test: readonly (readonly number[])[];
  readonly probabilities: readonly (readonly number[])[];
  readonly of_train: readonly (readonly number[])[];
}
// From scikit-learn, scripts/golden/make-folds.py: 40 rows of 8 features in five groups, three labels.
const [folded] = (
  JSON.parse(readFileSync(new URL("../../../test/golden/folds.json", import.meta.url), "utf8")) as {
    labels: [Folded];
  }
).labels;

const splitsOf = ({ features, targets, groups, train }: Folded) => {
  const part = (from: number, to?: number) => ({
    features: Float32Array.from(features.slice(from, to).flat()),
    targets: Uint8Array.from(targets.slice(from, to).flat()),
    groups: groups.slice(from, to).map(String),
  });
  return [part(0, train), part(train)] as const;
};

test("chooses C by the same folds as scikit-learn, and fits both splits again", async () => {
  const { strengths, strength, groups, held, test: rows, probabilities, of_train } = folded;
  const size = { width: rows[0]!.length, labels: 3 };
  const fit = await fitOneVsRest(...splitsOf(folded), size, { strengths, scaling: "common", refit: true });
  expect(fit.strength).toBe(strength);
  expect(fit.folds).toBe(new Set(groups).size);
  // Solved to a gradient of 1e-4 on the path, 1e-5 at the end.
  const near = (logits: Float32Array, theirs: readonly (readonly number[])[]): void => {
    expect(logits.length).toBe(theirs.flat().length);
    for (const [i, p] of theirs.flat().entries()) expect(1 / (1 + Math.exp(-logits[i]!))).toBeCloseTo(p, 2);
  };
  const test = Float32Array.from(rows.flat());
  near(linearScores(fit, test, 3), probabilities);
  near(linearScores(fit.ofTrain, test, 3), of_train);
  near(fit.held, held);
});

test("from 30 validation examples on, they choose C", async () => {
  const [train] = splitsOf(folded);
  const size = { width: 8, labels: 3 };
  const fit = await fitOneVsRest(train, train, size, {
    strengths: [0.1, 100],
    scaling: "common",
    refit: true,
  });
  expect(train.targets.length / 3).toBeGreaterThanOrEqual(30);
  expect(fit.folds).toBeUndefined();
  // The examples choose for themselves: the weaker penalty fits them better.
  expect(fit.strength).toBe(100);
});

test("features that are scaled each by its own deviation give the head of standardised features, for raw ones", async () => {
  const { features: x, targets } = fits[0]!;
  const [n, width, labels] = [x.length, x[0]!.length, targets[0]!.length];
  // x = 10^t z + t, so that the columns have different units.
  const raw = x.map((row) => row.map((v, t) => 10 ** t * v + t));
  const columns = raw[0]!.map((_, t) => raw.map((row) => row[t]!));
  const mean = columns.map((column) => column.reduce((sum, v) => sum + v, 0) / n);
  const deviation = columns.map((column, t) =>
    Math.sqrt(column.reduce((sum, v) => sum + (v - mean[t]!) ** 2, 0) / n),
  );
  const standardised = raw.map((row) => row.map((v, t) => (v - mean[t]!) / deviation[t]!));
  const flat = (rows: number[][]) => Float32Array.from(rows.flat());
  const all = Uint8Array.from(targets.flat());
  const size = { width, labels };
  const fitted = (features: Float32Array, how: { readonly scaling?: "each" }) =>
    fitOneVsRest({ features, targets: all }, nothing, size, { strengths: [1], ...how });
  const each = linearScores(await fitted(flat(raw), { scaling: "each" }), flat(raw), labels);
  const plain = linearScores(await fitted(flat(standardised), {}), flat(standardised), labels);
  // The solver stops at a gradient of 1e-5, from another start in float32.
  expect(Math.max(...each.map((z, i) => Math.abs(z - plain[i]!)))).toBeLessThan(2e-3);
});

test("labels that only one example has are chosen without folds", async () => {
  const features = Float32Array.of(1, 2, 3);
  const targets = Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const fit = await fitOneVsRest(
    { features, targets },
    nothing,
    { width: 1, labels: 3 },
    {
      strengths: [1, 10, 100],
      scaling: "common",
      refit: true,
    },
  );
  expect([fit.folds, fit.strength]).toEqual([undefined, 10]);
});
