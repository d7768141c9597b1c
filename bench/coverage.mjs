// Do intervals cover as often as they say, and are decisions as seldom false as they say? Made answers whose truth is known,
// judged by the functions that the program calls. docs/verdict.md has the table.
//
// Training k of a method has accuracy p + N(0, sd²); sample i is right when Φ⁻¹(p_k) + 0.8 u_i + 0.6 e_ki > 0 with u, e ~ N(0, 1), so
// that the accuracy is exactly p_k and the same samples are hard for all methods.
import { draws } from "../dist/core/random.js";
import { rows } from "./coverage-rows.mjs";
import { readOptions } from "./measure.mjs";

const table = {
  repeats: { type: "number", default: 1000, about: "repeats of a row; a quarter of it above 1,000 samples" },
  only: { type: "string", about: "rows whose name contains this" },
};

export async function main(args) {
  const options = readOptions(args, "coverage", table);
  const outside = [];
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
    if (!within(row, rate, repeats)) outside.push(`${what}, ${n} samples, ${seeds} seeds: ${percent(rate)}`);
  }
  if (outside.length > 0) {
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

/** A rate of few repeats may miss by chance: three standard errors are allowed for. */
function within({ promised: [low, high] }, rate, repeats) {
  const error = (bound) => 3 * Math.sqrt((bound * (1 - bound)) / repeats);
  return rate >= low - error(low) && rate <= high + error(high);
}
