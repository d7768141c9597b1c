// The report of a run that predicts numbers, or classes of rows.

import type {
  ClassificationScores,
  Interval,
  RegressionResultEvent,
  TableResultEvent,
} from "../../core/events/events.js";
import { choseEpoch, methodOfModel } from "../../core/results/common-result.js";
import { metrics } from "../../core/results/metric.js";
import { factsOf, type RegressionScores } from "../../core/results/task.js";
import { classScores, confusionMatrix } from "../charts/confusion.js";
import { decimal, integer, percent } from "../charts/numbers.js";
import { scatter } from "../charts/scatter.js";
import { html, type Markup, name } from "../html.js";
import type { Method } from "../layout/result-head.js";
import { recorded } from "../recorded.js";
import { taskEn } from "../words/en/task.js";
import { type Lang, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { taskZh } from "../words/zh/task.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";
import { shownClip } from "./shown-clip.js";
import { calibrationPart, setsPart, tooFew } from "./trust.js";

const wordsOfTask: Readonly<Record<Lang, typeof taskEn>> = { en: taskEn, zh: taskZh };

export type TaskReportData = RunPageData<RegressionResultEvent | TableResultEvent>;

type Scores = ClassificationScores | RegressionScores;

const isNumbers = (scores: Scores): scores is RegressionScores => scores.metric.name === "r2";
const what = ({ result }: TaskReportData) => factsOf(result.task).sample;

/** 1234.5678 -> "1235", 0.0123456 -> "0.01235" */
const short = (v: number): string => (Number.isFinite(v) ? String(Number(v.toPrecision(4))) : "–");

/** Returns the run's model and its baselines. */
function methodsOf({ result, lang = "en" }: TaskReportData): readonly Method[] {
  const words = wordsIn(lang);
  const { page } = words;
  const tta = "tta" in result ? result.tta : undefined;
  const score = ({ metric, few_groups }: Scores, constant = false): Pick<Method, "value" | "ci95"> => ({
    value: metric.value,
    ...(!constant && !few_groups && metric.ci95 !== null && { ci95: metric.ci95 }),
  });
  return [
    { label: page.thisModel(methodOfModel(result)), ...score(result.test) },
    ...(tta ? [{ label: page.views(tta.views), ...score(tta.test) }] : []),
    ...baselineMethods<Scores>({ ...result.baselines }, wordsOfTask[lang].ways, score, words),
  ];
}

/** Rows of the table of worst samples that are not folded. */
const mostWorst = 8;

function outputs(test: RegressionScores, epochs: boolean, lang: Lang): Markup {
  const interval = test.outputs.some((o) => o.prediction_interval);
  const w = wordsOfTask[lang];
  const { page, items } = wordsIn(lang);
  const between = (interval: Interval | null, written: (v: number) => string): string =>
    interval ? page.to(written(interval[0]), written(interval[1])) : "";
  return html`<div class="scroll" role="region" aria-label="${w.eachNumber}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.output}</th>
<th scope="col" class="n">${term("r2", lang, "R²")}</th><th scope="col" class="n">${term("mae", lang, w.meanError)}</th><th scope="col" class="n">${term("rmse", lang, "RMSE")}</th>
${interval && html`<th scope="col" class="n">${term("prediction-interval", lang, w.predictionInterval)}</th><th scope="col" class="n">${w.inside}</th>`}</tr></thead><tbody>${test.outputs.map(
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
${interval && html`<p class="small muted">${w.conformal(epochs)}</p>`}
<div class="curves">${test.outputs.map((o, i) => scatter(o.name, test.points[i] ?? [], o.prediction_interval?.half_width, w))}</div>`;
}

function worst(data: TaskReportData, test: RegressionScores, kind: string): Markup {
  const { lang = "en" } = data;
  const w = wordsOfTask[lang];
  const { items, page } = wordsIn(lang);
  const table = (rows: RegressionScores["worst"]): Markup =>
    html`<div class="scroll"><table class="data"><thead><tr><th scope="col">${items.one(kind)}</th><th scope="col">${w.output}</th>
<th scope="col" class="n">${w.truth}</th><th scope="col" class="n">${w.predicted}</th></tr></thead><tbody>${rows.map(
      (t) =>
        html`<tr><th scope="row">${name(t.item)}${shownClip(data, t.item)}</th><td>${name(t.output)}</td><td class="n">${short(t.true)}</td><td class="n">${short(t.predicted)}</td></tr>`,
    )}</tbody></table></div>`;
  const rest = test.worst.slice(mostWorst);
  return html`<p class="muted">${w.furthest}</p>${table(test.worst.slice(0, mostWorst))}
${rest.length > 0 && html`<details><summary>${page.moreRows(rest.length)}</summary>${table(rest)}</details>`}`;
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

/** Returns the report of a finished run on numbers or tables as one HTML document without scripts. */
export function renderTaskReport(data: TaskReportData): string {
  const { result, lang = "en" } = data;
  const { test } = result;
  const kind = what(data);
  const numbers = isNumbers(test);
  const [w, words] = [wordsOfTask[lang], wordsIn(lang)];
  const { page, items } = words;
  const trust = "trust" in result ? result.trust : undefined;
  const { name: metric } = test.metric;
  const title = words.metrics.titles[metric];
  return runPage({
    data,
    kind: w.kind(result.task),
    unit: kind,
    first: !numbers && tooFew(test, kind, words),
    head: {
      label: page.onTest(term(metric, lang, title)),
      metric: title,
      scale: metrics[metric].scale,
      methods: methodsOf(data),
      few: test.few_groups,
      notes: [
        numbers
          ? items.testCount(test.n, kind)
          : page.right(integer(test.accuracy * test.n), items.testCount(test.n, kind)),
      ],
    },
    tested: test,
    facts: facts(data),
    parts: numbers
      ? {
          scores: { title: w.eachNumber, body: outputs(test, choseEpoch(result), lang) },
          worst: worst(data, test, kind),
        }
      : {
          confusion: confusionMatrix(test, "classes" in result ? result.classes : [], kind, false, words),
          scores: classScores(test, kind, words),
          ...(trust && {
            calibration: calibrationPart(trust, { what: kind, figures: html`` }, words),
            sets: setsPart(trust, kind, words),
          }),
        },
    footer: w.footer(items.many(kind)),
  });
}
