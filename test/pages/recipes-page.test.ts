import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
interface Row {
  readonly recipe: string;
  readonly seed: number;
  readonly engraft: number;
  readonly pytorch: number;
}
interface Page {
  recipeLines(rows: readonly Row[]): readonly string[];
  recipeRows(root: string): readonly Row[];
}
const page = async () =>
  (await import(new URL("../../scripts/measure/recipes-page.mjs", import.meta.url).href)) as Page;

test("a line has the means over the seeds, and says what was not run", async () => {
  const row = (seed: number, engraft: number, pytorch: number): Row => ({
    ...{ recipe: "frozen", seed, engraft, pytorch },
  });
  const lines = (await page()).recipeLines([row(0, 0.5, 0.75), row(1, 0.75, 0.75)]);
  expect(lines[0]).toBe("| 1. a frozen base with a new layer | 62.5 | 75.0 | 2 |");
  expect(lines[1]).toBe("| 2. a frozen base with a hidden layer | not run | not run | 0 |");
});

test("the table of the recipes is that of the measurements", async () => {
  const { recipeLines, recipeRows } = await page();
  const text = readFileSync(`${root}/docs/guide/recipes.md`, "utf8");
  expect(text.match(/^\| \d.*$/gm)).toEqual(recipeLines(recipeRows(root)));
});
