/** An adaptation as one HTML file: what the method brought, what was chosen and how, how far the domains were apart. */
import type {
  AdaptCandidate,
  AdaptGain,
  AdaptResultEvent,
  ClassificationScores,
  DomainDistance,
} from "../../core/events/events.js";
import { confusion } from "../charts/confusion.js";
import { curves } from "../charts/curves.js";
import { decimal, duration, gain, integer, megabytes, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { staticPage } from "../live/static-page.js";
import { recorded, recordedRecipe, recordedWarnings } from "../recorded.js";
import { type ReportData, warningsOf } from "../report-data.js";
import { adaptEn } from "../words/en/adapt.js";
import { type Lang, wordsIn } from "../words/index.js";
import { adaptZh } from "../words/zh/adapt.js";
import { baseText } from "./run-page.js";

const wordsOfAdaptation: Readonly<Record<Lang, typeof adaptEn>> = { en: adaptEn, zh: adaptZh };

export interface AdaptationData {
  readonly result: AdaptResultEvent;
  readonly events: ReportData["events"];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Language of the page's own sentences. Default "en". */
  readonly lang?: Lang;
}

const tradeOff = ({ trade_off }: AdaptCandidate): string =>
  trade_off === undefined ? "–" : String(trade_off);

/** A table that scrolls by itself. */
function table(
  label: string,
  head: readonly string[],
  rows: readonly (readonly (Markup | string)[])[],
): Markup {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table class="data">
<thead><tr>${head.map((h, i) => (i === 0 ? html`<th scope="col">${h}</th>` : html`<th scope="col" class="n">${h}</th>`))}</tr></thead>
<tbody>${rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first ?? ""}</th>${rest.map((cell) => html`<td class="n">${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** A run of an older version has no such interval. */
const modelsRange = ({ models_ci95: range }: AdaptGain): readonly [string, string] | null | undefined =>
  range && [gain(range[0]), gain(range[1])];

function headline({ result, lang = "en" }: AdaptationData): Markup {
  const { test, source_only, oracle, gain: difference, method, unit } = result;
  const w = wordsOfAdaptation[lang];
  const { page, items } = wordsIn(lang);
  if (!test)
    return html`<section><h2>${w.noLabelsTitle}</h2><p>${w.noLabels(items.many(unit))}</p></section>`;
  const row = (label: string, scores: ClassificationScores | undefined, by: string) => [
    label,
    scores ? percent(scores.accuracy) : "–",
    scores ? items.range(scores.accuracy_ci95) : "–",
    by,
  ];
  const best = oracle && [
    w.oracle,
    percent(oracle.target_accuracy ?? Number.NaN),
    "–",
    w.oracleBy(oracle.epoch, tradeOff(oracle)),
  ];
  return html`<section aria-label="${page.result}"><h2>${w.onTarget(percent(test.accuracy))}</h2>
<p>${w.over(test.n, unit)}</p>
${table(
  w.accuracies,
  ["", w.accuracy, w.interval, w.chosenBy],
  [
    row(method.name, test, w.byScore),
    ...(method.name === "source-only" ? [] : [row("source-only", source_only.test, w.byValidation)]),
    ...(best ? [best] : []),
  ],
)}
${
  difference &&
  html`<p>${method.name} − source-only${page.colon}<strong>${w.points(gain(difference.value))}</strong>${w.gainNote(modelsRange(difference), items.many(unit))}</p>`
}</section>`;
}

function distances({ result, lang = "en" }: AdaptationData): Markup {
  const w = wordsOfAdaptation[lang];
  const row = (label: string, { a_distance: a, mmd: m }: DomainDistance) => [
    label,
    a ? w.range(decimal(a.value, 2), decimal(a.ci95[0], 2), decimal(a.ci95[1], 2)) : w.tooFew,
    m ? decimal(m.value, 4) : w.tooFew,
    m ? (m.p < 0.01 ? "< 0.01" : decimal(m.p, 2)) : "–",
  ];
  return html`<section><h2>${w.apart}</h2>
${table(
  w.distances,
  [w.featuresOf, w.aDistance, "MMD²", "p"],
  [row(w.before, result.distance.before), row(w.after(result.method.name), result.distance.after)],
)}
<p class="small muted">${w.distanceNote(wordsIn(lang).items.many(result.unit))}</p></section>`;
}

/** Rows of a table that are shown; the rest is in run.json. */
const mostShown = 200;

function choice({ result, lang = "en" }: AdaptationData): Markup {
  const { chosen, candidates, oracle } = result;
  const w = wordsOfAdaptation[lang];
  const same = (a: AdaptCandidate | undefined, b: AdaptCandidate): boolean =>
    a !== undefined && a.epoch === b.epoch && a.trade_off === b.trade_off;
  const rows = candidates
    .slice(0, mostShown)
    .map((c) => [
      `${same(chosen, c) ? w.markChosen : ""}${same(oracle, c) ? w.markOracle : ""}${w.epoch(c.epoch)}`,
      tradeOff(c),
      percent(c.source_accuracy),
      decimal(c.information),
      decimal(c.score),
      c.target_accuracy === undefined ? "–" : percent(c.target_accuracy),
    ]);
  return html`<section><h2>${w.chosenTitle}</h2>
<p>${w.chosen(chosen.epoch, chosen.trade_off, recorded(chosen.by, chosen.by_message && [chosen.by_message], wordsIn(lang)), decimal(chosen.score))}</p>
<details><summary>${w.everyState}</summary>
${table(w.states, w.stateHead, rows)}</details></section>`;
}

function done({ result, command, versions, lang = "en" }: AdaptationData): Markup {
  const { source, target, base, method, seconds, weights } = result;
  const w = wordsOfAdaptation[lang];
  const words = wordsIn(lang);
  const { details: d, page } = words;
  const side = ({ root, split }: AdaptResultEvent["source"]): Markup =>
    html`${name(root)}${w.parts(integer(split.train), integer(split.validation), integer(split.test))}`;
  return html`<section><h2>${d.title}</h2><dl class="facts">
<dt>${w.source}</dt><dd>${side(source)}</dd>
<dt>${w.target}</dt><dd>${side(target)}${target.labelled ? w.labelsOnce : w.unlabelled}</dd>
<dt>${d.base}</dt><dd>${baseText(base.name, words)} · ${d.licence} ${baseText(base.license, words)}</dd>
<dt>${w.method}</dt><dd><strong>${method.name}</strong>${page.colon}${name(method.paper)}</dd>
<dt>${w.recipe}</dt><dd>${recordedRecipe(method, words)}</dd>
${weights && html`<dt>${w.weights}</dt><dd>${w.weightWords(integer(weights.n), integer(weights.effective), decimal(weights.largest, 1))}</dd>`}
<dt>${page.time}</dt><dd>${w.timeWords(duration(seconds.total), duration(result.forecast.seconds), duration(seconds.training), megabytes(result.peak_rss_mb))}</dd></dl>
<h3>${d.again}</h3><pre><code>${command}</code></pre>
<p class="small muted">${w.seedWords(result.seed)} · ${Object.entries(versions)
    .map(([what, version]) => `${what} ${version}`)
    .join(" · ")}</p></section>`;
}

/**
 * The report of a finished adaptation; everything from outside is escaped, the page forbids itself every request.
 * @returns a whole HTML document
 */
export function renderAdaptation(data: AdaptationData): string {
  const { result, events, lang = "en" } = data;
  const w = wordsOfAdaptation[lang];
  const words = wordsIn(lang);
  const { page, items } = words;
  const warned = warningsOf({ events });
  return staticPage({
    title: result.method.name,
    kind: w.kind,
    lang,
    style: "",
    facts: html`${name(result.source.root)} → ${name(result.target.root)} · ${items.classCount(result.classes.length)}`,
    main: html`${headline(data)}
${warned.length > 0 && html`<section class="notes" aria-label="${page.warnings}">${recordedWarnings(warned, words)}</section>`}
${distances(data)}
${choice(data)}
${result.test && confusion(result.test, result.classes, result.unit, false, words)}
${done(data)}
${curves({ events, lang }, undefined)}`,
    footer: w.footer,
  });
}
