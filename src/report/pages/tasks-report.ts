/** The report of several tasks on one body: each with its interval, beside a model of its own. */
import type { EngraftEvent, TaskResult, TasksResultEvent, WarningEvent } from "../../core/events/events.js";
import { confusion } from "../charts/confusion.js";
import { decimal, duration, gain, integer, megabytes, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { staticPage } from "../live/static-page.js";
import { recordedWarnings } from "../recorded.js";
import { tasksEn } from "../words/en/tasks.js";
import { type Lang, wordsIn } from "../words/index.js";
import { tasksZh } from "../words/zh/tasks.js";

const wordsOfTasks: Readonly<Record<Lang, typeof tasksEn>> = { en: tasksEn, zh: tasksZh };

/** What a report on several tasks is made of. */
export interface TasksReportData {
  readonly title: string;
  readonly result: TasksResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Language of the page's own sentences. Default "en". */
  readonly lang?: Lang;
}

/** @returns a whole HTML document; everything from outside is escaped, nothing is fetched */
export function renderTasksReport(data: TasksReportData): string {
  const { title, result, events, command, versions, lang = "en" } = data;
  const { tasks, base } = result;
  const w = wordsOfTasks[lang];
  const words = wordsIn(lang);
  const { page, items } = words;
  const beside = tasks.some(({ baseline }) => baseline !== undefined);
  const warnings = events.filter((e): e is WarningEvent => e.event === "warning");
  return staticPage({
    title,
    kind: w.kind(tasks.length),
    lang,
    style: "",
    facts: html`<bdi>${base.name}</bdi> · ${result.strategy.name} · ${w.weighting(result.weighting)} · ${items.trainingCount(result.split.train, "picture")}`,
    main: html`<section aria-label="${page.result}"><h2>${w.each}</h2>
<div class="scroll" role="region" aria-label="${w.scores}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.task}</th><th scope="col" class="n">${w.classes}</th><th scope="col" class="n">${w.train}</th><th scope="col" class="n">${w.test}</th><th scope="col" class="n">${w.accuracy}</th><th scope="col">${w.interval}</th>${beside && html`<th scope="col" class="n">${w.alone}</th><th scope="col" class="n">${w.gain}</th><th scope="col" class="n">${w.frequent}</th>`}<th scope="col" class="n">${w.macroF1}</th><th scope="col" class="n">${w.weight}</th></tr></thead>
<tbody>${tasks.map((task) => row(task, beside, lang))}</tbody></table></div>
<p class="small muted">${w.mean(percent(result.mean_accuracy))} ${result.weighting === "uncertainty" ? w.learnt : ""}</p>
${tasks.flatMap(({ name: task, verdict }) => (verdict ? html`<p><strong>${name(task)}</strong>${page.colon}${w.verdictWords(verdict)}</p>` : []))}
</section>
<dl class="tiles">
<div><dt>${w.epochs}</dt><dd>${integer(result.epochs)}<small>${w.best(integer(result.best_epoch), result.kept)}</small></dd></div>
<div><dt>${w.trained}</dt><dd>${percent(result.trainable.parameters / result.trainable.total)}<small>${w.ofParameters(integer(result.trainable.total))}</small></dd></div>
<div><dt>${page.time}</dt><dd>${duration(result.seconds.total)}<small>${page.forecastSmall(duration(result.forecast.seconds))}</small></dd></div>
<div><dt>${page.peakMemory}</dt><dd>${megabytes(result.peak_rss_mb)}<small>${page.forecastSmall(megabytes(result.forecast.peak_rss_mb))}</small></dd></div>
</dl>
${warnings.length > 0 && html`<section><h2>${page.warnings}</h2>${recordedWarnings(warnings, words)}</section>`}
${tasks.map(({ name: task, classes, test }) => html`<section><h2>${name(task)}</h2></section>${confusion(test, classes, "picture", false, words)}`)}
<section><h2>${w.again}</h2><pre><code>${command}</code></pre>
<p class="small muted">${Object.entries(versions)
      .map(([program, version]) => `${program} ${version}`)
      .join(" · ")}</p></section>`,
    footer: w.footer,
  });
}

function row(
  { name: task, classes, split, test, baseline, baselines, verdict, weight }: TaskResult,
  beside: boolean,
  lang: Lang,
): Markup {
  return html`<tr><th scope="row">${name(task)}</th><td class="n">${integer(classes.length)}</td><td class="n">${integer(split.train)}</td><td class="n">${integer(test.n)}</td><td class="n">${percent(test.accuracy)}</td><td>${wordsIn(lang).items.range(test.accuracy_ci95)}</td>${
    beside &&
    html`<td class="n">${baseline && percent(baseline.test.accuracy)}</td><td class="n">${verdict && gain(verdict.gain)}</td><td class="n">${baselines && percent(baselines.majority.test.accuracy)}</td>`
  }<td class="n">${decimal(test.macro_f1)}</td><td class="n">${decimal(weight, 2)}</td></tr>`;
}
