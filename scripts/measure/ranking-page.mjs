// The section "Ranking checked" of docs/results.md: do scores predict the accuracy of fine-tuning?
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { holm } from "../../dist/statistics/index.js";
import { ensemble, meanRanks } from "../../dist/transferability/index.js";
import { meanInterval, pOfMean } from "./statistics.mjs";

/** The ensemble that `rank` used before these measurements. */
const before = ["logme", "h-score-regularised", "probe"];
const points = (x) => (100 * x).toFixed(1).replace("-", "−");

/**
 * Weighted Kendall's τ, as SciPy's `weightedtau` with its defaults: pairs have weight 1/(r+1) of both, r the rank by
 * score and by accuracy; the mean of both rankings' weights.
 */
export function weightedTau(scores, truth) {
  const places = (by, other) => {
    const order = [...by.keys()].sort((a, b) => by[b] - by[a] || other[b] - other[a]);
    const place = [];
    order.forEach((i, rank) => {
      place[i] = rank;
    });
    return place;
  };
  const once = (rank) => {
    let [agree, xs, ys] = [0, 0, 0];
    for (let i = 0; i < scores.length; i++)
      for (let j = i + 1; j < scores.length; j++) {
        const weight = 1 / (rank[i] + 1) + 1 / (rank[j] + 1);
        const [x, y] = [Math.sign(scores[i] - scores[j]), Math.sign(truth[i] - truth[j])];
        agree += weight * x * y;
        xs += weight * x * x;
        ys += weight * y * y;
      }
    return xs > 0 && ys > 0 ? agree / Math.sqrt(xs * ys) : 0;
  };
  return (once(places(scores, truth)) + once(places(truth, scores))) / 2;
}

/** Says which scores differ from the ensemble: differences of τ paired by set, Student's t, Holm's correction. */
function orderLines([first, ...others], sets) {
  if (sets < 2 || others.length === 0) return [];
  const differences = others.map(({ taus }) => taus.map((tau, i) => first.taus[i] - tau));
  const p = holm(differences.map((own) => pOfMean(meanInterval(own), sets)));
  const shown = others.filter((_, i) => p[i] < 0.05).map(({ title }) => title);
  const said =
    shown.length === 0
      ? `${sets} sets show no order of the scores: none differs from the ensemble (paired by set, smallest p ${Math.min(...p).toFixed(2)} after Holm's correction).`
      : `On ${sets} sets, the ensemble differs from ${shown.join(", ")} (paired by set, p below 0.05 after Holm's correction). No other difference is shown, so no order of the others.`;
  return [`${said} The ensemble was chosen on these rows, which flatters it.`, ""];
}

const decimal = (x) => x.toFixed(2).replace("-", "−");

/** Lines of the section; none before a set has three bases. */
export function rankingLines(root) {
  const file = join(root, "docs/ranking.json");
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const sets = [...new Set(rows.map((r) => r.set))]
    .map((set) => ({ set, of: rows.filter((r) => r.set === set) }))
    .filter(({ of }) => of.length >= 3);
  if (sets.length === 0) return [];
  const names = Object.keys(sets[0].of[0].scores);
  const tau = (values, of) =>
    weightedTau(
      values,
      of.map((r) => r.finetune),
    );
  const lost = (values, of) =>
    Math.max(...of.map((r) => r.finetune)) - of[values.indexOf(Math.max(...values))].finetune;
  const mean = (values) => values.reduce((s, v) => s + v, 0) / values.length;
  const ordered = (names) => (of) =>
    meanRanks(of.map((r) => names.map((name) => r.scores[name] ?? undefined))).map(
      // Ties go by the probe.
      (place, i) => 1e-6 * of[i].scores.probe - place,
    );
  const line = (title, valuesOf) => {
    const known = sets.flatMap(({ of }) => {
      const values = valuesOf(of);
      return values.some((v) => v === null) ? [] : [{ values, of }];
    });
    if (known.length === 0) return [];
    const taus = known.map(({ values, of }) => tau(values, of));
    const { mean: average, ci95 } = meanInterval(taus);
    const range = ci95 === null ? "" : ` (${decimal(ci95[0])} to ${decimal(Math.min(1, ci95[1]))})`;
    if (taus.length === sets.length) told.push({ title, taus });
    return [
      `| ${title} | ${known.length} | ${decimal(average)}${range} | ${points(mean(known.map(({ values, of }) => lost(values, of))))} |`,
    ];
  };
  const told = [];
  const table = [
    ...line(`**ensemble** (mean place by ${ensemble.join(", ")}; chosen on these rows)`, ordered(ensemble)),
    ...line("the ensemble before it (mean place by logme, h-score-regularised, probe)", ordered(before)),
    ...names.flatMap((name) => line(name, (of) => of.map((r) => r.scores[name]))),
  ];
  return [
    "## Ranking checked",
    "",
    "Bases were ranked by `engraft rank` and then fine-tuned for 4 epochs on the same training pictures (10 a class for sets of ten classes, else 20).",
    "",
    "- *Weighted τ*: Kendall's τ between score and test accuracy; 1 is the same order, and the first ranks count most. Interval over sets (t).",
    "- *Lost*: what the score's first choice loses against the best base, in points.",
    "- `random`: the network of vision-mini with random weights; `digits`: the same, trained on MNIST.",
    "",
    "Command: `npm run results -- FOLDER --part ranking`. Rows: [ranking.json](ranking.json).",
    "",
    "| set | bases, fine-tuned accuracy |",
    "|---|---|",
    ...sets.map(
      ({ set, of }) =>
        `| ${set} (${of[0].train} to train, ${of[0].n} to test) | ${[...of]
          .sort((a, b) => b.finetune - a.finetune)
          .map((r) => `${r.base} ${points(r.finetune)}`)
          .join(", ")} |`,
    ),
    "",
    "| score | sets | weighted τ | lost, points |",
    "|---|---|---|---|",
    ...table,
    "",
    ...orderLines(told, sets.length),
  ];
}
