import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";

interface Row {
  readonly base: string;
  readonly set: string;
  readonly train: number;
  readonly n: number;
  readonly finetune: number;
  readonly scores: Readonly<Record<string, number>>;
}
interface Page {
  weightedTau(scores: readonly number[], truth: readonly number[]): number;
  chosenOnOthers(sets: readonly (readonly Row[])[], names: readonly string[]): readonly (readonly string[])[];
  rankingLines(root: string): readonly string[];
}
let { weightedTau, chosenOnOthers, rankingLines } = {} as Page;
beforeAll(async () => {
  const page = new URL("../../scripts/measure/ranking-page.mjs", import.meta.url);
  ({ weightedTau, chosenOnOthers, rankingLines } = (await import(page.href)) as Page);
});

/** Rows of a set: accuracies of its bases, and scores that order them rightly (1) or in reverse (−1). */
const rowsOf = (set: string, right: Readonly<Record<string, 1 | -1>>): Row[] =>
  [0.5, 0.6, 0.7, 0.8].map((finetune, i) => ({
    ...{ base: `base-${i}`, set, train: 100, n: 200, finetune },
    scores: Object.fromEntries(Object.entries(right).map(([name, sign]) => [name, sign * finetune])),
  }));

test("weighted tau is SciPy's, with and without ties", () => {
  const golden = readFileSync(new URL("../golden/weighted-tau.json", import.meta.url), "utf8");
  const { cases } = JSON.parse(golden) as { cases: { x: number[]; y: number[]; tau: number }[] };
  expect(cases.length).toBe(9);
  for (const { x, y, tau } of cases) expect(weightedTau(x, y)).toBeCloseTo(tau, 10);
});

test("the set that judges a score takes no part in choosing it", () => {
  const sets = [
    rowsOf("one", { probe: 1, knn: -1 }),
    rowsOf("two", { probe: 1, knn: -1 }),
    rowsOf("three", { probe: -1, knn: 1 }),
  ];
  expect(chosenOnOthers(sets, ["probe", "knn"])).toEqual([["probe"], ["probe"], ["probe"]]);
  // Without the first set, one set is for each score, and the first score stays; without the second, knn leads.
  const other = [rowsOf("one", { probe: 1, knn: -1 }), ...sets.slice(2), ...sets.slice(2)];
  expect(chosenOnOthers(other, ["probe", "knn"])[0]).toEqual(["knn"]);
});

test("bases that no one would take judge no score", () => {
  const root = mkdtempSync(join(tmpdir(), "engraft-ranking-"));
  mkdirSync(join(root, "docs"));
  const write = (sham: boolean) => {
    const sets = ["one", "two", "three"].flatMap((set) => [
      ...rowsOf(set, { probe: 1, knn: 1 }).slice(0, 3),
      { ...rowsOf(set, { probe: 1, knn: 1 })[3]!, base: "random", ...(sham && { finetune: 0.1 }) },
    ]);
    writeFileSync(join(root, "docs/ranking.json"), JSON.stringify(sets));
    return rankingLines(root).filter((line) => line.startsWith("| probe "));
  };
  const [without, withSham] = [write(false), write(true)];
  rmSync(root, { recursive: true, force: true });
  // Right order of the real bases; the sham base has the highest score and the lowest accuracy.
  expect(withSham[0]).toBe(without[0]);
  expect(withSham[0]).toMatch(/ \| 1\.00 .*\| 0\.0 \| 0\.0 \|$/);
});
