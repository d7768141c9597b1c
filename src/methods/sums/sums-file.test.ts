// Files of feature sums: what is written is read again, and what was changed is refused.
import { describe, expect, test } from "vitest";
import { fileOf, makeSamples, sha256, sumsWhere } from "../../../test/support/made-sums.js";
import { rowsOf } from "../../core/results/rows.js";
import {
  type ClassSum,
  classesOf,
  collectNumberSums,
  type FeatureSums,
  type NumberSum,
} from "./feature-sums.js";
import { solveSums } from "./solve-sums.js";
import { decodeSums, encodeSums } from "./sums-file.js";

const noSamples = "these are the feature sums of no samples: ";
const notPositive = "is not positive semidefinite";
const notSums = "this is not a file of feature sums";
const damagedHeader = "its header is not readable";
describe("a file of feature sums", () => {
  test("is read as it was written", async () => {
    const sums = await sumsWhere(() => true);
    const bytes = await encodeSums(fileOf(sums), sha256);
    expect(await decodeSums(bytes, "a.sums", sha256)).toEqual(fileOf(sums));
    // At an odd place in memory.
    const moved = new Uint8Array(bytes.length + 3).subarray(3);
    moved.set(bytes);
    expect(await decodeSums(moved, "a.sums", sha256)).toEqual(fileOf(sums));
  });

  test("holds numbers, and sums without the scatter of each class", async () => {
    const { features, dims } = makeSamples();
    const numbers = await collectNumberSums(rowsOf(features, dims), features.slice(0, 400), ["a", "b"]);
    for (const sums of [
      numbers,
      {
        ...numbers,
        targets: { classes: [{ name: "x", count: 200, length: 9, sum: new Float64Array(dims) }] },
      },
    ])
      expect(await decodeSums(await encodeSums(fileOf(sums), sha256), "a.sums", sha256)).toEqual(
        fileOf(sums),
      );
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string | RegExp]>([
    ["another file", (bytes) => bytes.map((b) => b ^ 1), notSums],
    ["an empty file", () => new Uint8Array(0), notSums],
    ["the beginning of one", (bytes) => bytes.subarray(0, 12), "is damaged: it has only 12 bytes"],
    ["a truncated one", (bytes) => bytes.subarray(0, -8), /is damaged: it has \d+ bytes, not \d+$/],
    ["one with another number", (bytes) => bytes.with(bytes.length - 20, 3), "its checksum does not fit"],
    ["one with a long header", (bytes) => bytes.with(11, 200), /its header has \d+ bytes, and the file \d+/],
    ["one with another header", (bytes) => bytes.with(17, 3), damagedHeader],
  ])("refuses %s", async (_, change, text) => {
    const bytes = await encodeSums(fileOf(await sumsWhere(() => true)), sha256);
    await expect(decodeSums(change(bytes), "a.sums", sha256)).rejects.toThrow(text);
  });

  test("refuses sizes that the file cannot have, before memory is taken", async () => {
    const bytes = await encodeSums(fileOf(await sumsWhere(() => true)), sha256);
    const text = new TextDecoder().decode(bytes.subarray(16, 400)).replace('"dims":24', '"dims":99999');
    const changed = Uint8Array.from(bytes);
    changed.set(new TextEncoder().encode(text.slice(0, 380)), 16);
    await expect(decodeSums(changed, "a.sums", sha256)).rejects.toThrow("is damaged");
  });

  test.each<[string, (sums: FeatureSums) => FeatureSums, string | RegExp]>([
    [
      "a number that is not finite",
      (sums) => scatterOf(sums, (s) => s.with(4, Number.NaN)),
      "is not a finite number",
    ],
    [
      "a negative square",
      (sums) => scatterOf(sums, (s) => s.with(0, -3)),
      /the scatter of all samples has the trace \d+\.\d+, and 200 unit rows have 200$/,
    ],
    ["a product above its squares", (sums) => scatterOf(sums, (s) => s.with(1, 150)), notPositive],
    [
      "a negative direction, with the right trace",
      (sums) => scatterOf(sums, (s) => s.with(0, -1).with(2, s[2]! + s[0]! + 1)),
      `${noSamples}the scatter of all samples ${notPositive}`,
    ],
    [
      "squares of more rows",
      (sums) => scatterOf(sums, (s) => s.map((v) => 3 * v)),
      "the scatter of all samples has the trace 600.000, and 200 unit rows have 200",
    ],
    [
      "squares of fewer rows",
      (sums) => scatterOf(sums, (s) => s.map((v) => 0.75 * v)),
      "has the trace 150.000, and 200 unit rows have 200",
    ],
    [
      "a sum of more rows",
      (sums) => classOf(sums, { sum: new Float64Array(24).fill(100) }),
      'the sum of class "class 0" has the length 489.898, and 40 unit rows have at most 40',
    ],
    [
      "classes that lie further apart than their samples",
      (sums) => classOf(sums, { sum: new Float64Array(24).with(5, 39) }),
      notPositive,
    ],
    [
      "a scatter of another class",
      (sums) => classOf(sums, { scatter: sums.scatter }),
      'the scatter of class "class 0" has the trace 200.000, and 40 unit rows have 40',
    ],
    [
      "a negative length",
      (sums) => classOf(sums, { length: -1 }),
      'the lengths of class "class 0" add up to -1',
    ],
    [
      "ten thousand million samples",
      (sums) => scaled(sums, 5e7),
      `${noSamples}it claims 10000000000 samples, and a file has at most 999999999`,
    ],
    [
      "a class without samples",
      (sums) => ({
        ...sums,
        targets: { classes: [...classesOf(sums), { ...classesOf(sums)[0]!, name: "none", count: 0 }] },
      }),
      'class "none" has no samples',
    ],
    ["a negative count", (sums) => classOf(sums, { count: -1 }), damagedHeader],
    ["counts of another total", (sums) => ({ ...sums, count: 7 }), damagedHeader],
  ])("refuses %s, with a checksum that fits", async (_, change, text) => {
    const bytes = await encodeSums(fileOf(change(await sumsWhere(() => true))), sha256);
    await expect(decodeSums(bytes, "a.sums", sha256)).rejects.toThrow(text);
  });

  // N √(Σ y² / N) = 600 is the most that a product can be.
  test.each<[string, Partial<NumberSum>]>([
    ["squares are too small", { squares: Float64Array.of(5) }],
    ["products are too large", { products: new Float64Array(24).with(2, 601) }],
  ])("refuses numbers whose %s", async (_, change) => {
    const { features, dims } = makeSamples();
    const sums = await collectNumberSums(rowsOf(features, dims), new Float64Array(200).fill(3), ["a"]);
    const numbers = { ...(sums.targets as { numbers: NumberSum }).numbers, ...change };
    const bytes = await encodeSums(fileOf({ ...sums, targets: { numbers } }), sha256);
    await expect(decodeSums(bytes, "a.sums", sha256)).rejects.toThrow(
      'the squares of "a" are too small for its sums',
    );
  });

  test("holds rows without features: each counts as a unit row", async () => {
    const data = makeSamples();
    data.features.fill(0, 24, 96);
    const sums = await sumsWhere(() => true, data);
    const bytes = await encodeSums(fileOf(sums), sha256);
    expect(await decodeSums(bytes, "a.sums", sha256)).toEqual(fileOf(sums));
  });

  test("whose rows have no length gives no head", async () => {
    const sums = await sumsWhere(() => true);
    const short = {
      ...sums,
      targets: { classes: classesOf(sums).map((one) => ({ ...one, length: 1e-320 })) },
    };
    expect(() => solveSums(short)).toThrow("their head is not finite");
  });
});

/** Sums with another scatter. */
const scatterOf = (sums: FeatureSums, change: (scatter: Float64Array) => Float64Array): FeatureSums => ({
  ...sums,
  scatter: change(sums.scatter),
});
/** Sums with another first class. */
const classOf = (sums: FeatureSums, change: Partial<ClassSum>): FeatureSums => ({
  ...sums,
  targets: { classes: classesOf(sums).map((one, i) => (i === 0 ? { ...one, ...change } : one)) },
});
/** Sums that claim a number of copies of each sample. */
const scaled = (sums: FeatureSums, copies: number): FeatureSums => ({
  ...sums,
  count: copies * sums.count,
  scatter: sums.scatter.map((v) => copies * v),
  targets: {
    classes: classesOf(sums).map(({ name, count, length, sum }) => ({
      name,
      count: copies * count,
      length: copies * length,
      sum: sum.map((v) => copies * v),
    })),
  },
});
