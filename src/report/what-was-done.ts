/** How the result came about: data, base, what trained, forecast against what it took; and how to do it again. */
import type { SeedsResult } from "../core/events.js";
import { html, type Markup, name } from "./html.js";
import { count, duration, integer, megabytes, percent, percentRange, rate } from "./numbers.js";
import { itemOf, lastEvent, type ReportData, warningsOf } from "./report-data.js";

const fact = (term: string, ...what: readonly (Markup | string)[]): Markup =>
  html`<dt>${term}</dt><dd>${what}</dd>`;

function dataFacts(data: ReportData): Markup {
  const { split, classes } = data.result;
  const event = lastEvent(data, "data");
  const parts = `${integer(split.train)} to train, ${integer(split.validation)} to validate, ${integer(split.test)} to test`;
  const same = event?.duplicates;
  return html`${fact(itemOf(data) === "text" ? "Texts" : "Pictures", `${parts} · ${count(classes.length, "class", "classes")}`)}
${event && fact("Split", event.split_words)}
${same && (same.exact > 0 || same.near > 0) && fact("Duplicates", `${integer(same.exact)} exact, ${integer(same.near)} near, kept on one side; ${integer(same.across_parts)} across given parts`)}`;
}

function baseFacts(data: ReportData): Markup {
  const { base, strategy } = data.result;
  const event = lastEvent(data, "base");
  return html`${fact("Base", html`${name(base.name)} · licence ${name(base.license)} · <small class="muted">sha256 <code>${base.sha256.slice(0, 12)}…</code></small>`)}
${event && fact("Cut", html`<code>${event.cut}</code>: ${integer(event.features)} features, input <code>${event.input}</code>`)}
${taught(data)}
${fact("Strategy", html`<strong>${strategy.name}</strong>${strategy.reasons.length > 0 && html`: ${strategy.reasons.join("; ")}`}`)}`;
}

function taught({ result }: ReportData): Markup | string {
  const { distillation } = result;
  if (!distillation) return "";
  const { teacher, words, answers, seeds, test } = distillation;
  const own = test ? `, ${percent(test.accuracy)} of the test part right itself` : "";
  const runs = seeds.map(
    (s) =>
      `seed ${s.seed}: ${percent(s.accuracy)}${s.without_teacher === undefined ? "" : ` against ${percent(s.without_teacher)} without`}`,
  );
  return html`${fact("Teacher", html`${name(teacher.name)} · licence ${name(teacher.license)} · <small class="muted">sha256 <code>${teacher.sha256.slice(0, 12)}…</code></small>${own}`)}
${fact("Learnt from it", `${words}; ${answers}`)}
${seeds.length > 1 ? fact("By seed", runs.join(" · ")) : ""}`;
}

function trainingFacts(data: ReportData): Markup {
  const { result } = data;
  const { trainable: t, validation, seconds } = result;
  const epochs =
    result.epochs > 0
      ? `${integer(result.epochs)}, the best on validation is number ${integer(result.best_epoch)}`
      : "none: the head is the exact solution of a convex problem";
  return html`${fact("Trains", `${integer(t.parameters)} of ${integer(t.total)} parameters (${percent(t.parameters / t.total)})`)}
${fact("Epochs", epochs)}
${result.rate_found !== undefined && fact("Rate", `${rate(result.rate_found)}, suggested by the rate finder`)}
${result.average && fact("Average", `${result.average.kind} of epochs ${result.average.epochs.join(", ")}: ${percent(result.average.validation.accuracy)} on validation, ${result.average.kept ? "kept" : "not kept: the best epoch is better"}`)}
${result.diverged && fact("Diverged", `at step ${integer(result.diverged.step)}, rate ${rate(result.diverged.rate)}${result.diverged.suggested === undefined ? "" : `; the rate finder suggests ${rate(result.diverged.suggested)}`}`)}
${validation.n > 0 ? fact("Validation", `${percent(validation.accuracy)} of ${count(validation.n, result.task === "text-classification" ? "text" : "picture")}, loss ${validation.loss.toFixed(3)}: what was chosen by`) : ""}
${result.by_seed && fact("By seed", seedWords(result.by_seed))}
${fact("Time", `${duration(seconds.total)}: features ${duration(seconds.features)}, training ${duration(seconds.training)}`)}`;
}

function seedWords({ runs, accuracy, scratch }: SeedsResult): string {
  const told = ({ mean, ci95 }: SeedsResult["accuracy"]): string =>
    `${percent(mean)} on average${ci95 === null ? "" : `, 95 % interval of the mean ${percentRange(ci95)}`}`;
  const each = runs.map(
    (r) =>
      `seed ${r.seed}: ${percent(r.accuracy)}${r.scratch === undefined ? "" : ` against ${percent(r.scratch)} from scratch`}`,
  );
  return `${each.join(" · ")}; ${told(accuracy)}${scratch ? `; from scratch ${told(scratch)}` : ""}`;
}

function groups(data: ReportData): Markup | undefined {
  const event = lastEvent(data, "trainable");
  if (!event || event.groups.length === 0) return undefined;
  return html`<h3>What trained, and how fast</h3><div class="scroll" role="region" aria-label="Trained groups" tabindex="0"><table class="data">
<thead><tr><th scope="col">group</th><th scope="col" class="n">parameters</th><th scope="col" class="n">values</th>
<th scope="col" class="n">peak rate</th></tr></thead><tbody>${event.groups.map(
    (g) => html`<tr><th scope="row">${name(g.name)}</th><td class="n">${integer(g.parameters)}</td>
<td class="n">${integer(g.values)}</td><td class="n">${g.rate === 0 ? "–" : rate(g.rate)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** actual / forecast: 1 is a perfect forecast. */
function forecast(data: ReportData): Markup {
  const { result } = data;
  const row = (what: string, said: number, was: number, show: (v: number) => string): Markup => {
    const ratio = was / said;
    return html`<tr><th scope="row">${what}</th><td class="n">${show(said)}</td><td class="n">${show(was)}</td>
<td class="n">${said > 0 && Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : "–"}</td></tr>`;
  };
  const words = lastEvent(data, "forecast")?.words;
  return html`<h3>Forecast and what it took</h3>${words && html`<p class="small muted">${words}</p>`}
<table class="data"><thead><tr><th scope="col"><span class="muted">of the run</span></th><th scope="col" class="n">forecast</th>
<th scope="col" class="n">it took</th><th scope="col" class="n">ratio</th></tr></thead><tbody>
${row("time", result.forecast.seconds, result.seconds.total, duration)}
${row("peak memory", result.forecast.peak_rss_mb, result.peak_rss_mb, megabytes)}</tbody></table>`;
}

export function whatWasDone(data: ReportData): Markup {
  return html`<section><h2>What was done</h2>
<dl class="facts">${dataFacts(data)}${baseFacts(data)}${trainingFacts(data)}</dl>
${groups(data)}${forecast(data)}</section>`;
}

/** A list that shows this many and counts the rest. */
const mostSkipped = 200;

export function warnings(data: ReportData): Markup | undefined {
  const all = warningsOf(data);
  if (all.length === 0) return undefined;
  return html`<section class="notes" aria-label="Warnings"><strong>${count(all.length, "warning")}</strong>
<ul>${all.map((w) => html`<li>${w.message}</li>`)}</ul></section>`;
}

export function skipped(data: ReportData): Markup | undefined {
  const items = lastEvent(data, "data")?.skipped ?? [];
  if (items.length === 0) return undefined;
  const rest = items.length - mostSkipped;
  return html`<section><h2>Skipped items</h2>
<p>${count(items.length, "item")} could not be used and took no part in training or testing.</p>
<div class="scroll" role="region" aria-label="Skipped items" tabindex="0"><table class="data"><thead><tr><th scope="col">item</th><th scope="col">reason</th></tr></thead>
<tbody>${items.slice(0, mostSkipped).map((s) => html`<tr><th scope="row">${name(s.item)}</th><td>${s.reason}</td></tr>`)}</tbody></table></div>
${rest > 0 && html`<p class="muted">and ${integer(rest)} more, in <code>events.jsonl</code></p>`}</section>`;
}

export function reproduce(data: ReportData): Markup {
  const { result } = data;
  const start = lastEvent(data, "start");
  const fingerprint = lastEvent(data, "data")?.fingerprint;
  return html`<section><h2>To do it again</h2>
<pre><code>${data.command}</code></pre>
<dl class="facts">${fact("Seed", String(result.split.seed))}
${fingerprint && fact("Data", html`sha256 <code>${fingerprint}</code>`)}
${fact("Base", html`sha256 <code>${result.base.sha256}</code>`)}
${start && fact("Machine", `${start.machine} · ${count(start.threads, "thread")}`)}
${fact(
  "Versions",
  Object.entries(data.versions)
    .map(([what, version]) => `${what} ${version}`)
    .join(" · "),
)}
${fact("Run folder", html`<code>${result.run}</code>`)}
${fact("Model", html`<code>${result.model}</code>`)}</dl></section>`;
}
