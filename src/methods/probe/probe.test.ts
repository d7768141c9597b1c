import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { type Rows, rowsOf, type WritableRows } from "../../core/results/rows.js";
import { fitProbe, fitProbeInTurns } from "./probe.js";

/** Features in memory, and their classes. */
interface InMemory {
  readonly features: Float32Array;
  readonly labels: Int32Array;
}

/** Features with a few strong directions, as from a backbone. */
function part(n: number, dims: number, classes: number, seed: number): InMemory {
  const centre = draws(1, "centres");
  const g = draws(seed, "part");
  const centres = Array.from({ length: classes * dims }, () => 0.8 * centre.normal());
  const scale = Array.from({ length: dims }, (_, t) => 2 / (1 + t / 4));
  const labels = Int32Array.from({ length: n }, (_, i) => i % classes);
  const features = Float32Array.from({ length: n * dims }, (_, j) => {
    const t = j % dims;
    return scale[t]! * (centres[labels[Math.floor(j / dims)]! * dims + t]! + g.normal());
  });
  return { features, labels };
}

function logits(x: Float32Array, weight: Float32Array, bias: Float32Array): number[] {
  const d = weight.length / bias.length;
  return Array.from({ length: (x.length / d) * bias.length }, (_, j) => {
    const k = j % bias.length;
    const i = Math.floor(j / bias.length);
    let sum = bias[k]!;
    for (let t = 0; t < d; t++) sum += x[i * d + t]! * weight[k * d + t]!;
    return sum;
  });
}

function accuracy(z: number[], labels: Int32Array): number {
  const c = z.length / labels.length;
  let right = 0;
  labels.forEach((label, i) => {
    const row = z.slice(i * c, (i + 1) * c);
    if (row.indexOf(Math.max(...row)) === label) right++;
  });
  return right / labels.length;
}

const data = { train: part(120, 12, 3, 2), validation: part(60, 12, 3, 3), dims: 12, classes: 3 };

interface Selection {
  dims: number;
  classes: number;
  train: { features: number[]; labels: number[] };
  validation: { features: number[]; labels: number[] };
  test: { features: number[]; labels: number[] };
  strength: number;
  validation_loss: number;
  test_accuracy: number;
  test_probabilities: number[];
}

test("standardises each feature on request, as scikit-learn's StandardScaler", () => {
  const golden: Selection = JSON.parse(
    readFileSync(new URL("../../../test/golden/evaluate-selection.json", import.meta.url), "utf8"),
  );
  const typed = ({ features, labels }: Selection["train"]): InMemory => ({
    features: Float32Array.from(features),
    labels: Int32Array.from(labels),
  });
  const { dims, classes } = golden;
  const probe = fitProbe(
    {
      train: typed(golden.train),
      validation: typed(golden.validation),
      dims,
      classes,
    },
    { scaling: "each" },
  );
  expect(probe.strength).toBeCloseTo(golden.strength, 10);
  const chosen = probe.path.find((s) => s.strength === probe.strength)!;
  // The path is solved only to a gradient of 1e-3.
  expect(chosen.validationLoss).toBeCloseTo(golden.validation_loss, 2);
  const test = typed(golden.test);
  const z = logits(test.features, probe.weight, probe.bias);
  expect(Math.abs(accuracy(z, test.labels) - golden.test_accuracy)).toBeLessThanOrEqual(0.01);
  for (let i = 0; i < test.labels.length; i++) {
    const row = z.slice(i * classes, (i + 1) * classes).map(Math.exp);
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((e, k) => {
      expect(e / sum).toBeCloseTo(golden.test_probabilities[i * classes + k]!, 2);
    });
  }
});

interface Refit extends Omit<Selection, "validation_loss" | "test_accuracy"> {
  readonly groups?: readonly string[];
  readonly losses: readonly number[];
  readonly held_probabilities: readonly number[];
}
const refits: readonly Refit[] = JSON.parse(
  readFileSync(new URL("../../../test/golden/evaluate-refit.json", import.meta.url), "utf8"),
);

function expectProbabilities(z: ArrayLike<number>, expected: readonly number[], classes: number): void {
  expect(z.length).toBe(expected.length);
  for (let i = 0; i < z.length; i += classes) {
    const row = Array.from({ length: classes }, (_, k) => Math.exp(z[i + k]!));
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((e, k) => {
      expect(e / sum).toBeCloseTo(expected[i + k]!, 2);
    });
  }
}

test.each([
  ["a validation split", refits[0]!],
  ["cross-validation by groups, if the validation split is small", refits[1]!],
  ["a few samples, in rows of length 1", refits[2]!],
])("equals scikit-learn's GridSearchCV with refit: %s", (_, golden) => {
  const typed = ({ features, labels }: Selection["train"], from = 0) => ({
    features: Float32Array.from(features),
    labels: Int32Array.from(labels),
    ...(golden.groups && { groups: golden.groups.slice(from, from + labels.length) }),
  });
  const { dims, classes } = golden;
  const split = golden.train.labels.length;
  const parts = { train: typed(golden.train), validation: typed(golden.validation, split), dims, classes };
  const probe = fitProbe(parts, { refit: true, strengths: [1, 10, 100] });
  expect(probe.strength).toBe(golden.strength);
  expect(probe.folds).toBe(golden.groups && new Set(golden.groups).size);
  // Solved to a gradient of 1e-4.
  probe.path.forEach(({ validationLoss }, i) => {
    expect(validationLoss).toBeCloseTo(golden.losses[i]!, 2);
  });
  expectProbabilities(probe.held, golden.held_probabilities, classes);
  const features = Float32Array.from(golden.test.features);
  expectProbabilities(logits(features, probe.weight, probe.bias), golden.test_probabilities, classes);
  const alone = fitProbe(parts, { strengths: [golden.strength] });
  // A start from another strength's solution changes the last digits.
  const theirs = logits(features, alone.weight, alone.bias);
  logits(features, probe.ofTrain.weight, probe.ofTrain.bias).forEach((v, i) => {
    expect(Math.abs(v - theirs[i]!)).toBeLessThan(0.05);
  });
});

test("giving way between strengths changes nothing, and stops on request", async () => {
  const a = fitProbe(data);
  const b = await fitProbeInTurns(data);
  expect(b.weight).toEqual(a.weight);
  const controller = new AbortController();
  const stopped = fitProbeInTurns(data, {
    signal: controller.signal,
    onStrength: () => controller.abort(),
  });
  await expect(stopped).rejects.toThrow("stopped on request");
});

test("takes the strength with the lowest validation loss, and says what it tried", () => {
  const probe = fitProbe(data);
  const lowest = Math.min(...probe.path.map((s) => s.validationLoss));
  expect(probe.path.find((s) => s.validationLoss === lowest)!.strength).toBe(probe.strength);
  const strengths = probe.path.map((s) => s.strength);
  expect(strengths).toEqual([...strengths].sort((a, b) => a - b));
  expect(probe.seconds).toBeGreaterThan(0);
});

test("the head takes raw features: its validation scores are those of the path", () => {
  const probe = fitProbe(data);
  const z = logits(data.validation.features, probe.weight, probe.bias);
  const chosen = probe.path.find((s) => s.strength === probe.strength)!;
  // The winner is solved again to a finer tolerance: an item near the boundary may change its class.
  expect(Math.abs(accuracy(z, data.validation.labels) - chosen.validationAccuracy)).toBeLessThanOrEqual(
    1 / 60,
  );
  expect(chosen.validationAccuracy).toBeGreaterThan(0.7);
});

test("does not depend on a common scale of the features and on their offsets", () => {
  const change = ({ features, labels }: InMemory): InMemory => ({
    // A power of 2 and a small integer: exact enough in float32.
    features: features.map((v, j) => v * 2 ** 5 + ((j % 12) - 3)),
    labels,
  });
  const a = fitProbe(data);
  const b = fitProbe({ ...data, train: change(data.train), validation: change(data.validation) });
  expect(b.strength).toBe(a.strength);
  const za = logits(data.validation.features, a.weight, a.bias);
  const zb = logits(change(data.validation).features, b.weight, b.bias);
  za.forEach((v, j) => {
    expect(zb[j]).toBeCloseTo(v, 2);
  });
});

test("a constant feature gets no weight, even when it is huge", () => {
  const constant = ({ features, labels }: InMemory): InMemory => ({
    features: features.map((v, j) => (j % 12 === 5 ? 12345.678 : v)),
    labels,
  });
  const probe = fitProbe({ ...data, train: constant(data.train), validation: constant(data.validation) });
  for (let k = 0; k < 3; k++) expect(probe.weight[k * 12 + 5]).toBeCloseTo(0, 6);
});

test("fewer examples than features, and patience that tries every strength", () => {
  const small = {
    train: part(12, 40, 3, 4),
    validation: part(30, 40, 3, 5),
    dims: 40,
    classes: 3,
  };
  const probe = fitProbe(small, { strengths: [1, 0.01, 0.1], patience: 99 });
  expect(probe.path.map((s) => s.strength)).toEqual([0.01, 0.1, 1]);
});

const none = { features: new Float32Array(0), labels: new Int32Array(0) };

test("without validation examples, folds of the training examples choose the strength", () => {
  const probe = fitProbe({ ...data, validation: none });
  expect(probe.folds).toBe(5);
  expect(probe.path.length).toBeGreaterThan(2);
});

test("one example a class: C is 10, and the head stays linear on rows of any length", () => {
  const train = { features: Float32Array.of(4, 0, 0, 1), labels: Int32Array.of(0, 1) };
  const probe = fitProbe({ train, validation: none, dims: 2, classes: 2 });
  expect(probe.strength).toBe(10);
  expect(probe.path).toEqual([]);
  // Rows of length 1 are (1, 0) and (0, 1): the border between the classes is the diagonal.
  const [a, b] = logits(Float32Array.of(3, 3), probe.weight, probe.bias) as [number, number];
  expect(a).toBeCloseTo(b, 5);
});

test("tells each strength as it goes", () => {
  const told: number[] = [];
  const probe = fitProbe(data, { onStrength: (step) => told.push(step.strength) });
  expect(told).toEqual(probe.path.map((s) => s.strength));
});

test("a listener that has enough ends the trials with the best strength so far", async () => {
  const tried = fitProbe(data).path;
  const enough = (count: number) => {
    let seen = 0;
    return () => ++seen === count;
  };
  for (const head of [
    fitProbe(data, { onStrength: enough(2) }),
    await fitProbeInTurns(data, { onStrength: enough(2) }),
  ]) {
    expect(head.path).toEqual(tried.slice(0, 2));
    expect(head.path.map(({ strength }) => strength)).toContain(head.strength);
  }
});

test("bad input is an error with the values that disagree", () => {
  expect(() => fitProbe({ ...data, dims: 11 })).toThrow(
    "train features must be float32[120, 11] (1320 values), got 1440",
  );
  expect(() => fitProbe({ ...data, classes: 2 })).toThrow(
    "label 2 of train example 2 is not one of the 2 classes",
  );
  expect(() => fitProbe(data, { strengths: [] })).toThrow("strengths must name at least one value");
  const features = data.train.features.slice();
  features[25] = Number.NaN;
  expect(() => fitProbe({ ...data, train: { ...data.train, features } })).toThrow(
    "feature 1 of example 2 is NaN",
  );
});

test("features that lie elsewhere give the same head, bit by bit, and are given back", () => {
  const [dims, classes] = [30, 3];
  const train = part(20_000, dims, classes, 1);
  const validation = part(300, dims, classes, 2);
  let open = 0;
  const elsewhere = (values: Float32Array, width: number): Rows => {
    const { read } = rowsOf(values, width);
    const another = (count: number, d: number): WritableRows => {
      const own = new Float32Array(count * d);
      open++;
      return {
        count,
        width: d,
        read: rowsOf(own, d).read,
        write: (first, rows) => own.set(rows, first * d),
        close: () => {
          open--;
        },
      };
    };
    return { count: values.length / width, width, read, another };
  };
  const away = (p: InMemory) => ({ ...p, features: elsewhere(p.features, dims) });
  const [near, far] = [
    fitProbe({ train, validation, dims, classes }),
    fitProbe({ train: away(train), validation: away(validation), dims, classes }),
  ];
  expect({ ...far, seconds: 0 }).toEqual({ ...near, seconds: 0 });
  expect(open).toBe(0);
});
