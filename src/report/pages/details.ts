// Data, settings and forecast of a run, and what it takes to reproduce it.

import type { DeviceEvent } from "../../core/events/events.js";
import type { OwnBaseText } from "../../core/results/base-facts.js";
import { duration, integer, megabytes, percent, rate } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { recorded, recordedReasons } from "../recorded.js";
import type { RunPageData } from "../report-data.js";
import { lastEvent, wordsOf } from "../report-data.js";
import type { Words } from "../words/index.js";
import { term } from "../words/terms.js";
import { seedsWords } from "./seeds-words.js";
import { averageFact } from "./training-facts.js";

/** Returns a line of a list of facts. */
export const fact = (label: string | Markup, ...what: readonly (Markup | string)[]): Markup =>
  html`<dt>${label}</dt><dd>${what}</dd>`;

/** Returns the name or the licence of a base. */
export const baseText = (text: string, { details }: Pick<Words, "details">): Markup =>
  Object.hasOwn(details.baseTexts, text) ? html`${details.baseTexts[text as OwnBaseText]}` : name(text);

/** Returns how the data was split, and its duplicates, as the run recorded them. */
export function splitFacts(data: RunPageData): Markup {
  const words = wordsOf(data);
  const { details: w, lang } = words;
  const event = lastEvent(data, "data");
  const same = event?.duplicates;
  return html`${event?.split_words && fact(term("split", lang, w.split), recorded(event.split_words, event.split_messages, words, ";"))}
${same && (same.exact > 0 || same.near > 0) && fact(w.duplicates, w.duplicateWords(integer(same.exact), integer(same.near), integer(same.across_parts), event?.table !== undefined))}`;
}

function baseFacts(data: RunPageData): Markup {
  const { base, strategy } = data.result;
  const { details: w, page, lang } = wordsOf(data);
  const event = lastEvent(data, "base");
  return html`${fact(term("base", lang, w.base), html`${baseText(base.name, wordsOf(data))} · ${w.licence} ${baseText(base.license, wordsOf(data))} · <small class="muted">sha256 <code>${base.sha256.slice(0, 12)}…</code></small>`)}
${event && fact(w.cut, html`<code>${event.cut}</code>${w.features(integer(event.features))} <code>${event.input}</code>`)}
${teacherFacts(data)}
${fact(term("strategy", lang, w.strategy), html`<strong>${strategy.name}</strong>${strategy.reasons.length > 0 && html`${page.colon}${recordedReasons(strategy, wordsOf(data))}`}`)}`;
}

function teacherFacts(data: RunPageData): Markup | string {
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

function trainingFacts(data: RunPageData, unit: string): Markup {
  const { result, lang = "en" } = data;
  const { trainable: t, seconds } = result;
  const { details: w } = wordsOf(data);
  const { early_stopping: stopped } = result;
  const epochs =
    result.epochs > 0
      ? w.epochsWords(integer(result.epochs), integer(result.best_epoch), result.kept) +
        (stopped ? w.earlyStopping[stopped.because](integer(stopped.of)) : "")
      : w.noEpochs;
  return html`${fact(w.trains, w.trainsWords(integer(t.parameters), integer(t.total), percent(t.parameters / t.total)))}
${fact(term("epoch", lang, w.epochs), epochs)}
${result.rate_found !== undefined && fact(term("learning-rate", lang, w.rate), w.rateFound(rate(result.rate_found)))}
${averageFact(result, lang)}
${result.diverged && fact(w.diverged, `${w.divergedAt(integer(result.diverged.step), rate(result.diverged.rate))}${result.diverged.suggested === undefined ? "" : w.divergedSuggested(rate(result.diverged.suggested))}`)}
${validationFact(data, unit)}
${result.by_seed && fact(term("seed", lang, seedsWords[lang].name), seedsWords[lang].words(result.by_seed))}
${fact(w.time, w.timeWords(duration(seconds.total), duration(seconds.features), duration(seconds.training)))}`;
}

function validationFact(data: RunPageData, unit: string): Markup | undefined {
  const { n = 0, accuracy, loss } = data.result.validation ?? {};
  if (n === 0 || accuracy === undefined || loss === undefined) return undefined;
  const { details: w, items } = wordsOf(data);
  return fact(w.validation, w.validationWords(percent(accuracy), items.count(n, unit), loss.toFixed(3)));
}

function groups(data: RunPageData): Markup | undefined {
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
function forecast(data: RunPageData): Markup {
  const { result } = data;
  const { details: w, tag } = wordsOf(data);
  const row = (what: string, expected: number, was: number, show: (v: number) => string): Markup => {
    const ratio = was / expected;
    return html`<tr><th scope="row">${what}</th><td class="n">${show(expected)}</td><td class="n">${show(was)}</td>
<td class="n">${expected > 0 && Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : "–"}</td></tr>`;
  };
  // The table has the same in numbers.
  const isOfRun = result.extensions === undefined;
  const words = isOfRun && lastEvent(data, "forecast")?.words;
  return html`<h3>${w.forecastTitle}</h3>${words && tag === "en" && html`<p class="small muted" lang="en">${words}</p>`}
<div class="scroll"><table class="data"><thead><tr><th scope="col"><span class="muted">${w.ofTheRun}</span></th><th scope="col" class="n">${w.forecast}</th>
<th scope="col" class="n">${w.itTook}</th><th scope="col" class="n">${w.ratio}</th></tr></thead><tbody>
${isOfRun && row(w.forecastTime, result.forecast.seconds, result.seconds.total, duration)}
${row(w.forecastMemory, result.forecast.peak_rss_mb, result.peak_rss_mb, megabytes)}</tbody></table></div>`;
}

/** Returns the settings of the training, its groups of weights, and its forecast. @param unit one sample: "picture" */
export function trainingSettings(data: RunPageData, unit: string): Markup {
  return html`<dl class="facts">${baseFacts(data)}${trainingFacts(data, unit)}</dl>
${groups(data)}${forecast(data)}`;
}

/** Most skipped samples of the list. */
const mostSkipped = 200;

/** Returns the samples that could not be used; undefined if there are none. */
export function skipped(data: RunPageData): Markup | undefined {
  const items = lastEvent(data, "data")?.skipped ?? [];
  if (items.length === 0) return undefined;
  const rest = items.length - mostSkipped;
  const { page: w, items: words } = wordsOf(data);
  return html`<p>${w.skippedIntro(items.length)}</p>
<div class="scroll" role="region" aria-label="${w.item}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.item}</th><th scope="col">${w.reason}</th></tr></thead>
<tbody>${items.slice(0, mostSkipped).map((s) => html`<tr><th scope="row">${name(words.item(s.item))}</th><td>${recorded(s.reason, undefined, wordsOf(data))}</td></tr>`)}</tbody></table></div>
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
export function reproduce(data: RunPageData): Markup {
  const { result } = data;
  const { details: w, items } = wordsOf(data);
  const [start, device] = [lastEvent(data, "start"), lastEvent(data, "device")];
  const fingerprint = lastEvent(data, "data")?.fingerprint;
  return html`<pre><code>${data.command}</code></pre>
<dl class="facts">${fact(w.seed, String(result.split.seed))}
${fingerprint && fact(w.data, html`sha256 <code>${fingerprint}</code>`)}
${fact(w.base, html`sha256 <code>${result.base.sha256}</code>`)}
${start && fact(w.machine, html`<bdi>${start.machine}</bdi> · ${items.threads(start.threads)}`)}
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
