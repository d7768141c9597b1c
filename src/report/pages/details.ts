// Data, settings and forecast of a run, and what it takes to reproduce it.

import type { DeviceEvent, SeedsResult } from "../../core/events/events.js";
import { duration, integer, megabytes, percent, rate } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { recorded, recordedReasons, recordedWarnings } from "../recorded.js";
import { itemOf, lastEvent, type ReportData, warningsOf, wordsOf } from "../report-data.js";
import type { Words } from "../words/index.js";
import { term } from "../words/terms.js";
import { baseText } from "./run-page.js";
import { averageFact } from "./training-facts.js";

const fact = (name: string | Markup, ...what: readonly (Markup | string)[]): Markup =>
  html`<dt>${name}</dt><dd>${what}</dd>`;

/** Returns the section on the data. */
export function dataFacts(data: ReportData): Markup {
  const { split, classes } = data.result;
  const { details: w, items, lang } = wordsOf(data);
  const event = lastEvent(data, "data");
  const [train, validation, test] = [split.train, split.validation, split.test].map(integer) as [
    string,
    string,
    string,
  ];
  const same = event?.duplicates;
  return html`<dl class="facts">${fact(w.items[itemOf(data)], w.parts(train, validation, test, items.classCount(classes.length)))}
${event && fact(term("split", lang, w.split), recorded(event.split_words, event.split_messages, wordsOf(data), ";"))}
${same && (same.exact > 0 || same.near > 0) && fact(w.duplicates, w.duplicateWords(integer(same.exact), integer(same.near), integer(same.across_parts)))}</dl>`;
}

function baseFacts(data: ReportData): Markup {
  const { base, strategy } = data.result;
  const { details: w, page, lang } = wordsOf(data);
  const event = lastEvent(data, "base");
  return html`${fact(term("base", lang, w.base), html`${baseText(base.name, wordsOf(data))} · ${w.licence} ${baseText(base.license, wordsOf(data))} · <small class="muted">sha256 <code>${base.sha256.slice(0, 12)}…</code></small>`)}
${event && fact(w.cut, html`<code>${event.cut}</code>${w.features(integer(event.features))} <code>${event.input}</code>`)}
${teacherFacts(data)}
${fact(term("strategy", lang, w.strategy), html`<strong>${strategy.name}</strong>${strategy.reasons.length > 0 && html`${page.colon}${recordedReasons(strategy, wordsOf(data))}`}`)}`;
}

function teacherFacts(data: ReportData): Markup | string {
  const { distillation } = data.result;
  const w = wordsOf(data).details;
  if (!distillation) return "";
  const { teacher, words, answers, messages, seeds, test } = distillation;
  const own = test ? w.teacherOwn(percent(test.accuracy)) : "";
  const runs = seeds.map(
    (s) =>
      `${w.seedResult(s.seed, percent(s.accuracy))}${s.without_teacher === undefined ? "" : w.againstWithout(percent(s.without_teacher))}`,
  );
  return html`${fact(w.teacher, html`${name(teacher.name)} · ${w.licence} ${name(teacher.license)} · <small class="muted">sha256 <code>${teacher.sha256.slice(0, 12)}…</code></small>${own}`)}
${fact(w.learntFrom, recorded(`${words}; ${answers}`, messages, wordsOf(data)))}
${seeds.length > 1 ? fact(w.bySeed, runs.join(" · ")) : ""}`;
}

function trainingFacts(data: ReportData): Markup {
  const { result } = data;
  const { trainable: t, validation, seconds } = result;
  const { details: w, items, lang } = wordsOf(data);
  const { early_stopping: stopped } = result;
  const epochs =
    result.epochs > 0
      ? w.epochsWords(integer(result.epochs), integer(result.best_epoch), result.kept) +
        (stopped ? w.earlyStopping[stopped.because](integer(stopped.of)) : "")
      : w.noEpochs;
  return html`${fact(w.trains, w.trainsWords(integer(t.parameters), integer(t.total), percent(t.parameters / t.total)))}
${fact(term("epoch", lang, w.epochs), epochs)}
${result.rate_found !== undefined && fact(term("learning-rate", lang, w.rate), w.rateFound(rate(result.rate_found)))}
${averageFact(result, data.lang ?? "en")}
${result.diverged && fact(w.diverged, `${w.divergedAt(integer(result.diverged.step), rate(result.diverged.rate))}${result.diverged.suggested === undefined ? "" : w.divergedSuggested(rate(result.diverged.suggested))}`)}
${validation.n > 0 ? fact(w.validation, w.validationWords(percent(validation.accuracy), items.count(validation.n, itemOf(data)), validation.loss.toFixed(3))) : ""}
${result.by_seed && fact(term("seed", lang, w.bySeed), seedWords(result.by_seed, data))}
${fact(w.time, w.timeWords(duration(seconds.total), duration(seconds.features), duration(seconds.training)))}`;
}

function seedWords({ runs, accuracy, scratch }: SeedsResult, data: ReportData): string {
  const { details: w, items } = wordsOf(data);
  const written = ({ mean, ci95 }: SeedsResult["accuracy"]): string =>
    w.mean(percent(mean), ci95 === null ? undefined : items.range(ci95));
  const each = runs.map(
    (r) =>
      `${w.seedResult(r.seed, percent(r.accuracy))}${r.scratch === undefined ? "" : w.againstScratch(percent(r.scratch))}`,
  );
  return `${each.join(" · ")}; ${written(accuracy)}${scratch ? `; ${w.fromScratchMean(written(scratch))}` : ""}`;
}

function groups(data: ReportData): Markup | undefined {
  // Of a kept model without epochs, only the solved head is its own: the other groups are those of a candidate.
  const all = lastEvent(data, "trainable")?.groups ?? [];
  const own = data.result.epochs > 0 ? all : all.filter((g) => g.rate === 0);
  if (own.length === 0) return undefined;
  const w = wordsOf(data).details;
  return html`<h3>${w.groupsTitle}</h3><div class="scroll" role="region" aria-label="${w.groups}" tabindex="0"><table class="data">
<thead><tr><th scope="col">${w.group}</th><th scope="col" class="n">${w.parameters}</th><th scope="col" class="n">${w.values}</th>
<th scope="col" class="n">${w.peakRate}</th></tr></thead><tbody>${own.map(
    (
      g,
    ) => html`<tr><th scope="row">${recorded(g.name, g.label && [g.label], wordsOf(data))}</th><td class="n">${integer(g.parameters)}</td>
<td class="n">${integer(g.values)}</td><td class="n">${g.rate === 0 ? "–" : rate(g.rate)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** ratio = actual / forecast. 1 is a perfect forecast. */
function forecast(data: ReportData): Markup {
  const { result } = data;
  const { details: w, tag } = wordsOf(data);
  const row = (what: string, expected: number, was: number, show: (v: number) => string): Markup => {
    const ratio = was / expected;
    return html`<tr><th scope="row">${what}</th><td class="n">${show(expected)}</td><td class="n">${show(was)}</td>
<td class="n">${expected > 0 && Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : "–"}</td></tr>`;
  };
  // The table has the same in numbers.
  const words = lastEvent(data, "forecast")?.words;
  return html`<h3>${w.forecastTitle}</h3>${words && tag === "en" && html`<p class="small muted" lang="en">${words}</p>`}
<div class="scroll"><table class="data"><thead><tr><th scope="col"><span class="muted">${w.ofTheRun}</span></th><th scope="col" class="n">${w.forecast}</th>
<th scope="col" class="n">${w.itTook}</th><th scope="col" class="n">${w.ratio}</th></tr></thead><tbody>
${row(w.forecastTime, result.forecast.seconds, result.seconds.total, duration)}
${row(w.forecastMemory, result.forecast.peak_rss_mb, result.peak_rss_mb, megabytes)}</tbody></table></div>`;
}

/** Returns the settings of the training, its groups of weights, and its forecast. */
export function trainingSettings(data: ReportData): Markup {
  return html`<dl class="facts">${baseFacts(data)}${trainingFacts(data)}</dl>
${groups(data)}${forecast(data)}`;
}

/** Most skipped samples of the list. */
const mostSkipped = 200;

/** Returns the warnings of the run; undefined without warnings. */
export function warnings(data: ReportData): Markup | undefined {
  const all = warningsOf(data);
  if (all.length === 0) return undefined;
  const { page: w } = wordsOf(data);
  return html`<section class="notes" aria-label="${w.warnings}"><strong>${w.warningCount(all.length)}</strong>
${recordedWarnings(all, wordsOf(data))}</section>`;
}

/** Returns the samples that could not be used; undefined if there are none. */
export function skipped(data: ReportData): Markup | undefined {
  const items = lastEvent(data, "data")?.skipped ?? [];
  if (items.length === 0) return undefined;
  const rest = items.length - mostSkipped;
  const { page: w } = wordsOf(data);
  return html`<p>${w.skippedIntro(items.length)}</p>
<div class="scroll" role="region" aria-label="${w.item}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.item}</th><th scope="col">${w.reason}</th></tr></thead>
<tbody>${items.slice(0, mostSkipped).map((s) => html`<tr><th scope="row">${name(s.item)}</th><td>${recorded(s.reason, undefined, wordsOf(data))}</td></tr>`)}</tbody></table></div>
${rest > 0 && html`<p class="muted">${w.andMore(integer(rest))} <code>events.jsonl</code></p>`}`;
}

/** Names of devices, the same in all languages. */
const deviceNames = { cpu: "CPU", webgpu: "WebGPU", cuda: "CUDA" } as const;

/** Returns where the run computed, and the times by which `auto` decided it. */
function deviceFact({ device, adapter, milliseconds: ms }: DeviceEvent, w: Words["details"]): string {
  const round = (value: number): string => String(Number(value.toPrecision(2)));
  const times = ms && w.deviceTimes(round(ms.webgpu), round(ms.cpu));
  return [deviceNames[device], adapter, times].filter((part) => part !== undefined).join(" · ");
}

/** Returns the command, the hashes and the environment of the run. */
export function reproduce(data: ReportData): Markup {
  const { result } = data;
  const { details: w, items } = wordsOf(data);
  const [start, device] = [lastEvent(data, "start"), lastEvent(data, "device")];
  const fingerprint = lastEvent(data, "data")?.fingerprint;
  return html`<pre><code>${data.command}</code></pre>
<dl class="facts">${fact(w.seed, String(result.split.seed))}
${fingerprint && fact(w.data, html`sha256 <code>${fingerprint}</code>`)}
${fact(w.base, html`sha256 <code>${result.base.sha256}</code>`)}
${start && fact(w.machine, `${start.machine} · ${items.threads(start.threads)}`)}
${device && fact(w.device, deviceFact(device, w))}
${fact(
  w.versions,
  Object.entries(data.versions)
    .map(([what, version]) => `${what} ${version}`)
    .join(" · "),
)}
${fact(w.runFolder, html`<code>${result.run}</code>`)}
${fact(w.model, html`<code>${result.model}</code>`)}
${fact(w.manifest, html`${w.manifestWords} <code>run.json</code>`)}</dl>`;
}
