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
    repeats: { type: "number", default: 8000, about: "most repeats of a row" },
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
  const outside = measured.filter((row) => standing(row) !== "holds");
  if (measured.length === rows.length)
    writeFileSync(fileURLToPath(new URL("../docs/verdict.md", import.meta.url)), page(measured));
  else
    console.error(`${rows.length - measured.length} of ${rows.length} rows are not measured: run it again`);
  if (outside.length > 0) {
    console.error(
      `not shown to be within what is promised:\n${outside.map((row) => lineOf(row, row)).join("\n")}`,
    );
    process.exitCode = 1;
  }
}

const keyOf = ({ what, n, seeds }) => `${what}, ${n} × ${seeds}`;

/** Numbers of repeats after which a row may end. With that of its last second, each row is looked at five times at most. */
const looks = new Set([500, 1000, 2000, 4000]);

/**
 * Goes on with a row: `tried` trials were drawn, and `trials` of them count. A hit is true or false, or the share of new samples that are
 * held. The row ends early once it holds, or fails.
 */
function countHits(row, { hits, squares, trials, tried, seconds } = none, { repeats, seconds: most }) {
  const before = seconds;
  const start = process.cpuUsage();
  const isDecided = () => standing({ ...row, hits, squares, trials }) !== "open";
  while (trials < repeats && (tried === 0 || seconds < most) && tried < 20 * repeats) {
    if (looks.has(trials) && isDecided()) break;
    const hit = row.run(draws(1, "coverage", row.what, row.n, row.seeds, tried), tried);
    tried++;
    if (hit !== undefined) {
      trials++;
      hits += Number(hit);
      squares += Number(hit) ** 2;
    }
    const { user, system } = process.cpuUsage(start);
    seconds = before + (user + system) / 1e6;
  }
  return { hits, squares, trials, tried, seconds };
}
const none = { hits: 0, squares: 0, trials: 0, tried: 0, seconds: 0 };

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

/**
 * The 99 % interval of a rate. Shares of new samples scatter less than true and false, by the ratio of the variances, so they count as more.
 */
function intervalOf({ hits, squares, trials }) {
  const rate = hits / trials;
  const variance = squares / trials - rate ** 2;
  const worth = variance > 0 ? Math.max(1, (rate * (1 - rate)) / variance) * trials : trials;
  return wilsonInterval(rate * worth, worth, z99);
}

/**
 * A row holds if the 99 % interval of its rate lies inside of what is promised, and fails if it lies outside. At five looks of 99 % each, a
 * row that does not keep its promise holds in at most 5 % of cases.
 */
function standing({ promised: [low, high], ...counts }) {
  if (counts.trials === 0) return "open";
  const [from, to] = intervalOf(counts);
  if (from >= low - 1e-9 && to <= high + 1e-9) return "holds";
  return to < low || from > high ? "fails" : "open";
}

const standings = { holds: "", fails: ": fails", open: ": not shown" };

/** Returns the page: one table row per claim, with the rates by samples and seeds. */
function page(measured) {
  const claims = [...new Set(measured.map(({ what }) => what))];
  const rateWords = (row) => {
    const [from, to] = intervalOf(row);
    const ends = `${(100 * from).toFixed(1)} to ${(100 * to).toFixed(1)}`;
    const text = `${percent(rateOf(row))} (${ends}; ${row.n} × ${row.seeds}, ${row.trials})`;
    const how = standing(row);
    return how === "holds" ? text : `**${text}${standings[how]}**`;
  };
  const lines = claims.map((what) => {
    const own = measured.filter((row) => row.what === what);
    return `| ${what} | ${own[0].kind === "coverage" ? "covers" : "is false"} | ${promisedWords(own[0])} | ${own.map(rateWords).join(", ")} |`;
  });
  const count = (how) => measured.filter((row) => standing(row) === how).length;
  const { accuracy, macro_f1, map, miou, word_error } = intervalRules;
  return `# Are intervals and verdicts right?

Written by \`npm run bench -- coverage\`: made answers whose truth is known, judged by the functions that the program calls.

**A rate holds if its whole interval is inside of what is promised.** The 99 % interval of a rate is compared with its promise after 500, 1,000, 2,000, 4,000
and 8,000 repeats. A row whose time ends is compared then. The row ends as soon as the interval is inside or outside. So a rate that is
outside of its promise is passed in at most 5 % of cases. A rate whose interval still has an end outside is *not shown*.
Of ${measured.length} rates ${count("holds")} hold, ${count("fails")} fail, and ${count("open")} ${count("open") === 1 ? "is" : "are"} not shown.

- *Covers*: how often the interval holds the true value. 95 % intervals should cover 92 to 98 %, those of few samples or of groups that differ much what
  is stated. "At least": the interval is wide by intention, because few seeds, groups or choices among models leave more open. Of prediction
  sets and intervals: the share of new samples that they hold, on average over validation splits.
- *Is false*: how often a difference is called better or worse although both sides are the same, or a promise is broken.
- Epochs resemble their neighbours as stated. Of the best of several epochs, the same samples chose it and calibrate it.

With fewer than 3 seeds or 20 samples no verdict is given, so it is never false. Smallest test sets with an interval: macro F1 from
${macro_f1.ofClass} samples of each class, mIoU from ${miou.samples} pictures or ${miou.groups} groups, mAP from ${map.samples} pictures or ${map.groups} groups, word error rate from
${word_error.samples} clips or ${word_error.groups} speakers, all others from ${accuracy.groups} groups.

| claim | it | promised | measured (99 % interval; samples × seeds, repeats) |
|---|---|---|---|
${lines.join("\n")}
`;
}
