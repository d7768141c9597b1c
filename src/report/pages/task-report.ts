// The report of a run that predicts classes of rows.

import type { ClassificationScores, TableResultEvent } from "../../core/events/events.js";
import { methodOfModel } from "../../core/results/common-result.js";
import { metrics } from "../../core/results/metric.js";
import { factsOf } from "../../core/results/task.js";
import { classScores, confusionMatrix } from "../charts/confusion.js";
import { integer } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import type { Method } from "../layout/result-head.js";
import { recorded } from "../recorded.js";
import { baselineLabels } from "../words/baselines.js";
import { taskEn } from "../words/en/task.js";
import { type Lang, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { taskZh } from "../words/zh/task.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";
import { calibrationPart, setsPart, tooFew } from "./trust.js";

const wordsOfTask: Readonly<Record<Lang, typeof taskEn>> = { en: taskEn, zh: taskZh };

export type TaskReportData = RunPageData<TableResultEvent>;

const what = ({ result }: TaskReportData) => factsOf(result.task).sample;

/** Returns the run's model and its baselines. */
function methodsOf({ result, lang = "en" }: TaskReportData): readonly Method[] {
  const words = wordsIn(lang);
  const { page } = words;
  const score = (
    { metric, few_groups }: ClassificationScores,
    constant = false,
  ): Pick<Method, "value" | "ci95"> => ({
    value: metric.value,
    ...(!constant && !few_groups && metric.ci95 !== null && { ci95: metric.ci95 }),
  });
  return [
    { label: page.thisModel(methodOfModel(result)), ...score(result.test) },
    ...baselineMethods<ClassificationScores>({ ...result.baselines }, baselineLabels(lang), score, words),
  ];
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

/** Returns the report of a finished run on classes of rows as one HTML document without scripts. */
export function renderTaskReport(data: TaskReportData): string {
  const { result, lang = "en" } = data;
  const { test } = result;
  const kind = what(data);
  const [w, words] = [wordsOfTask[lang], wordsIn(lang)];
  const { page, items } = words;
  const { trust } = result;
  const { name: metric } = test.metric;
  const title = words.metrics.titles[metric];
  return runPage({
    data,
    kind: w.kind(result.task),
    unit: kind,
    first: tooFew(test, kind, words),
    head: {
      label: page.onTest(term(metric, lang, title)),
      metric: title,
      scale: metrics[metric].scale,
      methods: methodsOf(data),
      tooFew: test.few_groups && "groups",
      notes: [page.right(integer(test.accuracy * test.n), items.testCount(test.n, kind))],
    },
    tested: test,
    facts: facts(data),
    parts: {
      confusion: confusionMatrix(test, result.classes, kind, false, words),
      scores: classScores(test, kind, words),
      ...(trust && {
        calibration: calibrationPart(trust, { what: kind, figures: html`` }, words),
        sets: setsPart(trust, kind, words),
      }),
    },
    footer: w.footer(items.many(kind)),
  });
}
