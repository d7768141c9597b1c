// The section "Following the plan" of docs/results.md: regret of the planned strategy against the best of all.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { permutation } from "../../dist/core/random.js";
import { overSets } from "./statistics.mjs";

const halves = 50;
const read = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []);
const points = (x) => (100 * x).toFixed(1).replace("-", "−");

/** Accuracy on some of the items. */
function shareOf(right, places) {
  let sum = 0;
  for (const i of places) if (right[i] === "1") sum++;
  return sum / places.length;
}

/**
 * Accuracy of the best strategy, chosen on one half of the test items and scored on the other, averaged over divisions.
 * The highest of many accuracies on the same items is biased upwards.
 */
export function bestOnOthers(rows) {
  const n = rows[0].right.length;
  let sum = 0;
  for (let round = 0; round < halves; round++) {
    const order = [...permutation(n, round, "halves")];
    const [choosing, judging] = [order.slice(0, n >> 1), order.slice(n >> 1)];
    const best = rows.reduce((a, b) => (shareOf(b.right, choosing) > shareOf(a.right, choosing) ? b : a));
    sum += shareOf(best.right, judging) / halves;
  }
  return sum;
}

/** Regret of always training by one strategy. */
function alwaysOf(trained) {
  const lost = (name) => {
    const row = trained.find((r) => r.strategy === name);
    return row && bestOnOthers(trained) - row.accuracy;
  };
  const [finetune, probe] = [lost("finetune"), lost("probe")];
  return finetune === undefined || probe === undefined ? {} : { always: { finetune, probe } };
}

/** Returns one entry per complete task: all its strategies and its plan. */
export function regrets(every) {
  const rows = every.filter((r) => r.shots !== undefined);
  const tasks = [...new Set(rows.map((r) => `${r.base}, ${r.set}, ${r.shots} a class`))];
  return tasks.flatMap((name) => {
    const all = rows.filter((r) => `${r.base}, ${r.set}, ${r.shots} a class` === name);
    const plan = all.find((r) => r.planned);
    const trained = all.filter((r) => r.strategy && !r.refused);
    const chosen = plan && (plan.followed ?? trained.find((r) => r.strategy === plan.planned));
    if (!chosen) return [];
    const best = trained.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
    const seconds = trained.reduce((s, r) => s + r.cpu_seconds, 0);
    return [
      {
        name,
        set: plan.set,
        train: chosen.train,
        n: chosen.n,
        strategies: trained.length,
        planned: plan.planned,
        accuracy: chosen.accuracy,
        best: best.strategy,
        raw: best.accuracy - chosen.accuracy,
        fair: bestOnOthers(trained) - chosen.accuracy,
        share: (plan.cpu_seconds + chosen.cpu_seconds) / seconds,
        ...alwaysOf(trained),
      },
    ];
  });
}

/**
 * Returns the regrets for the draws of "Strategies compared": every strategy with its defaults, and the choice of
 * `auto`.
 * @param plans rows of docs/plan.json that have a draw
 */
export function regretsOfDraws(rows, plans = []) {
  const tasks = [...new Set(rows.map((r) => `${r.base}, ${r.set}, draw ${r.seed}`))];
  return tasks.flatMap((name) => {
    const trained = rows.filter((r) => `${r.base}, ${r.set}, draw ${r.seed}` === name && !r.refused);
    const plan = plans.find((r) => `${r.base}, ${r.set}, draw ${r.draw}` === name);
    if (!plan || !trained.some((r) => r.strategy === "probe")) return [];
    const { planned, followed: chosen } = plan;
    const best = trained.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
    return [
      {
        name,
        set: plan.set,
        train: chosen.train,
        n: chosen.n,
        strategies: trained.length,
        planned,
        accuracy: chosen.accuracy,
        best: best.strategy,
        raw: best.accuracy - chosen.accuracy,
        fair: bestOnOthers(trained) - chosen.accuracy,
        share: chosen.seconds.training / trained.reduce((sum, r) => sum + r.seconds.training, 0),
        ...alwaysOf(trained),
      },
    ];
  });
}

/** Lines of the section; none without measurements. */
export function planLines(root) {
  const found = regrets(read(join(root, "docs/plan.json")));
  const drawn = regretsOfDraws(read(join(root, "docs/strategies.json")), read(join(root, "docs/plan.json")));
  if (found.length + drawn.length === 0) return [];
  const mean = (rows, lossOf) => {
    const { mean: m, ci95 } = overSets(rows, lossOf);
    return ci95 === null ? points(m) : `${points(m)} (${points(ci95[0])} to ${points(ci95[1])})`;
  };
  const told = (what, of) => {
    if (of.length === 0) return [];
    const share = of.reduce((s, r) => s + r.share, 0) / of.length;
    const always = of.filter((r) => r.always !== undefined);
    const one = (name) => `always \`${name}\`: ${mean(always, (r) => r.always[name])}`;
    const beside = always.length > 0 ? `; ${one("finetune")}; ${one("probe")}` : "";
    return [
      `- ${what}: ${of.length} tasks of ${new Set(of.map(({ set }) => set)).size} sets, regret ${mean(of, (r) => r.raw)} points, against the best as chosen on other items ${mean(of, (r) => r.fair)}${beside}; share of the time ${Math.round(100 * share)} %.`,
    ];
  };
  return [
    "## Following the plan",
    "",
    "*Regret*: test accuracy of the best strategy minus that of the planned one, in points. The best of several on the same few test samples is partly",
    "luck. So the second figure chooses the best on one half of the test samples and scores it on the other (mean of 50 divisions). *Share*: time of the",
    "plan and of its training, of the time of all trainings. Each set counts once; intervals are over sets (t).",
    "",
    "For pictures a plan sets its own learning rate, so regret can be negative. That rate was chosen on other draws of four of these sets, whose test splits",
    "overlap with those here ([why](decisions/0014-rates-of-small-networks.md)).",
    "",
    ...told("Small tasks that no rule was made on (share in processor time)", found),
    ...told(
      "The draws of [Strategies compared](#strategies-compared), **on which earlier rules were made** (share without the plan's own time)",
      drawn,
    ),
    "",
    "Command: `npm run results -- FOLDER --part plan`. Rows: [plan.json](plan.json).",
    "",
    "| task | train, test | planned | accuracy | best of all | regret | on other items | share of time |",
    "|---|---|---|---|---|---|---|---|",
    ...[...found, ...drawn].map(
      (r) =>
        `| ${r.name} | ${r.train}, ${r.n} | ${r.planned} | ${points(r.accuracy)} | ${r.best} of ${r.strategies} | ${points(r.raw)} | ${points(r.fair)} | ${Math.round(100 * r.share)} % |`,
    ),
    "",
  ];
}
