import type { EngraftEvent, Verdict } from "../../core/events/events.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import type { StrategyFacts } from "../../core/messages/message.js";
import type { BaseFacts, OwnBaseText } from "../../core/results/base-facts.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { ComparedMetric } from "../../core/results/comparison.js";
import type { RunExplanations } from "../../core/results/explanation.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import { judged } from "../charts/charts.js";
import { decimal, duration, integer, megabytes } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { staticPage } from "../live/static-page.js";
import { recorded, recordedReasons, recordedWarnings } from "../recorded.js";
import { warningsOf } from "../report-data.js";
import { runEn } from "../words/en/run.js";
import { type Lang, type Words, wordsIn } from "../words/index.js";
import { runZh } from "../words/zh/run.js";
import { explanationSections, explanationsStyle, wordsOfExplanations } from "./explanations.js";
import { averageFact, taken } from "./training-facts.js";

// What the pages of single runs have in common, whatever the run learns.

/** What all of these pages say. */
export const runWords: Readonly<Record<Lang, typeof runEn>> = { en: runEn, zh: runZh };

/** What every run's result says. */
interface RunResult extends Pick<CommonResult, "average" | "init"> {
  readonly strategy: StrategyFacts;
  readonly base: BaseFacts;
  readonly split: { readonly train: number; readonly seed: number };
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  readonly best_epoch: number;
  readonly kept?: "last";
  readonly seconds: { readonly total: number };
  readonly forecast: { readonly seconds: number };
  readonly peak_rss_mb: number;
  readonly model: string;
  readonly test_looks: number;
  readonly test: { readonly metric: { readonly name: ComparedMetric } };
  readonly verdict?: Verdict;
  readonly safe?: SafeChoice;
}

/** What a page is made of. */
export interface RunPageData<R extends RunResult = RunResult> {
  readonly title: string;
  readonly result: R;
  readonly events: readonly EngraftEvent[];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Show the samples that the page has texts of. Default true. */
  readonly samples?: boolean;
  /** Language of the page's own sentences. Default "en". */
  readonly lang?: Lang;
  /** Of samples of the test split. */
  readonly explanations?: RunExplanations;
}

export interface RunPage {
  readonly data: RunPageData;
  /** "token classification" */
  readonly kind: string;
  /** One item: "sentence". */
  readonly unit: string;
  /** Stands before everything: what must be known first. */
  readonly first?: Markup | false;
  /** The figure of the test part, what it is, its interval, and what else there is to it. */
  readonly figure: {
    readonly of: string;
    readonly value: string;
    /** Undefined where there is none. */
    readonly ci95: string | undefined;
    readonly more: Markup;
    /** Items of the test part, and their groups. */
    readonly tested?: GroupFacts & { readonly n: number };
  };
  /** Facts of its own, before those of every run. */
  readonly facts: Markup;
  /** Sections between the verdict and what was done. */
  readonly main: Markup;
  /** What the epochs' validation figure is. */
  readonly metric?: string;
  readonly footer: string;
}

/** How many independent items the groups of a test part are worth. */
function groupsOf(tested: RunPage["figure"]["tested"], unit: string, { page, items }: Words): Markup | false {
  if (tested?.groups === undefined) return false;
  const { n, groups, effective = n, few_groups: few } = tested;
  const of = items.testCount(n, unit);
  return html`<p class="small muted">${page.groups(of, groups, few ? undefined : Math.round(effective))}</p>`;
}

/** The report of a finished run: one HTML file without scripts. */
export function runPage({ data, kind, unit, first, figure, facts, main, metric, footer }: RunPage): string {
  const { title, result, lang = "en" } = data;
  const words = wordsIn(lang);
  const { page, items } = words;
  const w = runWords[lang];
  const v = result.verdict;
  const looks =
    result.test_looks === 0
      ? page.notLooked(items.many(unit))
      : w.looked(items.many(unit), result.test_looks);
  return staticPage({
    title,
    kind,
    lang,
    style: data.explanations ? explanationsStyle : "",
    facts: html`${result.strategy.name} · ${items.trainingCount(result.split.train, unit)}`,
    main: html`${first}
<section class="headline" aria-label="${page.result}"><div><p class="muted">${w.onTest(figure.of)}</p><p class="figure">${figure.value}</p>
<p>${figure.ci95 !== undefined && page.interval(figure.ci95)}</p>${groupsOf(figure.tested, unit, words)}<p class="small muted">${figure.more} ${looks}</p></div></section>
${v && html`<section class="verdict ${v.transfer}" aria-label="${page.verdictOn.transfer}"><h2>${v.against === undefined ? ((v.kind && page.verdictTitles[v.kind]) ?? w.verdict(v.transfer)) : w.verdictAgainst(v.transfer, v.against)}</h2><p>${w.verdictWords(v, result.test.metric.name)}</p></section>`}
${result.safe && html`<p>${page.ofTheTwo(result.safe)}</p>`}
${warned(data, words)}${main}${explained(data)}${taken(result, lang)}
${done(data, facts, words)}${epochs(data, metric ?? w.r2OrAccuracy, words)}`,
    footer,
  });
}

/** Waterfalls of a report. Of more samples: those with the highest and the lowest predictions. */
const mostWaterfalls = 6;

function explained({ explanations, lang = "en", samples = true }: RunPageData): Markup | undefined {
  if (!explanations) return undefined;
  const { samples: all, left_out: why, left_out_message: message } = explanations;
  return html`${explanationSections(all, { lang, samples, most: mostWaterfalls })}
${why !== undefined && html`<p class="small muted">${wordsOfExplanations[lang].leftOut(recorded(why, message && [message], wordsIn(lang)))}</p>`}`;
}

/** Returns the name or the licence of a base. */
export const baseText = (text: string, { details }: Pick<Words, "details">): Markup =>
  Object.hasOwn(details.baseTexts, text) ? html`${details.baseTexts[text as OwnBaseText]}` : name(text);

/** A line of what was done. */
export const fact = (term: string, text: Markup | string): Markup => html`<dt>${term}</dt><dd>${text}</dd>`;

function done({ result, command, versions, lang = "en" }: RunPageData, own: Markup, words: Words): Markup {
  const { details: w, page } = words;
  const { trainsWords, timeWords } = runWords[lang];
  const { name: strategy, reasons } = result.strategy;
  return html`<section><h2>${w.title}</h2><dl class="facts">
${own}
${fact(w.base, html`${baseText(result.base.name, words)} · ${w.licence} ${baseText(result.base.license, words)}`)}
${fact(w.strategy, html`${strategy}${reasons.length > 0 && html`; ${recordedReasons(result.strategy, words)}`}`)}
${fact(w.trains, trainsWords(integer(result.trainable.parameters), integer(result.trainable.total), result.epochs, integer(result.best_epoch), result.kept))}
${averageFact(result, lang)}${fact(w.seed, String(result.split.seed))}${fact(w.time, timeWords(duration(result.seconds.total), duration(result.forecast.seconds)))}
${fact(page.peakMemory, megabytes(result.peak_rss_mb))}${fact(w.model, result.model)}
${fact(
  w.versions,
  Object.entries(versions)
    .map(([k, v]) => `${k} ${v}`)
    .join(" · "),
)}
</dl><pre><code>${command}</code></pre></section>`;
}

/** How the parts came about, as the run recorded it. */
export function splitFact({ events, lang = "en" }: Pick<RunPageData, "events" | "lang">): Markup | undefined {
  const data = events.filter((e) => e.event === "data").at(-1);
  const words = wordsIn(lang);
  return data?.split_words
    ? fact(words.details.split, recorded(data.split_words, data.split_messages, words, ";"))
    : undefined;
}

function warned({ events }: Pick<RunPageData, "events">, words: Words): Markup | undefined {
  const all = warningsOf({ events });
  if (all.length === 0) return undefined;
  const { page: w } = words;
  return html`<section class="notes" aria-label="${w.warnings}"><strong>${w.warningCount(all.length)}</strong>${recordedWarnings(all, words)}</section>`;
}

function epochs(
  { events, lang = "en" }: RunPageData,
  metric: string,
  { details: w }: Words,
): Markup | undefined {
  const all = events.filter((e) => e.event === "epoch");
  if (all.length === 0) return undefined;
  return html`<section><h2>${w.epochsLabel}</h2><details><summary>${runWords[lang].epochsTable(all.length)}</summary><div class="scroll"><table class="data"><thead><tr><th scope="col">${w.stage}</th>
<th scope="col" class="n">${w.epoch}</th><th scope="col" class="n">${w.trainLoss}</th><th scope="col" class="n">${w.validationLoss}</th><th scope="col" class="n">${metric}</th></tr></thead><tbody>${all.map(
    (
      e,
    ) => html`<tr${e.best ? html` class="best"` : ""}><td>${name(e.stage)}</td><td class="n">${e.epoch}${e.best ? " ★" : ""}</td><td class="n">${decimal(e.train_loss)}</td>
<td class="n">${decimal(e.validation_loss)}</td><td class="n">${decimal(judged(e))}</td></tr>`,
  )}</tbody></table></div></details></section>`;
}
