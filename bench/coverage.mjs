// Do intervals cover as often as stated, and are decisions wrong as rarely as stated? Simulated predictions with known
// truth, scored by the functions that the program uses. docs/verdict.md has the table.
//
// Training k of a method has accuracy p + N(0, sd²). Sample i is right if Φ⁻¹(p_k) + 0.8 u_i + 0.6 e_ki > 0 with u, e ~
// N(0, 1), so that the accuracy is exactly p_k and the same samples are hard for all methods.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { draws } from "../dist/core/random.js";
import { intervalRules } from "../dist/evaluate/interval-rules.js";
import { wilsonInterval } from "../dist/statistics/index.js";
import { rows } from "./coverage-rows.mjs";
import { inKeptFolder } from "./kept-folder.mjs";

export const bench = {
  about: "docs/verdict.md anew: how often intervals cover and decisions are false, on made answers",
  needs: [],
  options: {
    repeats: { type: "number", default: 2000, about: "most repeats of a row" },
    seconds: { type: "number", default: 12, about: "processor seconds after which a row ends" },
    only: { type: "string", about: "rows whose name contains this, kept for the page" },
    limit: { type: "number", default: 60, about: "minutes; the next call does the other rows" },
  },
  smallest: { repeats: 1 },
};

export async function main(options) {
  await inKeptFolder("coverage", options, (folder) => measure(folder, options));
}

/** Counts hits row by row, goes on with kept counts, and writes the page once all rows have some. */
function measure(folder, options) {
  const kept = readKept(join(folder, "counts.json"));
  const begin = performance.now();
  if (!options.json) console.log(header);
  for (const row of rows) {
    if (options.only && !row.what.includes(options.only)) continue;
    if (performance.now() - begin > 60_000 * options.limit) break;
    const counts = countHits(row, kept.counts.get(keyOf(row)), options);
    kept.counts.set(keyOf(row), counts);
    kept.save();
    const { what, kind, n, seeds } = row;
    if (options.json) console.log(JSON.stringify({ what, kind, n, seeds, ...counts, rate: rateOf(counts) }));
    else console.log(lineOf(row, counts));
  }
  if (options.smallest) return;
  const measured = rows.flatMap((row) => {
    const counts = kept.counts.get(keyOf(row));
    return counts && counts.trials > 0 ? [{ ...row, ...counts }] : [];
  });
  const outside = measured.filter((row) => !holds(row));
  if (measured.length === rows.length)
    writeFileSync(fileURLToPath(new URL("../docs/verdict.md", import.meta.url)), page(measured));
  else
    console.error(`${rows.length - measured.length} of ${rows.length} rows are not measured: run it again`);
  if (outside.length > 0) {
    console.error(`outside of what is promised:\n${outside.map((row) => lineOf(row, row)).join("\n")}`);
    process.exitCode = 1;
  }
}

const keyOf = ({ what, n, seeds }) => `${what}, ${n} × ${seeds}`;

/** Goes on with a row: `tried` trials were drawn, and `trials` of them count. */
function countHits(row, { hits, trials, tried, seconds } = none, { repeats, seconds: most }) {
  const before = seconds;
  const start = process.cpuUsage();
  while (trials < repeats && (tried === 0 || seconds < most) && tried < 20 * repeats) {
    const hit = row.run(draws(1, "coverage", row.what, row.n, row.seeds, tried), tried);
    tried++;
    if (hit !== undefined) {
      trials++;
      if (hit) hits++;
    }
    const { user, system } = process.cpuUsage(start);
    seconds = before + (user + system) / 1e6;
  }
  return { hits, trials, tried, seconds };
}
const none = { hits: 0, trials: 0, tried: 0, seconds: 0 };

/** Returns the counts of earlier calls, if they are of the same code. */
function readKept(path) {
  const code = fingerprint();
  const earlier = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const counts = new Map(earlier.code === code ? earlier.counts : []);
  return { counts, save: () => writeFileSync(path, JSON.stringify({ code, counts: [...counts] })) };
}

/** Returns a hash of the code that is simulated, and of this benchmark. */
function fingerprint() {
  const hash = createHash("sha256");
  const at = (path) => fileURLToPath(new URL(path, import.meta.url));
  const files = ["statistics", "evaluate", "evidence", "run/baselines", "tasks/classes"].flatMap((folder) =>
    readdirSync(at(`../dist/${folder}`), { recursive: true })
      .filter((file) => file.endsWith(".js"))
      .map((file) => at(`../dist/${folder}/${file}`)),
  );
  const own = readdirSync(at(".")).filter((file) => file.startsWith("coverage-"));
  for (const file of [...files.sort(), ...own.sort().map((file) => at(file))])
    hash.update(readFileSync(file));
  return hash.digest("hex");
}

const rateOf = ({ hits, trials }) => hits / trials;
const percent = (rate) => `${(100 * rate).toFixed(1)} %`;
const header = "kind         promised           measured  what";

const promisedWords = ({ kind, promised: [low, high] }) =>
  kind === "false-alarm"
    ? `at most ${percent(high)}`
    : high === 1
      ? `at least ${percent(low)}`
      : `${percent(low)} to ${percent(high)}`;

function lineOf(row, counts) {
  const { what, kind, n, seeds } = row;
  const rate = counts.trials === 0 ? "–" : percent(rateOf(counts));
  return `${kind.padEnd(12)} ${promisedWords(row).padEnd(18)} ${rate.padStart(8)}  ${what}, ${n} samples, ${seeds} seed${seeds === 1 ? "" : "s"} (${counts.trials} repeats)`;
}

/** The quantile of a 99 % interval: 1 − Φ(2.5758) = 0.005. */
const z99 = 2.5758293035489;

/** A row fails if the 99 % interval of its rate lies outside of what is promised. */
function holds({ promised: [low, high], hits, trials }) {
  const [from, to] = wilsonInterval(hits, trials, z99);
  return to >= low && from <= high;
}

/** Returns the page: one table row per claim, with the rates by samples and seeds. */
function page(measured) {
  const claims = [...new Set(measured.map(({ what }) => what))];
  const most = Math.max(...measured.map(({ trials }) => trials));
  const rateWords = (row) => {
    const fewer = row.trials < most ? `, ${row.trials} repeats` : "";
    const text = `${percent(rateOf(row))} (${row.n} × ${row.seeds}${fewer})`;
    return holds(row) ? text : `**${text}: fails**`;
  };
  const lines = claims.map((what) => {
    const own = measured.filter((row) => row.what === what);
    return `| ${what} | ${own[0].kind === "coverage" ? "covers" : "is false"} | ${promisedWords(own[0])} | ${own.map(rateWords).join(", ")} |`;
  });
  const failed = measured.filter((row) => !holds(row)).length;
  const { accuracy, macro_f1, map, miou, word_error } = intervalRules;
  return `# Are intervals and verdicts right?

Written by \`npm run bench -- coverage\`: made answers whose truth is known, judged by the functions that the program calls.
${most.toLocaleString("en")} repeats of each row, fewer if a number of repeats follows the rate. A rate of 5 % is known to ± ${(100 * z99 * Math.sqrt(0.0475 / most)).toFixed(1)} points with ${most.toLocaleString("en")} repeats,
and to ± ${(100 * z99 * Math.sqrt(0.0475 / 200)).toFixed(1)} points with 200 (99 % interval). A row fails if the 99 % interval of its rate lies outside of what is promised: ${failed === 0 ? "none does" : `${failed} of ${measured.length} do`}.

- *Covers*: how often the interval holds the true value. 95 % intervals should cover 93 to 97 %. "At least": the interval is wide by
  intention, because few seeds, groups or choices among models leave more open.
- *Is false*: how often a difference is called better or worse although both sides are the same, or a promise is broken. At most 6 %, or
  as stated.

With fewer than 3 seeds or 20 samples no verdict is given, so it is never false. Smallest test sets with an interval: macro F1 from
${macro_f1.ofClass} samples of each class, mIoU from ${miou.samples} pictures or ${miou.groups} groups, mAP from ${map.samples} pictures or ${map.groups} groups, word error rate from
${word_error.samples} clips or ${word_error.groups} speakers, all others from ${accuracy.groups} groups.

| claim | it | promised | measured (samples × seeds) |
|---|---|---|---|
${lines.join("\n")}
`;
}
