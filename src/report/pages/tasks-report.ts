// The report of multi-task learning: each task with its interval, next to a model trained for that task only.
import type { TaskResult, TasksResultEvent } from "../../core/events/events.js";
import { confusionMatrix } from "../charts/confusion.js";
import { curves, keptModel } from "../charts/curves.js";
import { decimal, duration, gain, integer, megabytes, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { renderPage } from "../layout/layout.js";
import { runSections } from "../layout/run-sections.js";
import { recordedWarnings } from "../recorded.js";
import { type RunPageData, warningsOf } from "../report-data.js";
import { classTables, pairsTable } from "../sheet/class-tables.js";
import { tableMarkup } from "../sheet/sheet-page.js";
import { tasksEn } from "../words/en/tasks.js";
import { type Lang, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { tasksZh } from "../words/zh/tasks.js";

const wordsOfTasks: Readonly<Record<Lang, typeof tasksEn>> = { en: tasksEn, zh: tasksZh };

/** What a report on several tasks is made from. */
export interface TasksReportData
  extends Pick<RunPageData, "title" | "events" | "command" | "versions" | "lang"> {
  readonly result: TasksResultEvent;
}

/** Returns the report as one HTML document. Everything from outside is escaped; it fetches nothing. */
export function renderTasksReport(data: TasksReportData): string {
  const { title, result, events, command, versions, lang = "en" } = data;
  const { tasks, base } = result;
  const w = wordsOfTasks[lang];
  const words = wordsIn(lang);
  const { page, items, verdict: verdicts } = words;
  const warnings = warningsOf({ events });
  const named = Object.entries(versions).map(([program, version]) => `${program} ${version}`);
  return renderPage({
    title,
    kind: w.kind(tasks.length),
    lang,
    facts: html`<bdi>${base.name}</bdi> · ${result.strategy.name} · ${w.weighting(result.weighting)} · ${items.trainingCount(result.split.train, "picture")}`,
    lead: html`<section aria-label="${page.result}">${scores(result, lang)}
${tasks.flatMap(({ name: task, verdict }) =>
  verdict
    ? html`<div class="verdict ${verdict.transfer}"><p>${name(task)}${page.colon}<strong>${verdicts.line(verdict)}</strong></p><details><summary>${page.decided}</summary><p>${verdicts.full(verdict)}</p></details></div>`
    : [],
)}</section>
<dl class="tiles">
<div><dt>${w.epochs}</dt><dd>${integer(result.epochs)}<small>${w.best(integer(result.best_epoch), result.kept)}</small></dd></div>
<div><dt>${w.trained}</dt><dd>${percent(result.trainable.parameters / result.trainable.total)}<small>${w.ofParameters(integer(result.trainable.total))}</small></dd></div>
<div><dt>${page.time}</dt><dd>${duration(result.seconds.total)}<small>${page.forecastSmall(duration(result.forecast.seconds))}</small></dd></div>
<div><dt>${page.peakMemory}</dt><dd>${megabytes(result.peak_rss_mb)}<small>${page.forecastSmall(megabytes(result.forecast.peak_rss_mb))}</small></dd></div>
</dl>
${warnings.length > 0 && html`<section class="notes" aria-label="${page.warnings}"><strong>${page.warningCount(warnings.length)}</strong>${recordedWarnings(warnings, words)}</section>`}`,
    sections: [
      ...tasks.map(({ name: task, classes, test }, i) => ({
        id: `task-${i + 1}`,
        title: w.matrixOf(name(task)),
        body: html`${tableMarkup(pairsTable(test, "picture"), data, "picture")}${confusionMatrix(test, classes, false, words)}<details><summary>${page.byClassLabel}</summary>${classTables(test, "picture").map((table) => tableMarkup(table, data, "picture"))}</details>`,
      })),
      ...runSections(
        {
          curves: curves({ events, lang }, undefined, keptModel(result, words)),
          reproduce: html`<pre><code>${command}</code></pre><p class="small muted">${named.join(" · ")}</p>`,
        },
        lang,
      ),
    ],
    footer: w.footer,
  });
}

function scores({ tasks, mean_accuracy: mean, weighting }: TasksResultEvent, lang: Lang): Markup {
  const w = wordsOfTasks[lang];
  const withBaseline = tasks.some(({ baseline }) => baseline !== undefined);
  return html`<h2>${w.each}</h2>
<div class="scroll" role="region" aria-label="${w.scores}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.task}</th><th scope="col" class="n">${w.classes}</th><th scope="col" class="n">${w.train}</th><th scope="col" class="n">${w.test}</th><th scope="col" class="n">${term("accuracy", lang, w.accuracy)}</th><th scope="col">${term("confidence-interval", lang, w.interval)}</th>${withBaseline && html`<th scope="col" class="n">${w.alone}</th><th scope="col" class="n">${w.gain}</th><th scope="col" class="n">${w.frequent}</th>`}<th scope="col" class="n">${term("macro-f1", lang, w.macroF1)}</th><th scope="col" class="n">${w.weight}</th></tr></thead>
<tbody>${tasks.map((task) => row(task, withBaseline, lang))}</tbody></table></div>
<p class="small muted">${w.mean(percent(mean))} ${weighting === "uncertainty" ? w.learnt : ""}</p>`;
}

function row(
  { name: task, classes, split, test, baseline, baselines, verdict, weight }: TaskResult,
  withBaseline: boolean,
  lang: Lang,
): Markup {
  return html`<tr><th scope="row">${name(task)}</th><td class="n">${integer(classes.length)}</td><td class="n">${integer(split.train)}</td><td class="n">${integer(test.n)}</td><td class="n">${percent(test.accuracy)}</td><td>${wordsIn(lang).items.range(test.accuracy_ci95)}</td>${
    withBaseline &&
    html`<td class="n">${baseline && percent(baseline.test.accuracy)}</td><td class="n">${verdict && gain(verdict.gain)}</td><td class="n">${baselines && percent(baselines.majority.test.accuracy)}</td>`
  }<td class="n">${decimal(test.macro_f1)}</td><td class="n">${decimal(weight, 2)}</td></tr>`;
}
