import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { classNames, fileOf, makeSamples, sha256, sumsWhere } from "../../../test/support/made-sums.js";
import { rowsOf } from "../../core/results/rows.js";
import {
  addSums,
  collectClassSums,
  collectNumberSums,
  type FeatureSums,
  lengthOf,
  namesOf,
  subtractSums,
  sumsOfClass,
  withoutClassScatters,
} from "./feature-sums.js";
import { solveSums } from "./solve-sums.js";
import { decodeSums, encodeSums } from "./sums-file.js";

interface Known<Y> {
  readonly x: readonly (readonly number[])[];
  readonly y: readonly Y[];
  readonly weight: readonly (readonly number[])[];
  readonly bias: readonly number[];
}
// From scikit-learn, scripts/golden/make-sums.py.
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/sums.json", import.meta.url), "utf8"),
) as { readonly classes: readonly Known<number>[]; readonly numbers: readonly Known<readonly number[]>[] };

const flat = (x: readonly (readonly number[])[]) => rowsOf(Float32Array.from(x.flat()), x[0]!.length);

/** Weights on unit rows: the product divides raw rows by the mean length of a row. */
const onUnitRows = (sums: FeatureSums): Float64Array =>
  solveSums(sums).weight.map((w) => (w * lengthOf(sums)) / sums.count);

test.each(golden.classes)(
  "classes: the weights are scikit-learn's LDA with shrinkage",
  async ({ x, y, weight, bias }) => {
    const classes = classNames(new Set(y).size);
    const d = x[0]!.length;
    const sums = await collectClassSums(flat(x), y, classes);
    const [own, { bias: ownBias }] = [onUnitRows(sums), solveSums(sums)];
    const difference = classes.length === 2;
    weight.forEach((row, c) => {
      row.forEach((value, t) => {
        const found = difference ? own[d + t]! - own[t]! : own[c * d + t]!;
        expect(found).toBeCloseTo(value, 9);
      });
      expect(difference ? ownBias[1]! - ownBias[0]! : ownBias[c]!).toBeCloseTo(bias[c]!, 9);
    });
  },
);

test.each(golden.numbers)("numbers: the weights are scikit-learn's Ridge", async ({ x, y, weight, bias }) => {
  const d = x[0]!.length;
  const sums = await collectNumberSums(
    flat(x),
    y.flat(),
    y[0]!.map((_, k) => `y${k}`),
  );
  const [own, { bias: ownBias }] = [onUnitRows(sums), solveSums(sums)];
  weight.forEach((row, k) => {
    row.forEach((value, t) => {
      expect(own[k * d + t]! / value).toBeCloseTo(1, 9);
    });
    expect(ownBias[k]! / bias[k]!).toBeCloseTo(1, 9);
  });
});

/** Largest difference of two heads, relative to the largest weight. The order of classes may differ. */
function distance(a: FeatureSums, b: FeatureSums): number {
  const [one, other] = [solveSums(a), solveSums(b)];
  const order = namesOf(a).map((name) => namesOf(b).indexOf(name));
  expect([...order].sort()).toEqual(namesOf(b).map((_, i) => i));
  const largest = Math.max(...one.weight.map(Math.abs));
  let most = 0;
  for (const [c, k] of order.entries()) {
    for (let t = 0; t < a.dims; t++)
      most = Math.max(most, Math.abs(one.weight[c * a.dims + t]! - other.weight[k * a.dims + t]!));
    most = Math.max(most, Math.abs(one.bias[c]! - other.bias[k]!));
  }
  return most / largest;
}

const joint = (parts: readonly FeatureSums[]): FeatureSums => parts.reduce(addSums);

describe("sums are as exact as joint training", () => {
  test("of 20 shards in any order", async () => {
    const whole = await sumsWhere(() => true);
    const shards = await Promise.all(Array.from({ length: 20 }, (_, k) => sumsWhere((i) => i % 20 === k)));
    expect(distance(whole, joint(shards))).toBeLessThan(1e-9);
    expect(distance(whole, joint([...shards].reverse()))).toBeLessThan(1e-9);
    expect(distance(whole, joint([...shards.slice(7), ...shards.slice(0, 7)]))).toBeLessThan(1e-9);
  });

  test("of one class a shard", async () => {
    const whole = await sumsWhere(() => true);
    const shards = await Promise.all([4, 1, 0, 3, 2].map((label) => sumsWhere((i) => i % 5 === label)));
    expect(distance(whole, joint(shards))).toBeLessThan(1e-9);
  });

  test("with a class or some samples taken out", async () => {
    const whole = await sumsWhere(() => true);
    const without = await sumsWhere((i) => i % 5 !== 3);
    expect(distance(without, subtractSums(whole, await sumsWhere((i) => i % 5 === 3)))).toBeLessThan(1e-9);
    expect(distance(without, subtractSums(whole, sumsOfClass(whole, "class 3")!))).toBeLessThan(1e-9);
    const some = await sumsWhere((i) => i < 17);
    expect(distance(await sumsWhere((i) => i >= 17), subtractSums(whole, some))).toBeLessThan(1e-9);
  });

  test("for numbers", async () => {
    const { features, dims } = makeSamples({ samples: 60 });
    const values = Array.from({ length: 60 }, (_, i) => Math.sin(i) + features[i * dims]!);
    const of = (from: number, to: number) =>
      collectNumberSums(rowsOf(features.slice(from * dims, to * dims), dims), values.slice(from, to), ["y"]);
    const whole = await of(0, 60);
    expect(distance(whole, addSums(await of(25, 60), await of(0, 25)))).toBeLessThan(1e-9);
    expect(distance(await of(25, 60), subtractSums(whole, await of(0, 25)))).toBeLessThan(1e-9);
  });

  test("of more rows than are added at once, and of rows without features", async () => {
    const data = makeSamples({ samples: 5000, dims: 6 });
    data.features.fill(0, 12, 18);
    const whole = await sumsWhere(() => true, data);
    expect(whole.count).toBe(5000);
    const halves = [await sumsWhere((i) => i % 2 === 0, data), await sumsWhere((i) => i % 2 === 1, data)];
    expect(distance(whole, joint(halves))).toBeLessThan(1e-9);
  });
});

/**
 * W_c = N (S_W + t I)⁻¹ μ_c from all rows at once, without sums: the within scatter of centred rows, and Gauss–Jordan elimination.
 * float64[C][D], on unit rows.
 */
function headOfAllRows({ features, labels, dims, classes }: ReturnType<typeof makeSamples>): number[][] {
  const z = labels.map((_, i) => {
    const x = [...features.subarray(i * dims, (i + 1) * dims)];
    return x.map((value) => value / Math.hypot(...x));
  });
  const meanOf = (rows: readonly number[][]) =>
    rows[0]!.map((_, t) => rows.reduce((sum, row) => sum + row[t]!, 0) / rows.length);
  const means = classes.map((_, c) => meanOf(z.filter((_, i) => labels[i] === c)));
  const all = meanOf(z);
  const t =
    z.reduce((sum, row) => sum + row.reduce((own, v, k) => own + (v - all[k]!) ** 2, 0), 0) / z.length;
  const a = Array.from({ length: dims }, (_, i) => [
    ...Array.from({ length: dims }, (_, j) =>
      z.reduce(
        (sum, row, n) => sum + (row[i]! - means[labels[n]!]![i]!) * (row[j]! - means[labels[n]!]![j]!),
        i === j ? t : 0,
      ),
    ),
    ...means.map((mean) => z.length * mean[i]!),
  ]);
  for (let i = 0; i < dims; i++) {
    const pivot = a[i]!.map((value) => value / a[i]![i]!);
    a.forEach((row, k) => {
      a[k] = k === i ? pivot : row.map((value, j) => value - row[i]! * pivot[j]!);
    });
  }
  return classes.map((_, c) => a.map((row) => row[dims + c]!));
}

test("the files of three holders, with other classes each, give the head of all samples", async () => {
  const data = makeSamples();
  // The first has classes 0 and 1, the second 2 to 4, the third a few of all.
  const holderOf = (i: number): number => (i % 7 === 0 ? 2 : data.labels[i]! < 2 ? 0 : 1);
  const files = await Promise.all(
    [2, 0, 1].map(async (holder) => {
      const sums = withoutClassScatters(await sumsWhere((i) => holderOf(i) === holder));
      return decodeSums(await encodeSums(fileOf(sums), sha256), "a.sums", sha256);
    }),
  );
  const together = joint(files.map(({ sums }) => sums));
  const found = onUnitRows(together);
  headOfAllRows(data).forEach((row, c) => {
    const own = namesOf(together).indexOf(data.classes[c]!) * data.dims;
    const largest = Math.max(...row.map(Math.abs));
    row.forEach((value, t) => {
      expect(Math.abs(found[own + t]! - value) / largest).toBeLessThan(1e-9);
    });
  });
});

test("classes are kept apart only while their sums are small", async () => {
  // 2^23 values: 200 classes of 205 features are above, of 204 below.
  const of = async (dims: number) => {
    const features = Float32Array.from({ length: 200 * dims }, (_, i) => Math.sin(i));
    const classes = classNames(200);
    return collectClassSums(
      rowsOf(features, dims),
      classes.map((_, i) => i),
      classes,
    );
  };
  expect(sumsOfClass(await of(204), "class 9")).toBeDefined();
  expect(sumsOfClass(await of(205), "class 9")).toBeUndefined();
});

test.each<[string, () => Promise<unknown>, string]>([
  [
    "a class that was never there",
    async () => sumsOfClass(await sumsWhere(() => true), "Class 3"),
    'there is no class "Class 3" to forget',
  ],
  [
    "more samples of a class than there are",
    async () => subtractSums(await sumsWhere((i) => i < 50), await sumsWhere(() => true)),
    'these samples were never added: 40 of class "class 0" are taken out, and there are 10',
  ],
  [
    "samples of another class",
    async () => subtractSums(await sumsWhere((i) => i % 5 === 1), await sumsWhere((i) => i % 5 === 2)),
    'these samples were never added: there is no class "class 2", only "class 1"',
  ],
  [
    "other samples of the same number",
    async () => {
      const data = makeSamples({ classes: 1 });
      const other = { ...data, features: data.features.map((_, i) => (i % data.dims === 0 ? 1 : 0)) };
      return subtractSums(await sumsWhere(() => true, data), await sumsWhere(() => true, other));
    },
    "these samples were never added: their features are larger than the features that were added",
  ],
  [
    "other features",
    async () => addSums(await sumsWhere(() => true), await sumsWhere(() => true, makeSamples({ dims: 25 }))),
    "sums of 24 and of 25 features cannot be added",
  ],
  [
    "numbers and classes",
    async () => {
      const { features, dims } = makeSamples();
      const numbers = await collectNumberSums(rowsOf(features, dims), new Float64Array(200), ["price"]);
      return addSums(await sumsWhere(() => true), numbers);
    },
    "sums of classes and sums of numbers cannot be added",
  ],
  [
    "features that are not finite",
    async () => {
      const data = makeSamples();
      data.features[24 * 3 + 1] = Number.NaN;
      return sumsWhere(() => true, data);
    },
    "features of sample 3 are not finite numbers",
  ],
  [
    "samples that are all alike",
    async () =>
      solveSums(await sumsWhere(() => true, { ...makeSamples(), features: new Float32Array(4800).fill(2) })),
    "all 200 samples have the same features",
  ],
])("refuses %s", async (_, work, text) => {
  await expect(work()).rejects.toThrow(text);
});
