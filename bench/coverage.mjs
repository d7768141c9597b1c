// Do intervals cover as often as stated, and are decisions wrong as rarely as stated? Simulated predictions with known
// truth, scored by the functions that the program uses. docs/verdict.md has the table.
//
// Training k of a method has accuracy p + N(0, sd²). Sample i is right if Φ⁻¹(p_k) + 0.8 u_i + 0.6 e_ki > 0 with u, e ~
// N(0, 1), so that the accuracy is exactly p_k and the same samples are hard for all methods.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { draws } from "../dist/core/random.js";
import { rows } from "./coverage-rows.mjs";

export const bench = {
  about: "docs/verdict.md anew: how often intervals cover and decisions are false, on made answers",
  needs: [],
  options: {
    repeats: { type: "number", default: 400, about: "repeats of a row; a quarter of it above 1,000 samples" },
    only: { type: "string", about: "rows whose name contains this" },
  },
  smallest: { repeats: 1 },
};

export async function main(options) {
  const [outside, measured] = [[], []];
  if (!options.json) console.log(header);
  for (const row of rows) {
    if (options.only && !row.what.includes(options.only)) continue;
    const repeats = Math.ceil(options.repeats / (row.n > 1000 ? 4 : 1));
    let hits = 0;
    for (let r = 0; r < repeats; r++)
      if (row.run(draws(1, "coverage", row.what, row.n, row.seeds, r), r)) hits++;
    const rate = hits / repeats;
    const { what, kind, n, seeds } = row;
    if (options.json) console.log(JSON.stringify({ what, kind, n, seeds, rate, repeats }));
    else console.log(lineOf(row, rate, repeats));
    measured.push({ ...row, rate, repeats });
    if (!within(row, rate, repeats)) outside.push(`${what}, ${n} samples, ${seeds} seeds: ${percent(rate)}`);
  }
  if (!options.smallest && !options.only && options.repeats >= fewest)
    writeFileSync(
      fileURLToPath(new URL("../docs/verdict.md", import.meta.url)),
      page(measured, options.repeats),
    );
  // One repeat is outside by chance.
  if (outside.length > 0 && !options.smallest) {
    console.error(`outside of what is promised:\n${outside.join("\n")}`);
    process.exitCode = 1;
  }
}

const percent = (rate) => `${(100 * rate).toFixed(1)} %`;
const header = "kind         promised    measured  what";

function lineOf({ what, kind, n, seeds, promised }, rate, repeats) {
  const [low, high] = promised;
  const range = kind === "coverage" ? `${percent(low)} to ${percent(high)}` : `at most ${percent(high)}`;
  return `${kind.padEnd(12)} ${range.padEnd(18)} ${percent(rate).padStart(7)}  ${what}, ${n} samples, ${seeds} seed${seeds === 1 ? "" : "s"} (${repeats} repeats)`;
}

/** A rate from few repeats may miss by chance: three standard errors are allowed. */
function within({ promised: [low, high] }, rate, repeats) {
  const error = (bound) => 3 * Math.sqrt((bound * (1 - bound)) / repeats);
  return rate >= low - error(low) && rate <= high + error(high);
}

/** Fewest repeats with which docs/verdict.md is written. */
const fewest = 200;

/** Returns the page: one table row per claim, with the rates by samples and seeds. */
function page(measured, repeats) {
  const claims = [...new Set(measured.map(({ what }) => what))];
  const lines = claims.map((what) => {
    const rows = measured.filter((row) => row.what === what);
    const { kind, promised } = rows[0];
    const range =
      kind === "coverage"
        ? `${percent(promised[0])} to ${percent(promised[1])}`
        : `at most ${percent(promised[1])}`;
    const rates = rows.map(({ n, seeds, rate }) => `${percent(rate)} (${n} × ${seeds})`);
    return `| ${what} | ${kind === "coverage" ? "covers" : "is false"} | ${range} | ${rates.join(", ")} |`;
  });
  return `# Are intervals and verdicts right?

Written by \`npm run bench -- coverage\`: made answers whose truth is known, judged by the functions that the program calls.
${repeats} repeats of each row, a quarter of that with 2,000 samples: a rate of 5 % is then known to ± ${(200 * Math.sqrt(0.0475 / repeats)).toFixed(1)} points, or twice that.

- *Covers*: how often the interval holds the true value. 95 % intervals should cover 93 to 97 %.
- *Is false*: how often a difference is called better or worse although both sides are the same. At most 6 %.

With fewer than 3 seeds or 20 samples no verdict is given, so it is never false. With few seeds or samples, intervals are wider than
they need to be: rates below the range are allowed there.

| claim | it | promised | measured (samples × seeds) |
|---|---|---|---|
${lines.join("\n")}
`;
}
