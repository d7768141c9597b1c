// Words, pairs of words and sequences of characters, weighted and solved, against scikit-learn's TfidfVectorizer and LogisticRegression.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fitTfIdf, tfIdfOf, unitsOf } from "../../src/data/texts/tf-idf.js";
import { sparseRows } from "../../src/linalg/sparse-products.js";
import { logisticProblem } from "../../src/methods/probe/logistic-regression.js";
import { fitSparse, sparseScores } from "../../src/methods/probe/sparse-logistic.js";

interface Case {
  readonly train: string[];
  readonly labels: number[];
  readonly test: string[];
  readonly terms: string[];
  readonly rows: Readonly<Record<string, number>>[];
  readonly fits: { readonly strength: number; readonly probabilities: number[][] }[];
}
const golden = JSON.parse(readFileSync(new URL("../golden/tf-idf.json", import.meta.url), "utf8")) as Record<
  "english" | "chinese" | "english characters" | "chinese characters",
  Case
>;

test.each([
  ["english", "words"],
  ["chinese", "words"],
  ["english characters", "characters"],
  ["chinese characters", "characters"],
] as const)("%s: the terms, rows and probabilities of scikit-learn", (name, kind) => {
  const { train, labels, test: held, terms, rows, fits } = golden[name];
  const bag = fitTfIdf(train, 10_000, kind);
  expect([...bag.terms].sort()).toEqual([...terms].sort());
  const rowOf = tfIdfOf(bag, kind);
  for (const [i, expected] of rows.entries()) {
    const { columns, values } = rowOf(held[i]!);
    expect(Array.from(columns, (c) => bag.terms[c]!).sort()).toEqual(Object.keys(expected).sort());
    columns.forEach((c, k) => {
      // Rows are float32.
      expect(values[k]).toBeCloseTo(expected[bag.terms[c]!]!, 6);
    });
  }
  const classes = new Set(labels).size;
  const sparse = (texts: readonly string[]) => sparseRows(texts.map(rowOf), bag.terms.length);
  const problem = logisticProblem(sparse(train), Int32Array.from(labels), classes);
  for (const { strength, probabilities } of fits) {
    const scores = sparseScores(
      problem.solve({ strength, tolerance: 1e-8, maxIterations: 2000 }),
      sparse(held),
    );
    for (const [i, expected] of probabilities.entries()) {
      const e = Array.from(scores.subarray(i * classes, (i + 1) * classes), Math.exp);
      const sum = e.reduce((a, b) => a + b);
      // scikit-learn's solver stops at a gradient of 1e-9 of the sum.
      for (const [k, p] of expected.entries()) expect(e[k]! / sum).toBeCloseTo(p, 4);
    }
  }
});

test("words stay whole next to characters of scripts without spaces", () => {
  expect(unitsOf("iPhone很好用, it's 5G网络")).toEqual([
    "iphone",
    "很",
    "好",
    "用",
    "it's",
    "5g",
    "网",
    "络",
  ]);
});

test("the regularisation is chosen on validation: a fit to the training split alone is penalised", async () => {
  // Column 0 separates the classes; each of 40 others occurs in one text only.
  const row = (i: number, own?: number) => ({
    columns: Uint32Array.from(own === undefined ? [0] : [0, own]),
    values: Float32Array.from(own === undefined ? [i % 2 ? 0.5 : -0.5] : [i % 2 ? 0.5 : -0.5, 0.8]),
  });
  const labels = (n: number) => Int32Array.from({ length: n }, (_, i) => (i % 8 === 3 ? 0 : i % 2));
  const train = {
    rows: sparseRows(
      Array.from({ length: 40 }, (_, i) => row(i, i + 1)),
      41,
    ),
    labels: labels(40),
  };
  const held = {
    rows: sparseRows(
      Array.from({ length: 24 }, (_, i) => row(i)),
      41,
    ),
    labels: labels(24),
  };
  const fit = await fitSparse(train, held, 2);
  expect(fit.strength).toBeLessThan(1000);
  const scores = sparseScores(fit, held.rows);
  expect(scores[0]! > scores[1]!).toBe(true);
  expect(scores[3]! > scores[2]!).toBe(true);
});
