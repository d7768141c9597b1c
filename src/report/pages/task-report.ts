/** The report and the card of a run that learns numbers, or classes of rows. */

import type {
  ClassificationScores,
  Interval,
  RegressionResultEvent,
  TableResultEvent,
} from "../../core/events/events.js";
import type { Recipe } from "../../core/messages/message.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import { factsOf, type RegressionScores } from "../../core/results/task.js";
import { confusion } from "../charts/confusion.js";
import { decimal, integer, percent } from "../charts/numbers.js";
import { scatter } from "../charts/scatter.js";
import { html, type Markup, name } from "../html.js";
import { recorded, recordedRecipe } from "../recorded.js";
import { taskEn } from "../words/en/task.js";
import { type Lang, wordsIn } from "../words/index.js";
import { taskZh } from "../words/zh/task.js";
import { fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";
import { tooFew, trustSection } from "./trust.js";

const wordsOfTask: Readonly<Record<Lang, typeof taskEn>> = { en: taskEn, zh: taskZh };

export type TaskReportData = RunPageData<RegressionResultEvent | TableResultEvent>;

type Scores = ClassificationScores | RegressionScores;

const isNumbers = (scores: Scores): scores is RegressionScores => scores.metric.name === "r2";
const what = ({ result }: TaskReportData) => factsOf(result.task).sample;

/** 1234.5678 -> "1235", 0.0123456 -> "0.01235" */
const short = (v: number): string => (Number.isFinite(v) ? String(Number(v.toPrecision(4))) : "–");
/** A way to the result. */
interface Way {
  readonly label: string;
  readonly test: Scores;
  /** Missing for the run itself. */
  readonly baseline?: Recipe;
  /** Always the same answer: its score is no estimate. */
  readonly constant?: boolean;
}

/** Ways to the result, the run's own first. */
function ways({ result, lang = "en" }: TaskReportData): Way[] {
  const { ways: words } = wordsOfTask[lang];
  const others = Object.entries(result.baselines).flatMap(([key, b]) =>
    b
      ? [
          {
            ...{ label: words[key] ?? key, test: b.test as Scores, baseline: b as Recipe },
            constant: constantBaselines.has(key),
          },
        ]
      : [],
  );
  const { page } = wordsIn(lang);
  const tta = "tta" in result ? result.tta : undefined;
  return [
    { label: page.thisModel(result.strategy.name), test: result.test },
    ...(tta ? [{ label: page.views(tta.views), test: tta.test }] : []),
    ...others,
  ];
}

const figureOf = ({ metric }: Scores): string =>
  metric.name === "r2" ? decimal(metric.value) : percent(metric.value);
function rangeOf({ metric, few_groups }: Scores, lang: Lang = "en"): string {
  const { page, items } = wordsIn(lang);
  if (few_groups || metric.ci95 === null) return "–";
  const [a, b] = metric.ci95;
  return metric.name === "r2" ? page.to(decimal(a), decimal(b)) : items.range(metric.ci95);
}

function comparison(data: TaskReportData): Markup {
  const { lang = "en" } = data;
  const [w, run, words] = [wordsOfTask[lang], runWords[lang], wordsIn(lang)];
  const metric = data.result.test.metric.name === "r2" ? "R²" : w.accuracyColumn;
  return html`<section><h2>${run.comparedWith}</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${run.way}</th>
<th scope="col" class="n">${metric}</th><th scope="col" class="n">${run.interval}</th><th scope="col">${run.how}</th></tr></thead>
<tbody>${ways(data).map(
    ({ label, test, baseline, constant }, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${label}</th><td class="n">${figureOf(test)}</td><td class="n">${constant ? "–" : rangeOf(test, lang)}</td><td>${baseline && recordedRecipe(baseline, words)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function outputs(test: RegressionScores, lang: Lang): Markup {
  const interval = test.outputs.some((o) => o.prediction_interval);
  const w = wordsOfTask[lang];
  const { page, items } = wordsIn(lang);
  const between = (interval: Interval | null, written: (v: number) => string): string =>
    interval ? page.to(written(interval[0]), written(interval[1])) : "";
  return html`<section><h2>${w.eachNumber}</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${w.output}</th>
<th scope="col" class="n">R²</th><th scope="col" class="n">${w.meanError}</th><th scope="col" class="n">RMSE</th>
${interval && html`<th scope="col" class="n">${w.predictionInterval}</th><th scope="col" class="n">${w.inside}</th>`}</tr></thead><tbody>${test.outputs.map(
    (
      o,
    ) => html`<tr><th scope="row">${name(o.name)}</th><td class="n">${decimal(o.r2)} <small class="muted">${between(o.r2_ci95, decimal)}</small></td>
<td class="n">${short(o.mae)} <small class="muted">${between(o.mae_ci95, short)}</small></td>
<td class="n">${short(o.rmse)} <small class="muted">${between(o.rmse_ci95, short)}</small></td>
${
  o.prediction_interval &&
  html`<td class="n">${o.prediction_interval.half_width === null ? w.tooSmall : html`± ${short(o.prediction_interval.half_width)} <small class="muted">${w.coverage(percent(o.prediction_interval.coverage, 0))}</small>`}</td>
<td class="n">${percent(o.prediction_interval.test_coverage)} <small class="muted">${items.range(o.prediction_interval.test_coverage_ci95)}</small></td>`
}</tr>`,
  )}</tbody></table></div>
${interval && html`<p class="small muted">${w.conformal}</p>`}
<div class="curves">${test.outputs.map((o, i) => scatter(o.name, test.points[i] ?? [], o.prediction_interval?.half_width, w))}</div></section>`;
}

function worst(test: RegressionScores, kind: string, lang: Lang): Markup {
  const w = wordsOfTask[lang];
  return html`<section><h2>${w.furthest}</h2><div class="scroll"><table class="data"><thead><tr><th scope="col">${wordsIn(lang).items.one(kind)}</th><th scope="col">${w.output}</th>
<th scope="col" class="n">${w.truth}</th><th scope="col" class="n">${w.predicted}</th></tr></thead><tbody>${test.worst.map(
    (t) =>
      html`<tr><th scope="row">${name(t.item)}</th><td>${name(t.output)}</td><td class="n">${short(t.true)}</td><td class="n">${short(t.predicted)}</td></tr>`,
  )}</tbody></table></div></section>`;
}

function facts(data: TaskReportData): Markup {
  const { lang = "en", result } = data;
  const { split, table } = result;
  const [w, run, words] = [wordsOfTask[lang], runWords[lang], wordsIn(lang)];
  return html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), ""))}
${splitFact(data)}
${"by_seed" in result && result.by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(result.by_seed))}
${table && fact(w.learns, table.target.join(", "))}
${table && fact(w.fromNumbers, table.numbers.join(", ") || w.none)}
${table && fact(w.fromCategories, table.categories.join(", ") || w.none)}
${
  table &&
  table.unused.length > 0 &&
  fact(
    w.notUsed,
    html`${table.unused.map(
      (u, i) =>
        html`${i > 0 ? words.page.comma : ""}${name(u.name)}${words.page.colon}${recorded(u.why, u.message && [u.message], words)}`,
    )}`,
  )
}`;
}

/** The report of a finished run of numbers or of a table: one HTML file without scripts. */
export function renderTaskReport(data: TaskReportData): string {
  const { result, lang = "en" } = data;
  const { test } = result;
  const kind = what(data);
  const numbers = isNumbers(test);
  const [w, words] = [wordsOfTask[lang], wordsIn(lang)];
  return runPage({
    data,
    kind: w.kind(result.task),
    unit: kind,
    first: !numbers && tooFew(test, kind, words),
    figure: {
      of: numbers ? "R²" : runWords[lang].accuracy,
      value: figureOf(test),
      ci95: test.few_groups || test.metric.ci95 === null ? undefined : rangeOf(test, lang),
      tested: test,
      more: html`${words.items.testCount(test.n, kind)}${words.page.stop}`,
    },
    facts: facts(data),
    main: html`${comparison(data)}
${numbers ? [outputs(test, lang), worst(test, kind, lang)] : confusion(test, "classes" in result ? result.classes : [], kind, false, words)}
${"trust" in result && trustSection(result.trust, kind, html``, words)}`,
    footer: w.footer(words.items.many(kind)),
  });
}
