// What the reports of single runs have in common that do not classify pictures or texts.
import type { EngraftEvent, Verdict } from "../../core/events/events.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import type { Recipe, StrategyFacts } from "../../core/messages/message.js";
import type { BaseFacts, OwnBaseText } from "../../core/results/base-facts.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import type { CommonResult } from "../../core/results/common-result.js";
import type { RunExplanations } from "../../core/results/explanation.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import type { ScoreName } from "../../core/results/metric.js";
import { curves, keptModel } from "../charts/curves.js";
import { duration, integer, megabytes } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { renderPage } from "../layout/layout.js";
import {
  groupsNote,
  type Method,
  type ResultHead,
  resultHead,
  usageNote,
  verdictSection,
} from "../layout/result-head.js";
import { type RunParts, runSections } from "../layout/run-sections.js";
import { recorded, recordedReasons, recordedRecipe, recordedWarnings } from "../recorded.js";
import { type ReportData, warningsOf } from "../report-data.js";
import { runEn } from "../words/en/run.js";
import { type Lang, type Words, wordsIn } from "../words/index.js";
import { type Term, term } from "../words/terms.js";
import { runZh } from "../words/zh/run.js";
import { explanationsStyle as mapsStyle } from "./explained/explained-samples.js";
import { explainedSounds, soundMapsStyle } from "./explained/explained-sounds.js";
import { explanationParts, explanationsStyle, wordsOfExplanations } from "./explanations.js";
import { averageFact, initWeights } from "./training-facts.js";

export const runWords: Readonly<Record<Lang, typeof runEn>> = { en: runEn, zh: runZh };

/** Facts that the result of every run has. */
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
  readonly test: { readonly metric: { readonly name: ScoreName } };
  readonly verdict?: Verdict;
  readonly safe?: SafeChoice;
}

/** What a report is made from. */
export interface RunPageData<R extends RunResult = RunResult> {
  readonly title: string;
  readonly result: R;
  readonly events: readonly EngraftEvent[];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
  /** False: the page shows no text of a sample. Default true. */
  readonly samples?: boolean;
  /** Language of the page's own sentences. Default "en". */
  readonly lang?: Lang;
  /** Explanations of samples of the test split. */
  readonly explanations?: RunExplanations;
  /** Sounds that the page shows, by id, if the data still exists. */
  readonly sounds?: ReportData["sounds"];
}

export interface RunPage {
  readonly data: RunPageData;
  /** "token classification" */
  readonly kind: string;
  /** One sample: "sentence". */
  readonly unit: string;
  /** Stands above the result: what a reader must know first. */
  readonly first?: Markup | false | undefined;
  /** The test score with the baselines. */
  readonly head: ResultHead;
  /** Other numbers, below the verdict. */
  readonly tiles?: Markup | undefined;
  /** Samples of the test split, and their groups. */
  readonly tested: GroupFacts & { readonly n: number };
  /** Facts about the data. */
  readonly facts: Markup;
  /** Sections of its own; that of the data stands below the facts about them. */
  readonly parts: RunParts;
  /** Rules of this page. */
  readonly style?: string | undefined;
  /** Default: the page runs no script. */
  readonly scripts?: Markup;
  readonly footer: string;
}

/** Returns the report of a finished run as one HTML document. */
export function runPage({ data, kind, unit, head, tested, footer, ...page }: RunPage): string {
  const { title, result, lang = "en" } = data;
  const words = wordsIn(lang);
  const { items } = words;
  const many = items.many(unit);
  const notes = [
    ...head.notes,
    groupsNote(tested, items.testCount(tested.n, unit), words),
    usageNote(result.test_looks, many, words),
  ];
  return renderPage({
    title,
    kind,
    lang,
    scripts: page.scripts,
    style: (page.style ?? "") + (data.explanations ? explanationsStyle + mapsStyle + soundMapsStyle : ""),
    facts: html`<bdi>${baseText(result.base.name, words)}</bdi> · ${result.strategy.name} · ${items.trainingCount(result.split.train, unit)}`,
    lead: html`${page.first}${resultHead({ ...head, notes }, words)}
${verdictSection({ verdict: result.verdict, safe: result.safe, metric: result.test.metric.name, samples: many }, words)}
${page.tiles}${warned(data, words)}`,
    sections: runSections(
      {
        ...page.parts,
        ...explained(data),
        curves: curves(data, undefined, keptModel(result, words)),
        data: html`<dl class="facts">${page.facts}</dl>${belowFacts(page.parts.data)}`,
        init: initWeights(result, lang),
        settings: settings(data, words),
        reproduce: reproduce(data, words),
      },
      lang,
    ),
    footer,
  });
}

const belowFacts = (part: RunParts["data"]): Markup =>
  part !== undefined && "body" in part ? html`<h3>${part.title}</h3>${part.body}` : html`${part}`;

/** Waterfalls of a report. Of more samples: those with the highest and the lowest predictions. */
const mostWaterfalls = 6;

function explained({ explanations, sounds, lang = "en", samples = true }: RunPageData): RunParts {
  if (!explanations) return {};
  const { samples: all, left_out: why, left_out_message: message } = explanations;
  const leftOut =
    why !== undefined &&
    html`<p class="small muted">${wordsOfExplanations[lang].leftOut(recorded(why, message && [message], wordsIn(lang)))}</p>`;
  const { columns, explanations: waterfalls } = explanationParts(all, {
    lang,
    samples,
    most: mostWaterfalls,
  });
  // Maps of sounds have no base value.
  const maps = samples && all.some(({ base_value }) => base_value === undefined);
  const single = maps ? explainedSounds(all, { sounds, lang }) : waterfalls;
  return {
    columns,
    ...((single || leftOut) && { explanations: html`${single}${leftOut}` }),
  };
}

/** Returns the baselines of a run as methods. @param labels names of baselines @param score of a baseline's test scores */
export function baselineMethods<Scores>(
  baselines: Readonly<Record<string, (Recipe & { readonly test: Scores }) | undefined>>,
  labels: Readonly<Record<string, string>>,
  score: (test: Scores, constant: boolean) => Pick<Method, "value" | "ci95" | "cells">,
  words: Words,
): readonly Method[] {
  return Object.entries(baselines).flatMap(([key, baseline]) =>
    baseline
      ? [
          {
            label: labels[key] ?? key,
            ...score(baseline.test, constantBaselines.has(key)),
            how: recordedRecipe(baseline, words),
          },
        ]
      : [],
  );
}

/** Returns the name or the licence of a base. */
export const baseText = (text: string, { details }: Pick<Words, "details">): Markup =>
  Object.hasOwn(details.baseTexts, text) ? html`${details.baseTexts[text as OwnBaseText]}` : name(text);

/** Returns a line of a list of facts. */
export const fact = (label: string | Markup, text: Markup | string): Markup =>
  html`<dt>${label}</dt><dd>${text}</dd>`;

function settings({ result, lang = "en" }: RunPageData, words: Words): Markup {
  const { details: w, page } = words;
  const { trainsWords, timeWords } = runWords[lang];
  const { name: strategy, reasons } = result.strategy;
  const explained = (id: Term, label: string): Markup => term(id, lang, label);
  return html`<dl class="facts">
${fact(explained("base", w.base), html`${baseText(result.base.name, words)} · ${w.licence} ${baseText(result.base.license, words)}`)}
${fact(explained("strategy", w.strategy), html`${strategy}${reasons.length > 0 && html`; ${recordedReasons(result.strategy, words)}`}`)}
${fact(w.trains, trainsWords(integer(result.trainable.parameters), integer(result.trainable.total), result.epochs, integer(result.best_epoch), result.kept))}
${averageFact(result, lang)}${fact(w.time, timeWords(duration(result.seconds.total), duration(result.forecast.seconds)))}
${fact(page.peakMemory, megabytes(result.peak_rss_mb))}</dl>`;
}

function reproduce({ result, command, versions }: RunPageData, words: Words): Markup {
  const { details: w, lang } = words;
  const named = Object.entries(versions).map(([k, v]) => `${k} ${v}`);
  return html`<pre><code>${command}</code></pre><dl class="facts">${fact(term("seed", lang, w.seed), String(result.split.seed))}${fact(w.model, html`<code>${result.model}</code>`)}
${fact(w.versions, named.join(" · "))}${fact(w.manifest, html`${w.manifestWords} <code>run.json</code>`)}</dl>`;
}

/** Returns how the data was split, as the run recorded it. */
export function splitFact({ events, lang = "en" }: Pick<RunPageData, "events" | "lang">): Markup | undefined {
  const data = events.filter((e) => e.event === "data").at(-1);
  const words = wordsIn(lang);
  return data?.split_words
    ? fact(
        term("split", lang, words.details.split),
        recorded(data.split_words, data.split_messages, words, ";"),
      )
    : undefined;
}

function warned({ events }: Pick<RunPageData, "events">, words: Words): Markup | undefined {
  const all = warningsOf({ events });
  if (all.length === 0) return undefined;
  const { page: w } = words;
  return html`<section class="notes" aria-label="${w.warnings}"><strong>${w.warningCount(all.length)}</strong>${recordedWarnings(all, words)}</section>`;
}
