// Writes the adaptation table: a section of docs/results.md, and the CSV of expected values.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { holm } from "../../dist/statistics/index.js";
import { meanInterval, pOfMean } from "./statistics.mjs";

/** Epochs of a training in the table of every method on small data. */
export const epochs = 10;

const percent = (x) => `${(100 * x).toFixed(1)} %`;
const points = (x) => `${x < 0 ? "" : "+"}${(100 * x).toFixed(1)}`;
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
/** Only the mean if there is one seed. */
const interval = (values, show) => {
  if (values.length < 2) return show(values[0]);
  const { mean, ci95 } = meanInterval(values);
  return `${show(mean)} (${show(ci95[0])} to ${show(ci95[1])})`;
};

/** Returns each shift and method with its runs, in the order of measurement. */
function groups(rows) {
  const byKey = new Map();
  for (const row of rows) {
    const key = `${row.shift}|${row.method}`;
    byKey.set(key, [...(byKey.get(key) ?? []), row]);
  }
  return [...byKey.values()].sort((a, b) => a[0].shift.localeCompare(b[0].shift));
}

/** Corrected p of each gain, by the first of its runs. */
function correctedOf(all) {
  const several = all.filter((runs) => runs.length > 1);
  const gain = (runs) => meanInterval(runs.map((r) => r.accuracy - r.source_only));
  const p = holm(several.map((runs) => pOfMean(gain(runs), runs.length)));
  const told = (x) => (x < 0.001 ? "< 0.001" : x.toFixed(3));
  return new Map(several.map(([first], i) => [first, p[i] < 0.05 ? `**${told(p[i])}**` : told(p[i])]));
}

/** Returns the section of docs/results.md; [] without measurements. */
export function adaptationLines(root) {
  const file = join(root, "docs/adaptation-runs.json");
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  if (rows.length === 0) return [];
  const lines = [
    "## Domain adaptation",
    "",
    "Labelled source, unlabelled target, defaults of `engraft adapt`. Accuracy on the target's test split, with intervals over the seeds (t); the gain is",
    "paired by seed. p is of the gain, after Holm's correction for all rows with an interval; in bold below 0.05. Epoch and trade-off are chosen without target",
    "labels. The oracle chose with them and is no result.",
    "",
    "- Digits: `--base lenet` (28 × 28, random weights), class-balanced parts of MNIST (10,000) and MNIST-M (5,000), and all of USPS.",
    "- Reviews: bags of words; 1,000 for training and validation, 1,000 for test in each domain.",
    ...(rows.some(({ method }) => method === "dann") ? [] : ["- `dann` has not been measured at this size."]),
    "",
    "Command: `npm run results -- FOLDER --part adaptation`; with `--check` it trains again (hours) and compares with [adaptation.csv](adaptation.csv);",
    "`--only kitchen/books/deep-coral --seeds 1` does a part. Rows: [adaptation-runs.json](adaptation-runs.json).",
    "",
    ...(groups(rows).some((runs) => runs.length < 5)
      ? ["Rows with fewer than five seeds are not finished: their intervals are wide, or missing.", ""]
      : []),
    "| shift | method | seeds | source-only | with the method | gain, points | p, corrected | oracle | A-distance before, after |",
    "|---|---|---|---|---|---|---|---|---|",
  ];
  const corrected = correctedOf(groups(rows));
  for (const runs of groups(rows))
    lines.push(
      `| ${runs[0].shift} | ${runs[0].method} | ${runs.length} | ${percent(mean(runs.map((r) => r.source_only)))} | ${interval(
        runs.map((r) => r.accuracy),
        percent,
      )} | ${interval(
        runs.map((r) => r.accuracy - r.source_only),
        points,
      )} | ${corrected.get(runs[0]) ?? "–"} | ${percent(mean(runs.map((r) => r.oracle)))} | ${mean(runs.map((r) => r.a_distance[0])).toFixed(2)}, ${mean(runs.map((r) => r.a_distance[1])).toFixed(2)} |`,
    );
  const deviations = groups(rows)
    .filter((runs) => runs.length > 1)
    .map((runs) => meanInterval(runs.map((r) => r.accuracy - r.source_only)).sd)
    .sort((a, b) => a - b);
  const half = deviations.length / 2;
  const median = (deviations[Math.ceil(half) - 1] + deviations[Math.floor(half)]) / 2;
  return [
    ...lines,
    "",
    `Standard deviation of a gain over seeds, ${deviations.length} rows: median ${(100 * median).toFixed(1)} points, at most ${(100 * deviations.at(-1)).toFixed(1)}.`,
    "",
    ...methodLines(root),
  ];
}

/** Mean and range of shares: "84.2 % (82.1 to 86.0)". */
function range(values, show = percent) {
  const plain = (x) => show(x).replace(" %", "");
  return `${show(mean(values))} (${plain(Math.min(...values))} to ${plain(Math.max(...values))})`;
}

/** Returns the table of every method on small parts; [] without measurements. */
function methodLines(root) {
  const file = join(root, "docs/adaptation-methods.json");
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  if (rows.length === 0) return [];
  const lines = groups(rows).map((runs) => {
    const [{ shift, method, base }] = runs;
    const accuracy = range(runs.map((r) => r.accuracy));
    const gain = range(
      runs.map((r) => r.accuracy - r.source_only),
      points,
    );
    const plain = range(runs.map((r) => r.source_only));
    return `| ${shift} | ${method} | ${base} | ${runs.length} | ${plain} | ${accuracy} | ${gain} |`;
  });
  return [
    "### Every method on small data",
    "",
    "Mean and range over seeds. A seed draws other digits and other initial weights. No interval is given: three seeds show no difference between methods of",
    "similar accuracy. On nine shifts only the maps were measured.",
    "",
    `- Digits: 850 samples to train, 150 for validation, 1,000 for test, of each domain. Trainings: \`--base lenet\`, ${epochs} epochs. Maps: \`vision-open\`.`,
    "- Reviews: as above, the same samples for each seed. Trainings: bags of words. Maps: `text-mini`, whose results do not depend on the seed.",
    ...(groups(rows).some((runs) => runs.length < 3)
      ? ["- Rows with fewer than three seeds are not finished."]
      : []),
    "- A map that loses more than 3 points on the source's validation split is left out. Then its method keeps source-only, with a gain of 0.",
    "- `15 : 85`: the first half of the classes has 15 % of the target. Source and target out of one set each have half of it.",
    "- Gains of different bases have different baselines, so they cannot be compared.",
    "",
    "Command: `npm run results -- FOLDER --part adaptation-methods`. `--smallest` takes a minute with few digits and writes nothing. Rows:",
    "[adaptation-methods.json](adaptation-methods.json).",
    "",
    "| shift | method | base | seeds | source-only | with the method | gain, points |",
    "|---|---|---|---|---|---|---|",
    ...lines,
    "",
  ];
}

/** Writes docs/adaptation.csv, and replaces the section in docs/results.md. */
export function adaptationTable(root, rows) {
  const csv = ["shift,method,seeds,quantity,expected,tolerance"];
  for (const runs of groups(rows)) {
    if (runs.length < 2) continue;
    for (const [name, of] of [
      ["source_only", (r) => r.source_only],
      ["accuracy", (r) => r.accuracy],
      ["gain", (r) => r.accuracy - r.source_only],
    ]) {
      const { mean, ci95 } = meanInterval(runs.map(of));
      // Twice the half width, because another machine's seeds are other draws; at least one point.
      const tolerance = Math.max(0.01, ci95[1] - ci95[0]);
      csv.push(
        [runs[0].shift, runs[0].method, runs.length, name, mean.toFixed(4), tolerance.toFixed(4)].join(","),
      );
    }
  }
  writeFileSync(join(root, "docs/adaptation.csv"), `${csv.join("\n")}\n`);
  const page = join(root, "docs/results.md");
  const before = readFileSync(page, "utf8").split("## Domain adaptation")[0].trimEnd();
  writeFileSync(page, `${before}\n\n${adaptationLines(root).join("\n")}`);
}
