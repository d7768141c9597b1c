// The report of a domain adaptation: its gain, the choice of the state, and the distance of the domains.
import type {
  AdaptCandidate,
  AdaptGain,
  AdaptResultEvent,
  ClassificationScores,
  DomainDistance,
} from "../../core/events/events.js";
import { confusionMatrix } from "../charts/confusion.js";
import { curves } from "../charts/curves.js";
import { decimal, duration, gain, integer, megabytes, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { renderPage } from "../layout/layout.js";
import { type Method, resultHead } from "../layout/result-head.js";
import { runSections } from "../layout/run-sections.js";
import { recorded, recordedRecipe, recordedWarnings } from "../recorded.js";
import { type ReportData, warningsOf } from "../report-data.js";
import { classTables, pairsTable } from "../sheet/class-tables.js";
import { tableMarkup } from "../sheet/sheet-page.js";
import { adaptEn } from "../words/en/adapt.js";
import { type Lang, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { adaptZh } from "../words/zh/adapt.js";
import { baseText, fact } from "./details.js";

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

/** Returns a table that scrolls sideways. */
function table(
  label: string,
  head: readonly (string | Markup)[],
  rows: readonly (readonly (Markup | string)[])[],
): Markup {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table class="data">
<thead><tr>${head.map((h, i) => (i === 0 ? html`<th scope="col">${h}</th>` : html`<th scope="col" class="n">${h}</th>`))}</tr></thead>
<tbody>${rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first ?? ""}</th>${rest.map((cell) => html`<td class="n">${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}

/** Returns the interval of the gain. */
const modelsRange = ({ models_ci95: range }: AdaptGain): readonly [string, string] | null | undefined =>
  range && [gain(range[0]), gain(range[1])];

function headline({ result, lang = "en" }: AdaptationData): Markup {
  const { test, source_only, oracle, gain: difference, method, unit } = result;
  const w = wordsOfAdaptation[lang];
  const words = wordsIn(lang);
  const { page, items, verdict } = words;
  if (!test)
    return html`<section class="notes" aria-label="${page.result}"><strong>${w.noLabelsTitle}</strong><p>${w.noLabels(items.many(unit))}</p></section>`;
  const scored = (label: string, scores: ClassificationScores, how: string): Method => ({
    label,
    value: scores.accuracy,
    ci95: scores.accuracy_ci95,
    how: html`${how}`,
  });
  const head = resultHead(
    {
      label: term("accuracy", lang, w.onTarget),
      metric: w.accuracy,
      scale: "share",
      methods: [
        scored(method.name, test, w.byScore),
        ...(method.name !== "source-only" && source_only.test
          ? [scored("source-only", source_only.test, w.byValidation)]
          : []),
        ...(oracle?.target_accuracy === undefined
          ? []
          : [
              {
                label: w.oracle,
                value: oracle.target_accuracy,
                how: html`${w.oracleBy(oracle.epoch, tradeOff(oracle))}`,
              },
            ]),
      ],
      notes: [w.over(test.n, unit)],
    },
    words,
  );
  return html`${head}${
    difference &&
    html`<section class="verdict" aria-label="${verdict.heading.transfer}"><p>${method.name} − source-only${page.colon}<strong>${w.points(gain(difference.value))}</strong>${w.gainNote(modelsRange(difference), items.many(unit))}</p></section>`
  }`;
}

function distances({ result, lang = "en" }: AdaptationData): Markup {
  const w = wordsOfAdaptation[lang];
  const row = (label: string, { a_distance: a, mmd: m }: DomainDistance) => [
    label,
    a ? w.range(decimal(a.value, 2), decimal(a.ci95[0], 2), decimal(a.ci95[1], 2)) : w.tooFew,
    m ? decimal(m.value, 4) : w.tooFew,
    m ? (m.p < 0.01 ? "< 0.01" : decimal(m.p, 2)) : "–",
  ];
  return html`${table(
    w.distances,
    [
      w.featuresOf,
      term("a-distance", lang, w.aDistance),
      term("mmd", lang, "MMD²"),
      term("p-value", lang, "p"),
    ],
    [row(w.before, result.distance.before), row(w.after(result.method.name), result.distance.after)],
  )}
<p class="small muted">${w.distanceNote(wordsIn(lang).items.many(result.unit))}</p>`;
}

/** Most rows of the table; run.json has the others. */
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
  return html`<p>${w.chosen(chosen.epoch, chosen.trade_off, recorded(chosen.by, chosen.by_message && [chosen.by_message], wordsIn(lang)), decimal(chosen.score))}</p>
<details><summary>${w.everyState}</summary>
${table(w.states, w.stateHead, rows)}</details>`;
}

function side({ root, split }: AdaptResultEvent["source"], lang: Lang): Markup {
  const w = wordsOfAdaptation[lang];
  return html`${name(root)}${w.parts(integer(split.train), integer(split.validation), integer(split.test))}`;
}

function dataFacts({ result, lang = "en" }: AdaptationData): Markup {
  const { source, target } = result;
  const w = wordsOfAdaptation[lang];
  return html`<dl class="facts">${fact(w.source, side(source, lang))}
${fact(w.target, html`${side(target, lang)}${target.labelled ? w.labelsOnce : w.unlabelled}`)}</dl>`;
}

function settings({ result, lang = "en" }: AdaptationData): Markup {
  const { base, method, seconds, weights } = result;
  const w = wordsOfAdaptation[lang];
  const words = wordsIn(lang);
  const { details: d, page } = words;
  return html`<dl class="facts">${fact(term("base", lang, d.base), html`${baseText(base.name, words)} · ${d.licence} ${baseText(base.license, words)}`)}
${fact(w.method, html`<strong>${method.name}</strong>${page.colon}${name(method.paper)}`)}
${fact(w.recipe, recordedRecipe(method, words))}
${weights && fact(w.weights, w.weightWords(integer(weights.n), integer(weights.effective), decimal(weights.largest, 1)))}
${fact(page.time, w.timeWords(duration(seconds.total), duration(result.forecast.seconds), duration(seconds.training), megabytes(result.peak_rss_mb)))}</dl>`;
}

function reproduce({ result, command, versions, lang = "en" }: AdaptationData): Markup {
  const named = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return html`<pre><code>${command}</code></pre>
<p class="small muted">${wordsOfAdaptation[lang].seedWords(result.seed)} · ${named.join(" · ")}</p>`;
}

/**
 * Returns the report of a finished adaptation as one HTML document. Everything from outside is escaped; the page forbids itself every
 * request.
 */
export function renderAdaptation(data: AdaptationData): string {
  const { result, events, lang = "en" } = data;
  const { test, classes, unit } = result;
  const w = wordsOfAdaptation[lang];
  const words = wordsIn(lang);
  const { page, items } = words;
  const warned = warningsOf({ events });
  const [apart, chosen] = [
    { id: "distances", title: w.apart, body: distances(data) },
    { id: "choice", title: w.chosenTitle, body: choice(data) },
  ];
  const sections = runSections(
    {
      ...(test && {
        confusion: html`${tableMarkup(pairsTable(test, unit), data, unit)}${confusionMatrix(test, classes, false, words)}`,
        scores: html`${classTables(test, unit).map((table) => tableMarkup(table, data, unit))}`,
      }),
      curves: curves({ events, lang }, undefined, {
        ...{ training: "own", epoch: "best", name: result.method.name },
      }),
      data: dataFacts(data),
      settings: settings(data),
      reproduce: reproduce(data),
    },
    lang,
  );
  const scored = test ? 2 : 0;
  return renderPage({
    title: result.method.name,
    kind: w.kind,
    lang,
    facts: html`${name(result.source.root)} → ${name(result.target.root)} · ${items.classCount(classes.length)}`,
    lead: html`${headline(data)}
${warned.length > 0 && html`<section class="notes" aria-label="${page.warnings}"><strong>${page.warningCount(warned.length)}</strong>${recordedWarnings(warned, words)}</section>`}`,
    sections: [...sections.slice(0, scored), apart, chosen, ...sections.slice(scored)],
    footer: w.footer,
  });
}
