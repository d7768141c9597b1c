import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { strategies } from "../../src/methods/registry.js";

const folder = mkdtempSync(join(tmpdir(), "engraft-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Page {
  strategiesSection(rows: readonly object[]): string[];
  writeExpected(file: string, rows: readonly object[]): void;
  unexpected(file: string, rows: readonly object[]): string[];
}
let page: Page;
beforeAll(async () => {
  page = (await import(new URL("../../scripts/measure/strategies-page.mjs", import.meta.url).href)) as Page;
});

/** A row with `right` of 100 test pictures. */
const row = (strategy: string, seed: number, right: number) => ({
  base: "b",
  set: "s",
  seed,
  strategy,
  train: 40,
  n: 100,
  accuracy: right / 100,
  macro_f1: right / 100,
  loss: 1,
  validation: { n: 20, accuracy: right / 100, loss: 1 },
  seconds: { total: 3, features: 1, training: 1 },
  peak_rss_mb: 300,
  model_bytes: 6_400_000,
  trainable: { parameters: 10, total: 100 },
  epochs: 3,
  best_epoch: 2,
  right: "1".repeat(right) + "0".repeat(100 - right),
});
const refused = { base: "b", set: "s", seed: 0, strategy: "lwf", refused: "the base has no classifier" };
const rows = [
  row("finetune", 0, 80),
  row("finetune", 1, 84),
  row("probe", 0, 70),
  row("probe", 1, 74),
  refused,
];

test("a table a base and set: accuracy with its interval, the difference to finetune, what cannot be", () => {
  const text = page.strategiesSection(rows).join("\n");
  expect(text).toContain("### b on s");
  // t(0.975, 1) = 12.706 and t(0.975, 99) = 1.9842 (tables). MS_draws = 100 (0.02² + 0.02²) = 0.08.
  // finetune: MS_pictures = 2 · 13.76 / 99 = 0.27798, MS_both = 1.92 / 99 = 0.01939:
  // half² = 12.706² · 0.08 / 200 + 1.9842² (0.27798 − 0.01939) / 200 = 0.26395²; probe: 0.26798² with 2 · 19.16 / 99.
  expect(text).toMatch(/\| \*\*finetune\*\* \| 82\.0 \(55\.6 to 100\.0\) \| – \|/);
  expect(text).toMatch(/\| probe \| 72\.0 \(45\.2 to 98\.8\) \| −10\.0 \(/);
  expect(text).toContain("Not possible here: lwf (the base has no classifier).");
});

test("log losses are paired by draw, and called better only after Holm's correction", () => {
  const lossy = (strategy: string, losses: readonly number[]) =>
    losses.map((loss, seed) => ({ ...row(strategy, seed, 80), loss }));
  const text = page
    .strategiesSection([
      ...lossy("finetune", [1, 1.1, 1.2]),
      // Differences −0.1, −0.2, −0.3: s = 0.1, t(0.975, 2) = 4.303 (table): ± 0.248.
      ...lossy("delta", [0.9, 0.9, 0.9]),
      // −0.30, −0.31, −0.32: s = 0.01, t = −53.7; with 2 degrees of freedom p = 1 − |t| / √(t² + 2) = 0.0003.
      ...lossy("l2-sp", [0.7, 0.79, 0.88]),
      // The same: it kept what the other did.
      ...lossy("bss", [1, 1.1, 1.2]),
    ])
    .join("\n");
  expect(text).toMatch(/\| delta \|.*\| 0\.90 \| −0\.20 \(−0\.45 to \+0\.05\) \|/);
  expect(text).toMatch(/\| l2-sp \|.*\| 0\.79 \| −0\.31 \(−0\.33 to −0\.29\) \*\*better\*\* \|/);
  expect(text).toMatch(/\| bss \|.*\| 1\.10 \| \+0\.00 \(\+0\.00 to \+0\.00\) \|/);
  expect(text).toMatch(/\| \*?\*?finetune\*?\*? \|.*\| 1\.10 \| – \|/);
});

test("expected values hold the same rows, and name what lies outside", () => {
  const file = join(folder, "expected.csv");
  page.writeExpected(file, rows);
  // Two standard errors: 2 · √8 / √2 points
  expect(readFileSync(file, "utf8")).toBe(
    "base,set,strategy,draws,test_pictures,accuracy,tolerance\nb,s,finetune,2,100,0.8200,0.0400\nb,s,probe,2,100,0.7200,0.0400\n",
  );
  expect(page.unexpected(file, rows)).toEqual([]);
  const worse = [row("finetune", 0, 70), row("finetune", 1, 74), row("probe", 0, 70), row("probe", 1, 74)];
  expect(page.unexpected(file, worse)).toEqual(["b on s, finetune: 0.7200, expected 0.8200 ± 0.0400"]);
  expect(() => page.unexpected(file, [{ ...row("probe", 0, 70), base: "other" }])).toThrow(
    "nothing that was measured is in",
  );
});

test("what is published was measured with strategies that there are", () => {
  const path = (name: string) => new URL(`../../docs/${name}`, import.meta.url);
  const published = JSON.parse(readFileSync(path("strategies.json"), "utf8")) as { strategy: string }[];
  // Some with an option, as `engraft compare` takes them: l2-sp:alpha=10.
  for (const { strategy } of published) expect(Object.keys(strategies)).toContain(strategy.split(":")[0]);
  const again = join(folder, "again.csv");
  writeFileSync(again, "");
  page.writeExpected(again, published);
  expect(readFileSync(again, "utf8")).toBe(readFileSync(path("strategies-expected.csv"), "utf8"));
});
