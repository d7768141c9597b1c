// The section "Ranking checked" of docs/results.md: do scores predict the accuracy of fine-tuning?
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { holm } from "../../dist/statistics/index.js";
import { ensemble, meanRanks } from "../../dist/transferability/index.js";
import { meanInterval, pOfMean } from "./statistics.mjs";

/** Bases that are easy to place last, so every τ is higher with them. */
const shams = ["random", "digits"];
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

const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
const truthOf = (of) => of.map((row) => row.finetune);
const tauOf = (values, of) => weightedTau(values, truthOf(of));

/** Returns what the best of the first bases by a score loses against the best base. @param first number of bases that are trained */
function lostOf(values, of, first = 1) {
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, first);
  return Math.max(...truthOf(of)) - Math.max(...order.map((i) => of[i].finetune));
}

/** Returns values that order the bases of a set as `rank` does: by the mean place, ties by the probe. */
const byPlaces = (names, of) =>
  meanRanks(of.map((row) => names.map((name) => row.scores[name] ?? undefined))).map(
    (place, i) => 1e-6 * of[i].scores.probe - place,
  );

/** Returns all choices of one to three names. */
function choicesOf(names) {
  const pick = (most, from) =>
    most === 0
      ? [[]]
      : names.flatMap((name, i) =>
          i < from ? [] : pick(most - 1, i + 1).map((others) => [name, ...others]),
        );
  return [1, 2, 3].flatMap((most) => pick(most, 0));
}

/**
 * Returns, for each set, the one to three scores whose order has the highest mean weighted τ on the other sets. A set therefore judges a
 * choice that it took no part in.
 * @param sets rows of each set
 */
export function chosenOnOthers(sets, names) {
  const choices = choicesOf(names).map((own) => ({
    own,
    taus: sets.map((of) => tauOf(byPlaces(own, of), of)),
  }));
  const withoutSet = (taus, left) => mean(taus.filter((_, i) => i !== left));
  return sets.map(
    (_, left) =>
      choices.reduce((best, one) => (withoutSet(one.taus, left) > withoutSet(best.taus, left) ? one : best))
        .own,
  );
}

/** Says which scores differ from the ensemble: differences of τ paired by set, Student's t, Holm's correction. */
function orderLines([first, ...others]) {
  const differences = others.map(({ taus }) => taus.map((tau, i) => first.taus[i] - tau));
  const sets = first.taus.length;
  const p = holm(differences.map((own) => pOfMean(meanInterval(own), sets)));
  const shown = others.filter((_, i) => p[i] < 0.05).map(({ title }) => title);
  return shown.length === 0
    ? `${sets} sets show no order of the scores: none differs from ${first.title} (paired by set, smallest p ${Math.min(...p).toFixed(2)} after Holm's correction).`
    : `On ${sets} sets, ${first.title} differs from ${shown.join(", ")} (paired by set, p below 0.05 after Holm's correction). No other difference is shown.`;
}

const decimal = (x) =>
  x
    .toFixed(2)
    .replace(/^-(?=.*[1-9])/, "−")
    .replace("-", "");

/** Returns a row of the table: a score judged on each set. @param orders values of the bases of each set */
function judged(title, sets, orders) {
  const taus = sets.map((of, i) => tauOf(orders[i], of));
  const { mean: average, ci95 } = meanInterval(taus);
  const range = ci95 === null ? "" : ` (${decimal(ci95[0])} to ${decimal(Math.min(1, ci95[1]))})`;
  const lost = (first) => points(mean(sets.map((of, i) => lostOf(orders[i], of, first))));
  return { title, taus, line: `| ${title} | ${decimal(average)}${range} | ${lost(1)} | ${lost(2)} |` };
}

/** The row of a base, or two bases, drawn at random. */
function drawnRow(sets) {
  const behind = (of) => of.map((row) => Math.max(...truthOf(of)) - row.finetune);
  const pairs = (own) => own.flatMap((a, i) => own.slice(i + 1).map((b) => Math.min(a, b)));
  const [one, two] = [(own) => own, pairs].map((of) =>
    points(mean(sets.map((set) => mean(of(behind(set)))))),
  );
  return `| bases drawn at random | 0.00 | ${one} | ${two} |`;
}

/** Lines of the section; none before a set has three bases. */
export function rankingLines(root) {
  const file = join(root, "docs/ranking.json");
  const rows = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const sets = [...new Set(rows.map((r) => r.set))]
    .map((set) => rows.filter((r) => r.set === set))
    .filter((of) => of.length >= 3);
  if (sets.length === 0) return [];
  const names = Object.keys(sets[0][0].scores).filter((name) =>
    sets.every((of) => of.every((row) => row.scores[name] !== null)),
  );
  const real = sets.map((of) => of.filter(({ base }) => !shams.includes(base)));
  const ordered = (some) =>
    judged(
      ensemble.join(" and "),
      some,
      some.map((of) => byPlaces(ensemble, of)),
    );
  const leftOut = (some) => {
    const chosen = chosenOnOthers(some, names);
    return judged(
      "**chosen on the other sets**",
      some,
      some.map((of, i) => byPlaces(chosen[i], of)),
    );
  };
  const own = ordered(real);
  const scores = names.map((name) =>
    judged(
      name,
      real,
      real.map((of) => of.map((r) => r.scores[name])),
    ),
  );
  return [
    "## Ranking checked",
    "",
    "Bases were ranked by `engraft rank` and then fine-tuned for 4 epochs on the same training pictures (10 a class for sets of ten classes, else 20).",
    "",
    "- *Weighted τ*: Kendall's τ between score and test accuracy; 1 is the same order, and the first ranks count most. Interval over sets (t).",
    "- *Lost*: what the score's first choice loses against the best base, in points; and the better of its first two.",
    "- *Chosen on the other sets*: one to three scores are chosen by their mean τ on all sets but one, and τ on that one is shown. So it says how good a choice",
    `  by such a table is on a new set. \`rank\` orders by ${ensemble.join(" and ")}, which were chosen on these sets: its own row is too good.`,
    "- `random`: the network of vision-mini with random weights; `digits`: the same, trained on MNIST. No one would take them, so the rows below leave them out.",
    "",
    "Command: `npm run results -- FOLDER --part ranking`; `npm run results -- --write` computes the table again. Rows: [ranking.json](ranking.json).",
    "",
    "| set | bases, fine-tuned accuracy |",
    "|---|---|",
    ...sets.map(
      (of) =>
        `| ${of[0].set} (${of[0].train} to train, ${of[0].n} to test) | ${[...of]
          .sort((a, b) => b.finetune - a.finetune)
          .map((r) => `${r.base} ${points(r.finetune)}`)
          .join(", ")} |`,
    ),
    "",
    "| score | weighted τ | lost, points | lost by the better of two |",
    "|---|---|---|---|",
    leftOut(real).line,
    own.line,
    ...scores.map(({ line }) => line),
    drawnRow(real),
    "",
    `${orderLines([own, ...scores])} With \`random\` and \`digits\`, which most scores place last, the same numbers look better:`,
    "",
    "| score, with `random` and `digits` | weighted τ | lost, points | lost by the better of two |",
    "|---|---|---|---|",
    leftOut(sets).line,
    ordered(sets).line,
    "",
  ];
}
