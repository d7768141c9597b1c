// The section "Strategies compared" of docs/results.md, and docs/strategies-expected.csv, from the rows.
import { readFileSync, writeFileSync } from "node:fs";
import { compareStrategies } from "../../dist/evidence/index.js";
import { estimate } from "../../dist/statistics/index.js";
import { comparedLosses } from "./losses.mjs";
import { meanInterval } from "./statistics.mjs";

/** The strategy that the others are compared with. */
const baseline = "finetune";
const points = (share) => (100 * share).toFixed(1).replace("-", "−");
const signed = (share) => `${share < 0 ? "" : "+"}${points(share)}`;
const nats = (loss) => loss.toFixed(2).replace("-", "−");
const signedNats = (loss) => `${loss < 0 ? "" : "+"}${nats(loss)}`;
const mark = { better: " **better**", worse: " **worse**", same: " same", undecided: "" };

/** Compares the strategies for one base on one set. */
export function compareRows(rows) {
  const entries = [...new Set(rows.map((r) => r.strategy))].map((label) => ({ label, strategy: label }));
  const runs = rows.map((r) => ({
    ...r,
    label: r.strategy,
    test: r,
    scored: { metric: "accuracy", n: r.n, value: r.accuracy, shares: Float64Array.from(r.right, Number) },
    run: "",
    command: "",
    recipe: [],
    test_looks: 0,
  }));
  return compareStrategies({ entries, runs, failures: [], baseline, sameTest: true });
}

/** Lines of the section. */
export function strategiesSection(rows) {
  if (rows.length === 0) return [];
  const lines = [
    "## Strategies compared",
    "",
    "Every strategy with its defaults, on small draws of four image sets: test accuracy in %, and the difference to `finetune` in points.",
    "",
    "- The test split is the same for all draws, at most 300 pictures unless a table says otherwise.",
    "- **better**, **worse**: the interval, paired by draw and picture, leaves out 0, and p is below 0.05 after Holm's correction for all differences of the",
    "  table. *same*: the 90 % interval is within ± 1 point. Otherwise, and with fewer than 3 draws, nothing is shown.",
    "- The winner by validation is in bold.",
    "- Log loss is in nats, lower is better. Its interval is over the draws alone. It is high if a model is confident in wrong predictions.",
    "- Tables of 5 pictures a class ask what the strategies that stay near the base are worth with hardly any data; 5 more a class are for validation.",
    "- `l2-sp:alpha=10` was chosen on other draws (20 to 27) of CIFAR-10, with the same test split.",
    "- Seconds are without the features of the frozen backbone. Memory is the most of a training's own process.",
    "",
    "Command: `npm run results -- FOLDER --part strategies`; with `--check` it trains again and compares with",
    "[strategies-expected.csv](strategies-expected.csv). Rows: [strategies.json](strategies.json).",
    "",
  ];
  const tables = [...new Set(rows.map((r) => `${r.base} on ${r.set}`))];
  for (const title of tables) {
    const all = rows.filter((r) => `${r.base} on ${r.set}` === title);
    const of = all.filter((r) => r.refused === undefined);
    const [one] = of;
    if (!one) continue;
    const { rows: table, winner } = compareRows(of);
    const losses = comparedLosses(of, baseline);
    const counts = [...new Set(table.map((row) => row.seeds.length))];
    lines.push(
      `### ${titled(title)}`,
      "",
      `${one.train} pictures for training, ${one.validation.n} for validation, ${one.n} for test; ${counts.length === 1 ? counts[0] : `${Math.min(...counts)} to ${Math.max(...counts)}`} draw${counts.length === 1 && counts[0] === 1 ? ", so no interval" : "s"}.${winner ? ` ${winner.words}` : ""}`,
      "",
      "| strategy | test accuracy | to finetune | log loss | to finetune | validation | seconds | peak MB | file MB | trained parameters |",
      "|---|---|---|---|---|---|---|---|---|---|",
    );
    for (const row of table) {
      const name = row.label === winner?.label ? `**${row.label}**` : row.label;
      const { accuracy, to_baseline: to } = row;
      const interval95 = ofDraws(of.filter((r) => r.strategy === row.label));
      const plus = interval95 ? ` (${points(interval95[0])} to ${points(interval95[1])})` : "";
      const interval = to?.ci95 ? ` (${signed(to.ci95[0])} to ${signed(to.ci95[1])})${mark[to.finding]}` : "";
      const adapter = row.adapter_bytes === undefined ? "" : ` + ${(row.adapter_bytes / 1e6).toFixed(3)}`;
      lines.push(
        `| ${name} | ${points(accuracy.mean)}${plus} | ${to ? `${signed(to.gain)}${interval}` : "–"} | ${lossCells(losses.get(row.label))} | ${points(row.validation.accuracy)} | ${row.seconds.own.toFixed(1)} | ${Math.round(row.peak_rss_mb)} | ${(row.model_bytes / 1e6).toFixed(1)}${adapter} | ${row.trainable.parameters.toLocaleString("en-US")} |`,
      );
    }
    lines.push("");
    const reasons = new Map(all.filter((r) => r.refused).map((r) => [r.strategy, r.refused]));
    if (reasons.size > 0)
      lines.push(
        `Not possible here: ${[...reasons].map(([name, why]) => `${name} (${why})`).join("; ")}.`,
        "",
      );
  }
  return lines;
}

/** Interval of a strategy's accuracy; undefined for one draw. */
const ofDraws = (runs) =>
  runs.length > 1 ? estimate(runs.map(({ right }) => Array.from(right, Number))).interval : undefined;

/** Mean log loss, and its difference to the baseline. */
function lossCells({ mean, to, finding }) {
  if (!to) return `${nats(mean)} | –`;
  const interval = to.ci95 ? ` (${signedNats(to.ci95[0])} to ${signedNats(to.ci95[1])})` : "";
  return `${nats(mean)} | ${signedNats(to.mean)}${interval}${mark[finding] ?? ""}`;
}

/** "vision-mini on mnist_m-5": five images per class. */
const titled = (title) => title.replace(/-(\d+)$/, ", $1 pictures a class");

/**
 * Writes a line for each base, set and strategy: mean accuracy over the draws, and the tolerance for another machine.
 *
 * The same machine gives the same bits. Another one rounds differently and may choose another epoch: two standard
 * errors over the draws, and at least one test image in fifty.
 */
export function writeExpected(file, all) {
  const rows = all.filter((r) => r.refused === undefined);
  const lines = ["base,set,strategy,draws,test_pictures,accuracy,tolerance"];
  const keys = [...new Set(rows.map((r) => [r.base, r.set, r.strategy].join(",")))].sort();
  for (const key of keys) {
    const of = rows.filter((r) => [r.base, r.set, r.strategy].join(",") === key);
    const { mean, sd } = meanInterval(of.map((r) => r.accuracy));
    const tolerance = Math.max(0.02, 2 * ((sd ?? 0) / Math.sqrt(of.length)));
    lines.push([key, of.length, of[0].n, mean.toFixed(4), tolerance.toFixed(4)].join(","));
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** Describes the `rows` that are outside their tolerance; [] if none is. @throws if nothing can be compared */
export function unexpected(file, rows) {
  const [, ...lines] = readFileSync(file, "utf8").trim().split("\n");
  const wrong = [];
  let held = 0;
  for (const line of lines) {
    const [base, set, strategy, draws, , accuracy, tolerance] = line.split(",");
    const of = rows.filter(
      (r) => r.base === base && r.set === set && r.strategy === strategy && r.refused === undefined,
    );
    if (of.length === 0) continue;
    held++;
    const mean = of.reduce((sum, r) => sum + r.accuracy, 0) / of.length;
    // Fewer draws than expected vary more.
    const allowed = Number(tolerance) * Math.sqrt(Math.max(1, Number(draws) / of.length));
    if (Math.abs(mean - Number(accuracy)) > allowed)
      wrong.push(
        `${base} on ${set}, ${strategy}: ${mean.toFixed(4)}, expected ${accuracy} ± ${allowed.toFixed(4)}`,
      );
  }
  if (held === 0) throw new Error(`nothing that was measured is in ${file}`);
  return wrong;
}
