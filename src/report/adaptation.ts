/** An adaptation as one HTML file: what the method brought, what was chosen and how, how far the domains were apart. */
import type {
  AdaptCandidate,
  AdaptResultEvent,
  ClassificationScores,
  DomainDistance,
} from "../core/events.js";
import { confusion } from "./confusion.js";
import { curves } from "./curves.js";
import { html, type Markup, name } from "./html.js";
import { count, decimal, duration, gain, integer, megabytes, percent, percentRange } from "./numbers.js";
import type { ReportData } from "./report-data.js";
import { stillPage } from "./still-page.js";

export interface AdaptationData {
  readonly result: AdaptResultEvent;
  readonly events: ReportData["events"];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
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

function headline({ result }: AdaptationData): Markup {
  const { test, source_only, oracle, gain: difference, method, unit } = result;
  if (!test)
    return html`<section><h2>Target accuracy</h2><p>The target has no labels, so nobody knows it. Before such a model is used,
label some ${unit}s of the target and run <code>engraft eval</code> on them.</p></section>`;
  const row = (label: string, scores: ClassificationScores | undefined, by: string) => [
    label,
    scores ? percent(scores.accuracy) : "–",
    scores ? percentRange(scores.accuracy_ci95) : "–",
    by,
  ];
  const best = oracle && [
    "oracle: the best choice by target labels",
    percent(oracle.target_accuracy ?? Number.NaN),
    "–",
    `epoch ${oracle.epoch}, trade-off ${tradeOff(oracle)}; not available in earnest`,
  ];
  return html`<section aria-label="Result"><h2>Accuracy on the target: ${percent(test.accuracy)}</h2>
<p>Over ${count(test.n, unit)} of the target's test part, whose labels were looked at once, after everything was chosen.</p>
${table(
  "Accuracies",
  ["", "accuracy", "95 % interval", "chosen by"],
  [
    row(method.name, test, "source validation and a label-free score"),
    ...(method.name === "source-only" ? [] : [row("source-only", source_only.test, "source validation")]),
    ...(best ? [best] : []),
  ],
)}
${
  difference &&
  html`<p>${method.name} − source-only: <strong>${gain(difference.value)} points</strong>, 95 % interval ${gain(difference.ci95[0])} to ${gain(difference.ci95[1])}
(paired on the same ${unit}s of one run; ${difference.p < 0.001 ? "p < 0.001" : `p = ${decimal(difference.p)}`}). The luck of the seed is not in it.</p>`
}</section>`;
}

function distances({ result }: AdaptationData): Markup {
  const row = (label: string, { a_distance: a, mmd: m }: DomainDistance) => [
    label,
    a ? `${decimal(a.value, 2)} (${decimal(a.ci95[0], 2)} to ${decimal(a.ci95[1], 2)})` : "too few items",
    m ? decimal(m.value, 4) : "too few items",
    m ? (m.p < 0.01 ? "< 0.01" : decimal(m.p, 2)) : "–",
  ];
  return html`<section><h2>How far the domains are apart</h2>
${table(
  "Distances",
  ["features of", "A-distance (95 %)", "MMD²", "p"],
  [
    row("source-only (before)", result.distance.before),
    row(`${result.method.name} (after)`, result.distance.after),
  ],
)}
<p class="small muted">A-distance: 0 when a linear classifier cannot tell the domains apart, 2 when it always can. MMD²: 0 for one distribution; p by
random divisions. Both over held-out ${result.unit}s. A small distance is no proof: classes may have been swapped.</p></section>`;
}

/** Rows of a table that are shown; the rest is in run.json. */
const mostShown = 200;

function choice({ result }: AdaptationData): Markup {
  const { chosen, candidates, oracle } = result;
  const same = (a: AdaptCandidate | undefined, b: AdaptCandidate): boolean =>
    a !== undefined && a.epoch === b.epoch && a.trade_off === b.trade_off;
  const rows = candidates
    .slice(0, mostShown)
    .map((c) => [
      `${same(chosen, c) ? "chosen: " : ""}${same(oracle, c) ? "oracle: " : ""}epoch ${c.epoch}`,
      tradeOff(c),
      percent(c.source_accuracy),
      decimal(c.information),
      decimal(c.score),
      c.target_accuracy === undefined ? "–" : percent(c.target_accuracy),
    ]);
  return html`<section><h2>What was chosen</h2>
<p>Epoch ${String(chosen.epoch)}${chosen.trade_off === undefined ? "" : `, trade-off ${chosen.trade_off}`}, by ${chosen.by}: ${decimal(chosen.score)}. No label of the target had a part in it.</p>
<details><summary>Every state that could have been chosen</summary>
${table("States", ["state", "trade-off", "source validation", "information", "score", "target accuracy (seen afterwards)"], rows)}</details></section>`;
}

function done({ result, command, versions }: AdaptationData): Markup {
  const { source, target, base, method, seconds, weights } = result;
  const side = (s: AdaptResultEvent["source"]): Markup =>
    html`${name(s.root)}: ${integer(s.split.train)} to train, ${integer(s.split.validation)} to choose, ${integer(s.split.test)} to test`;
  return html`<section><h2>What was done</h2><dl class="facts">
<dt>Source</dt><dd>${side(source)}</dd>
<dt>Target</dt><dd>${side(target)}; ${target.labelled ? "labels used once, at the end" : "no labels"}</dd>
<dt>Base</dt><dd>${name(base.name)} · licence ${name(base.license)}</dd>
<dt>Method</dt><dd><strong>${method.name}</strong>: ${method.paper}</dd>
<dt>Recipe</dt><dd>${method.recipe}</dd>
${weights && html`<dt>Weights</dt><dd>${integer(weights.n)} source items count like ${integer(weights.effective)}; the largest weight is ${decimal(weights.largest, 1)}</dd>`}
<dt>Time</dt><dd>${duration(seconds.total)}, training ${duration(seconds.training)}; peak memory ${megabytes(result.peak_rss_mb)}</dd></dl>
<h3>To do it again</h3><pre><code>${command}</code></pre>
<p class="small muted">Seed ${String(result.seed)} · ${Object.entries(versions)
    .map(([what, version]) => `${what} ${version}`)
    .join(" · ")}</p></section>`;
}

/**
 * The report of a finished adaptation; everything from outside is escaped, the page forbids itself every request.
 * @returns a whole HTML document
 */
export function renderAdaptation(data: AdaptationData): string {
  const { result, events } = data;
  const warned = events.flatMap((e) => (e.event === "warning" ? [e.message] : []));
  return stillPage({
    title: result.method.name,
    kind: "domain adaptation",
    style: "",
    facts: html`${name(result.source.root)} → ${name(result.target.root)} · ${count(result.classes.length, "class", "classes")}`,
    main: html`${headline(data)}
${warned.length > 0 && html`<section class="notes" aria-label="Warnings"><ul>${warned.map((w) => html`<li>${w}</li>`)}</ul></section>`}
${distances(data)}
${choice(data)}
${result.test && confusion(result.test, result.classes, result.unit)}
${done(data)}
${curves({ events }, undefined)}`,
    footer:
      "Intervals of accuracies are Wilson's at 95 %, over the test items of one run: they do not hold the luck of the seed.",
  });
}
