import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compared, expectedOf, type MeasuredRun } from "../../scripts/measure/adaptation-check.mjs";

const read = (file: string): string => readFileSync(new URL(`../../docs/${file}`, import.meta.url), "utf8");

test("the expected values of the adaptation table equal those of the measured runs", () => {
  const expected = expectedOf(read("adaptation.csv"));
  const runs = JSON.parse(read("adaptation-runs.json")) as MeasuredRun[];
  expect(expected.length).toBeGreaterThan(0);
  for (const row of compared(expected, runs)) {
    expect(row.runs, row.shift).toBe(row.seeds);
    expect(Math.abs(row.measured! - row.expected), `${row.shift} ${row.quantity}`).toBeLessThan(1e-4);
    expect(row.holds).toBe(true);
  }
});

test("a mean outside its tolerance fails, and so does a missing measurement", () => {
  const csv = (tolerance: string) =>
    expectedOf(`shift,method,seeds,quantity,expected,tolerance\na → b,dann,2,gain,0.1000,${tolerance}\n`);
  const runs = [
    { shift: "a → b", method: "dann", source_only: 0.5, accuracy: 0.68 },
    { shift: "a → b", method: "dann", source_only: 0.5, accuracy: 0.62 },
    { shift: "a → b", method: "kliep", source_only: 0.5, accuracy: 0.9 },
  ];
  // The mean gain is 0.15.
  expect(compared(csv("0.06"), runs)[0]).toMatchObject({ runs: 2, holds: true });
  expect(compared(csv("0.04"), runs)[0]!.holds).toBe(false);
  expect(compared(csv("0.04"), [])[0]).toMatchObject({ runs: 0, holds: undefined });
  expect(() => csv("none")).toThrow("line 2 is no expected value");
  expect(() => expectedOf("a,b\n")).toThrow('docs/adaptation.csv begins with "a,b"');
});
