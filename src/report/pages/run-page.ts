import type { Recipe } from "../../core/messages/message.js";
import { type BaselineOf, endOf, isBestTried } from "../../core/results/baseline.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import type { ScoreName } from "../../core/results/metric.js";
import { chartsOf } from "../charts/charts.js";
import { chartMarkup, curves, keptModel } from "../charts/curves.js";
import { decimal, duration, integer } from "../charts/numbers.js";
import { formatOf } from "../charts/score-format.js";
import { html, type Markup } from "../html.js";
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
import { recorded, recordedRecipe, recordedWarnings } from "../recorded.js";
import { type RunPageData, warningsOf } from "../report-data.js";
import { type Words, wordsIn } from "../words/index.js";
import { baseText, reproduce, skipped, splitFacts, trainingSettings } from "./details.js";
import { explanationsStyle as mapsStyle } from "./explained/explained-samples.js";
import { explainedSounds, soundMapsStyle } from "./explained/explained-sounds.js";
import { explanationParts, explanationsStyle, wordsOfExplanations } from "./explanations.js";
import { leakage } from "./leaks.js";
import { initWeights } from "./training-facts.js";

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
  /** Ids of the samples whose content the parts show. */
  readonly shows: readonly string[];
}

/** Returns the report of a finished run as one HTML document. */
export function runPage({ data, kind, unit, head, tested, footer, ...page }: RunPage): string {
  const { title, result, lang = "en" } = data;
  const words = wordsIn(lang);
  const { items } = words;
  const many = items.many(unit);
  const notes = [
    ...head.notes,
    // The score without digits names its groups itself.
    !tested.few_groups && groupsNote(tested, items.testCount(tested.n, unit), words),
    result.no_score === undefined && usageNote(result.test_looks, many, words),
  ];
  const kept = keptModel(result, words);
  const charts = data.assets ? chartsOf(data, kept) : [];
  const { parts, inputs } = explained(data);
  const contained = new Set([...page.shows, ...inputs]).size;
  return renderPage({
    title,
    kind,
    lang,
    assets: data.assets,
    scripts:
      page.scripts || charts.length > 0
        ? html`${page.scripts}${data.assets && charts.length > 0 && chartMarkup(charts, data.assets)}`
        : undefined,
    style: (page.style ?? "") + (data.explanations ? explanationsStyle + mapsStyle + soundMapsStyle : ""),
    facts: html`<bdi>${baseText(result.base.name, words)}</bdi> · ${result.strategy.name} · ${items.trainingCount(result.split.train, unit)}`,
    lead: html`${page.first}${resultHead({ ...head, notes }, words)}
${verdictSection(
  {
    verdict: result.verdict,
    safe: result.safe,
    recipes: recipesOf(data),
  },
  words,
)}
${page.tiles}${warned(data, words)}`,
    sections: runSections(
      {
        ...page.parts,
        ...parts,
        curves: curves(data, data.assets, kept),
        leaks: leakage({ ...data, thumbnails: result.thumbnails ?? {} }),
        data: html`<dl class="facts">${page.facts}${splitFacts(data)}</dl>${belowFacts(page.parts.data)}`,
        skipped: skipped(data),
        init: initWeights(result, lang),
        settings: trainingSettings(data, unit),
        reproduce: reproduce(data),
      },
      lang,
    ),
    footer: `${footer}${words.page.gap}${words.page.contains(contained, many)}`,
  });
}

const belowFacts = (part: RunParts["data"]): Markup =>
  part !== undefined && "body" in part ? html`<h3>${part.title}</h3>${part.body}` : html`${part}`;

/** Waterfalls of a report. Of more samples: those with the highest and the lowest predictions. */
const mostWaterfalls = 6;

/** Returns the sections on explanations, and the ids of the samples whose values or words they show. */
function explained({ explanations, sounds, lang = "en", samples = true }: RunPageData): {
  readonly parts: RunParts;
  readonly inputs: readonly string[];
} {
  if (!explanations) return { parts: {}, inputs: [] };
  const { samples: all, left_out: why, left_out_message: message } = explanations;
  const leftOut =
    why !== undefined &&
    html`<p class="small muted">${wordsOfExplanations[lang].leftOut(recorded(why, message && [message], wordsIn(lang)))}</p>`;
  const {
    columns,
    explanations: waterfalls,
    inputs = [],
  } = explanationParts(all, { lang, samples, most: mostWaterfalls });
  // Maps of sounds have no base value.
  const maps = samples && all.some(({ base_value }) => base_value === undefined);
  const single = maps ? explainedSounds(all, { sounds, lang }) : waterfalls;
  const own = single || leftOut ? { explanations: html`${single}${leftOut}` } : {};
  // The maps of sounds show sounds, which are counted as such.
  return { parts: { columns, ...own }, inputs: maps ? [] : inputs };
}

/** Returns the baselines of a run as methods. @param labels names of baselines @param score of a baseline's test scores */
export function baselineMethods<Scores>(
  baselines: Readonly<Record<string, (Recipe & { readonly test: Scores }) | undefined>>,
  labels: Readonly<Record<string, string>>,
  score: (test: Scores, constant: boolean) => Pick<Method, "value" | "ci95" | "cells" | "digits">,
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

/** Returns how the runs were trained that the model is compared with. */
function recipesOf(data: RunPageData): Markup {
  const words = wordsIn(data.lang ?? "en");
  const { scratch, without_teacher: without }: Readonly<Record<string, BaselineOf<unknown> | undefined>> = {
    ...data.result.baselines,
  };
  return html`${scratch && scratchRecipe(scratch, data.result.test.metric.name, words)}
${without && html`<p class="small muted">${words.page.withoutRecipe(recordedRecipe(without, words))}</p>`}`;
}

/** Returns how training from scratch went. */
function scratchRecipe(
  { training, tried = [], ...baseline }: BaselineOf<unknown>,
  metric: ScoreName,
  words: Words,
): Markup {
  const { page: w } = words;
  const ended =
    training && w.scratchEnded(integer(training.steps), duration(training.seconds), endOf(training));
  const early =
    training?.at_transfer &&
    w.scratchEarly(
      integer(training.at_transfer.steps),
      `${words.metrics.names[metric]} ${formatOf(metric).score(training.at_transfer.validation.score)}`,
    );
  const rates = tried.filter((t) => t.validation.loss !== undefined).map((t) => decimal(t.rate, 4));
  return html`<p class="small muted">${w.scratchRecipe(recordedRecipe(baseline, words))}${ended}${early}${rates.length > 1 && w.scratchRates(rates, isBestTried(tried))}</p>`;
}

function warned({ events }: Pick<RunPageData, "events">, words: Words): Markup | undefined {
  const all = warningsOf({ events });
  if (all.length === 0) return undefined;
  const { page: w } = words;
  return html`<section class="notes" aria-label="${w.warnings}"><strong>${w.warningCount(all.length)}</strong>${recordedWarnings(all, words)}</section>`;
}
