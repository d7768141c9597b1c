// The table of docs/guide/recipes.md from the measurements in docs/recipes.json.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const recipes = {
  frozen: "1. a frozen base with a new layer",
  hidden: "2. a frozen base with a hidden layer",
  gradual: "3. the top unfrozen later",
  all: "4. all weights at a small rate",
  layers: "5. layer by layer",
  shared: "6. source and target with shared layers",
  chinese: "7. an encoder for Chinese reviews",
  two: "8. two encoders side by side",
};

/** Returns a line for each recipe: the mean accuracies over its seeds, in percent. */
export function recipeLines(rows) {
  return Object.entries(recipes).map(([recipe, name]) => {
    const its = rows.filter((row) => row.recipe === recipe);
    const mean = (side) =>
      its.length === 0
        ? "not run"
        : ((100 * its.reduce((sum, row) => sum + row[side], 0)) / its.length).toFixed(1);
    return `| ${name} | ${mean("engraft")} | ${mean("pytorch")} | ${its.length} |`;
  });
}

/** Returns the measured rows. */
export function recipeRows(root) {
  const file = join(root, "docs/recipes.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
}

/** Writes the rows, and the lines of the table into the page. */
export function writeRecipes(root, rows) {
  const [file, page] = ["docs/recipes.json", "docs/guide/recipes.md"].map((name) => join(root, name));
  writeFileSync(file, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(",\n")}\n]\n`);
  const text = readFileSync(page, "utf8");
  writeFileSync(
    page,
    text.replace(
      /(\n\|---[^\n]*\n)(?:\| \d[^\n]*\n)*/,
      (_, head) => `${head}${recipeLines(rows).join("\n")}\n`,
    ),
  );
}
