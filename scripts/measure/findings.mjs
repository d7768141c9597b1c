// The first sentences of docs/results.md: what the recorded rows show. Each is computed from them, and links to its table.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { holm } from "../../dist/statistics/index.js";
import { regrets } from "./plan-page.mjs";
import { meanInterval, overSets, pOfMean } from "./statistics.mjs";
import { compareRows } from "./strategies-page.mjs";
import { readTextRows } from "./texts.mjs";

const points = (share) => `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(1)}`;
const interval = ([low, high]) => `95 % interval ${points(low)} to ${points(high)}`;
const unique = (values) => [...new Set(values)];
const listed = (names) =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

/** Fine-tuning less probe, for each base and set, by seed. */
function fineTuning(rows) {
  const gains = unique(rows.map(({ set }) => set)).flatMap((set) =>
    unique(rows.filter((r) => r.set === set).map(({ base }) => base)).map((base) => {
      const own = rows.filter((r) => r.set === set && r.base === base);
      return { set, base, ...meanInterval(own.map((r) => r.finetune - r.probe)) };
    }),
  );
  const shown = gains.filter(({ ci95 }) => ci95 !== null && ci95[0] > 0);
  const silent = unique(gains.map(({ set }) => set)).filter((set) => !shown.some((gain) => gain.set === set));
  return (
    `**Fine-tuning beats a probe only on some data**: it gains on ${listed(shown.map(({ set, base, mean, ci95 }) => `\`${set}\` with \`${base}\` (${points(mean)} points, ${interval(ci95)})`))}; ` +
    `on ${listed(silent.map((set) => `\`${set}\``))} no gain is shown ([table](#probe-and-fine-tuning)).`
  );
}

/** Strategies that are shown to be better or worse than fine-tuning in accuracy. */
function strategies(rows) {
  const tables = unique(rows.map((r) => `${r.base} on ${r.set}`)).map((title) => {
    const own = rows.filter((r) => `${r.base} on ${r.set}` === title && r.refused === undefined);
    return { title, table: compareRows(own).rows };
  });
  const found = (finding) =>
    tables.flatMap(({ title, table }) =>
      table
        .filter((row) => row.to_baseline?.finding === finding)
        .map((row) => `\`${row.label}\` (${title}, ${points(row.to_baseline.gain)})`),
    );
  const [better, worse] = [found("better"), found("worse")];
  return (
    `**No strategy is better than \`finetune\` everywhere**: in ${tables.length} tables, ${better.length === 0 ? "none is shown to be better" : `better is ${listed(better)}`}, ` +
    `and ${worse.length} ${worse.length === 1 ? "entry is" : "entries are"} shown to be worse ([tables](#strategies-compared)).`
  );
}

/** The probe of text-mini less TF-IDF, from the same labels, by draw. */
function texts(rows) {
  const gainsAt = (labels) =>
    unique(rows.map(({ set }) => set)).flatMap((set) => {
      const of = (strategy) =>
        rows.filter(
          (r) => r.set === set && r.base === "text-mini" && r.strategy === strategy && r.labels === labels,
        );
      const words = new Map(
        of("finetune").flatMap((r) => (r.tf_idf?.accuracy ? [[r.draw, r.tf_idf.accuracy]] : [])),
      );
      const gains = of("probe").flatMap((r) => (words.has(r.draw) ? [r.accuracy - words.get(r.draw)] : []));
      return gains.length < 3 ? [] : [meanInterval(gains)];
    });
  const words = (labels) => {
    const gains = gainsAt(labels);
    const better = gains.filter(({ ci95 }) => ci95[0] > 0).length;
    const worse = gains.filter(({ ci95 }) => ci95[1] < 0).length;
    return `better on ${better} and worse on ${worse} of ${gains.length} sets`;
  };
  return `**What a small text base adds depends on the labels**: against TF-IDF, a probe on \`text-mini\` is ${words("8")} with 8 labels a class, and ${words("all")} with all labels ([tables](#texts)).`;
}

/** What following the plan loses, and what always fine-tuning loses. */
function planning(rows) {
  const found = regrets(rows).filter((r) => r.always);
  const plan = overSets(found, (r) => r.fair);
  const constant = overSets(found, (r) => r.always.finetune);
  const gain = overSets(found, (r) => r.always.finetune - r.fair);
  const word = gain.ci95[0] > 0 ? "beats" : gain.ci95[1] < 0 ? "is worse than" : "is not shown to beat";
  const loss = ({ mean, ci95 }) => `${(100 * mean).toFixed(1)} points (${interval(ci95)})`;
  return `**The plan ${word} always fine-tuning**: on ${found.length} small tasks of ${plan.sets} sets it loses ${loss(plan)} against the best strategy, and always \`finetune\` loses ${loss(constant)} ([table](#following-the-plan)).`;
}

/** Gains of adaptation methods and of teachers that are shown. */
function transfer(adapted, distilled) {
  const groups = unique(adapted.map((r) => `${r.shift}|${r.method}`)).map((key) => {
    const own = adapted.filter((r) => `${r.shift}|${r.method}` === key);
    return {
      method: own[0].method,
      n: own.length,
      gain: meanInterval(own.map((r) => r.accuracy - r.source_only)),
    };
  });
  const several = groups.filter(({ n }) => n > 1);
  const p = holm(several.map(({ gain, n }) => pOfMean(gain, n)));
  const gained = (method) =>
    several.filter((g, i) => g.method === method && p[i] < 0.05 && g.gain.mean > 0).length;
  const methods = unique(groups.map(({ method }) => method)).map(
    (method) =>
      `\`${method}\` gains on ${gained(method)} of ${groups.filter((g) => g.method === method).length} shifts`,
  );
  const taught = unique(distilled.map((r) => `${r.set} ${r.method}`)).map((key) =>
    meanInterval(distilled.filter((r) => `${r.set} ${r.method}` === key).map((r) => r.with - r.without)),
  );
  const helped = taught.filter(({ ci95 }) => ci95 !== null && ci95[0] > 0).length;
  const some = (count, all) =>
    count === 0 ? "is not shown to help" : count === all ? "helps" : "helps on some data";
  const shifts =
    methods.length === 0
      ? 0
      : unique(groups.map(({ method }) => method)).reduce((sum, method) => sum + gained(method), 0);
  return `**Adaptation ${some(shifts, groups.length)}; a teacher ${some(helped, taught.length)}**: ${listed(methods)} ([table](#domain-adaptation)), and a teacher gains in ${helped} of ${taught.length} distillations ([table](#distillation)).`;
}

/** Five sentences: what was learnt. */
export function findings(root, bases, compared) {
  const read = (name) => {
    const file = join(root, "docs", name);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  };
  return [
    fineTuning(bases),
    strategies(compared),
    texts(readTextRows(join(root, "docs/texts.json"))),
    planning(read("plan.json")),
    transfer(read("adaptation-runs.json"), read("distillation.json")),
  ];
}
