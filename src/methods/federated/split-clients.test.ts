import { describe, expect, test } from "vitest";
import { parseSkew, splitClients } from "./split-clients.js";

/** 1,000 samples of 10 classes, 55 to 145 of each. */
const labels = Array.from({ length: 10 }, (_, c) => new Array<number>(55 + 10 * c).fill(c)).flat();
const split = (skew: string, { clients = 10, seed = 3, of = labels, classes = 10 } = {}) =>
  splitClients(of, classes, { clients, skew: parseSkew(skew), seed });
/** Number of samples of each class that each client has. */
const counts = (parts: readonly (readonly number[])[]): number[][] =>
  parts.map((own) => Array.from({ length: 10 }, (_, c) => own.filter((i) => labels[i] === c).length));
/** Mean over clients of the share of their most frequent class. */
const concentration = (parts: readonly (readonly number[])[]): number =>
  counts(parts).reduce((sum, own, k) => sum + Math.max(...own) / parts[k]!.length / parts.length, 0);

test.each(["none", "dirichlet:0.1", "dirichlet:0.5", "dirichlet:100", "classes:1", "classes:3"])(
  "%s gives each sample to one client, the same for the same seed",
  (skew) => {
    const parts = split(skew);
    expect(parts.length).toBe(10);
    expect(parts.flat().sort((a, b) => a - b)).toEqual([...labels.keys()]);
    expect(split(skew)).toEqual(parts);
    expect(split(skew, { seed: 4 })).not.toEqual(parts);
  },
);

test("without a skew all clients have equally many samples, of all classes", () => {
  const parts = split("none");
  expect(parts.map(({ length }) => length)).toEqual(new Array(10).fill(100));
  expect(counts(parts).every((own) => own.every((n) => n > 0))).toBe(true);
});

describe("Dirichlet shares", () => {
  test("are less even for a smaller concentration", () => {
    const [uneven, middle, even] = ["0.05", "0.5", "1000"].map((a) => concentration(split(`dirichlet:${a}`)));
    expect(uneven).toBeGreaterThan(middle!);
    expect(middle).toBeGreaterThan(even!);
    // The most frequent class has 145 of 1,000 samples.
    expect(even).toBeCloseTo(0.145, 1);
  });

  test("have the variance of the distribution", () => {
    // Var p = (1/K)(1 − 1/K) / (K A + 1): 0.015 for K = 10 and A = 0.5. 200 classes of 100 samples.
    const of = Array.from({ length: 200 }, (_, c) => new Array<number>(100).fill(c)).flat();
    const parts = split("dirichlet:0.5", { of, classes: 200 });
    const shares = parts.flatMap((own) => {
      const found = new Array<number>(200).fill(0);
      for (const i of own) found[of[i]!]! += 1 / 100;
      return found;
    });
    const variance = shares.reduce((sum, share) => sum + (share - 0.1) ** 2, 0) / shares.length;
    // 2,000 shares, to the nearest 0.01: the deviation of the estimate is about 6 %.
    expect(variance / 0.015).toBeGreaterThan(0.8);
    expect(variance / 0.015).toBeLessThan(1.2);
  });

  test("are drawn without underflow for the smallest concentration", () => {
    expect(split("dirichlet:0.01", { clients: 3 }).flat().length).toBe(1000);
  });
});

test.each([1, 3, 10])(
  "classes:%i gives each client so many classes, and each class about equally many clients",
  (own) => {
    const held = counts(split(`classes:${own}`)).map((of) => of.map((n) => n > 0));
    expect(held.map((of) => of.filter(Boolean).length)).toEqual(new Array(10).fill(own));
    for (let c = 0; c < 10; c++) expect(held.filter((of) => of[c]).length).toBe(own);
  },
);

test.each([
  "",
  "uniform",
  "dirichlet",
  "dirichlet:0",
  "dirichlet:-1",
  "dirichlet:1e9",
  "classes:0",
  "classes:1.5",
])("refuses the skew %o", (skew) => {
  expect(() => parseSkew(skew)).toThrow(`got ${JSON.stringify(skew)}`);
});

test.each<[string, () => unknown, string]>([
  [
    "too few samples",
    () => split("none", { clients: 600 }),
    "1000 training samples leave one of 600 clients with fewer than 2",
  ],
  [
    "too many classes a client",
    () => split("classes:11"),
    "--skew classes:11 does not divide 10 classes among 10 clients",
  ],
  [
    "classes that no client has",
    () => split("classes:2", { clients: 4 }),
    "--skew classes:2 does not divide 10 classes among 4 clients",
  ],
  ["a client without samples", () => split("dirichlet:0.01", { clients: 40 }), "leave one of 40 clients"],
])("refuses %s", (_, work, text) => {
  expect(work).toThrow(text);
});
