/** The report of several tasks on one body: each with its interval, beside a model of its own. */
import type { EngraftEvent, TaskResult, TasksResultEvent, WarningEvent } from "../core/events.js";
import { confusion } from "./confusion.js";
import { html, type Markup, name } from "./html.js";
import { count, decimal, duration, gain, integer, megabytes, percent, percentRange } from "./numbers.js";
import { stillPage } from "./still-page.js";

/** What a report on several tasks is made of. */
export interface TasksReportData {
  readonly title: string;
  readonly result: TasksResultEvent;
  readonly events: readonly EngraftEvent[];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** @returns a whole HTML document; everything from outside is escaped, nothing is fetched */
export function renderTasksReport({ title, result, events, command, versions }: TasksReportData): string {
  const { tasks, base } = result;
  const beside = tasks.some(({ baseline }) => baseline !== undefined);
  const warnings = events.filter((e): e is WarningEvent => e.event === "warning");
  return stillPage({
    title,
    kind: `${count(tasks.length, "task")} on one body`,
    style: "",
    facts: html`<bdi>${base.name}</bdi> · ${result.strategy.name} · weighting ${result.weighting} · ${count(result.split.train, "training picture")}`,
    main: html`<section aria-label="Result"><h2>Each task on its test part</h2>
<div class="scroll" role="region" aria-label="Scores of the tasks" tabindex="0"><table class="data">
<thead><tr><th scope="col">task</th><th scope="col" class="n">classes</th><th scope="col" class="n">train</th><th scope="col" class="n">test</th><th scope="col" class="n">accuracy</th><th scope="col">95 % interval</th>${beside && html`<th scope="col" class="n">alone</th><th scope="col" class="n">gain</th>`}<th scope="col" class="n">macro F1</th><th scope="col" class="n">weight</th></tr></thead>
<tbody>${tasks.map((task) => row(task, beside))}</tbody></table></div>
<p class="small muted">Mean accuracy ${percent(result.mean_accuracy)}. ${result.weighting === "uncertainty" ? "Weights were learnt." : ""}</p>
${tasks.flatMap(({ name: task, verdict }) => (verdict ? html`<p><strong>${name(task)}</strong>: ${verdict.words}</p>` : []))}
</section>
<dl class="tiles">
<div><dt>Epochs</dt><dd>${integer(result.epochs)}<small>best by validation: ${integer(result.best_epoch)}</small></dd></div>
<div><dt>Trained</dt><dd>${percent(result.trainable.parameters / result.trainable.total)}<small>of ${integer(result.trainable.total)} parameters</small></dd></div>
<div><dt>Time</dt><dd>${duration(result.seconds.total)}<small>forecast ${duration(result.forecast.seconds)}</small></dd></div>
<div><dt>Peak memory</dt><dd>${megabytes(result.peak_rss_mb)}<small>forecast ${megabytes(result.forecast.peak_rss_mb)}</small></dd></div>
</dl>
${warnings.length > 0 && html`<section><h2>Warnings</h2><ul>${warnings.map(({ message }) => html`<li>${message}</li>`)}</ul></section>`}
${tasks.map(({ name: task, classes, test }) => html`<section><h2>${name(task)}</h2></section>${confusion(test, classes)}`)}
<section><h2>Do it again</h2><pre><code>${command}</code></pre>
<p class="small muted">${Object.entries(versions)
      .map(([program, version]) => `${program} ${version}`)
      .join(" · ")}</p></section>`,
    footer: "Intervals are Wilson's, over the test pictures of one run.",
  });
}

function row(
  { name: task, classes, split, test, baseline, verdict, weight }: TaskResult,
  beside: boolean,
): Markup {
  return html`<tr><th scope="row">${name(task)}</th><td class="n">${integer(classes.length)}</td><td class="n">${integer(split.train)}</td><td class="n">${integer(test.n)}</td><td class="n">${percent(test.accuracy)}</td><td>${percentRange(test.accuracy_ci95)}</td>${
    beside &&
    html`<td class="n">${baseline && percent(baseline.test.accuracy)}</td><td class="n">${verdict && gain(verdict.gain)}</td>`
  }<td class="n">${decimal(test.macro_f1)}</td><td class="n">${decimal(weight, 2)}</td></tr>`;
}
