// The report of speech recognition.

import { methodOfModel } from "../../../core/results/common-result.js";
import type {
  DecoderFacts,
  EditRates,
  TranscriptResultEvent,
  TranscriptScores,
} from "../../../core/results/sequences/transcripts.js";
import { intervalRules } from "../../../evaluate/interval-rules.js";
import { integer, percent, percentRange } from "../../charts/numbers.js";
import { html, type Markup, name } from "../../html.js";
import type { Method } from "../../layout/result-head.js";
import { type Lang, wordsIn } from "../../words/index.js";
import { term } from "../../words/terms.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "../run-page.js";
import { seedsWords } from "../seeds-words.js";
import { alignments, alignmentsStyle, playScript, wordsOfSpeech } from "./alignments.js";

/** A run of speech recognition; `sounds` are those of the worst clips. */
export type TranscriptsReportData = RunPageData<TranscriptResultEvent>;

function methodsOf({ result, lang = "en" }: TranscriptsReportData): readonly Method[] {
  const words = wordsIn(lang);
  const score = ({ words: own, characters }: TranscriptScores): Pick<Method, "value" | "ci95" | "cells"> => ({
    value: own.rate,
    ...(own.ci95 && { ci95: own.ci95 }),
    cells: [percent(characters.rate)],
  });
  return [
    { label: words.page.thisModel(methodOfModel(result)), ...score(result.test) },
    ...baselineMethods<TranscriptScores>({ ...result.baselines }, wordsOfSpeech[lang].ways, score, words),
  ];
}

/** A table of error rates: one row for each kind of unit, or decoder. */
function ratesTable(
  rows: readonly { readonly label: string; readonly rates: EditRates }[],
  first: string,
  lang: Lang,
): Markup {
  const w = wordsOfSpeech[lang];
  const interval = ({ ci95 }: EditRates): string => (ci95 ? percentRange(ci95) : "–");
  return html`<div class="scroll"><table class="data"><thead><tr><th scope="col">${first}</th><th scope="col" class="n">${w.rate}</th><th scope="col" class="n">95 %</th>
<th scope="col" class="n">${w.substitutions}</th><th scope="col" class="n">${w.deletions}</th><th scope="col" class="n">${w.insertions}</th><th scope="col" class="n">${w.length}</th></tr></thead><tbody>${rows.map(
    ({
      label,
      rates,
    }) => html`<tr><th scope="row">${label}</th><td class="n">${percent(rates.rate)}</td><td class="n">${interval(rates)}</td>
<td class="n">${integer(rates.substitutions)}</td><td class="n">${integer(rates.deletions)}</td><td class="n">${integer(rates.insertions)}</td><td class="n">${integer(rates.length)}</td></tr>`,
  )}</tbody></table></div>`;
}

function decoderWords({ name: decoder, language_model: model }: DecoderFacts, lang: Lang): string {
  const w = wordsOfSpeech[lang];
  const added = model ? ` ${w.languageModel(model.order, model.weight, model.bonus)}` : "";
  return `${w.decoders[decoder]}${added}`;
}

function errors({ test, error_unit: unit, by_decoder: decoders }: TranscriptResultEvent, lang: Lang): Markup {
  const w = wordsOfSpeech[lang];
  const rows = [{ label: w.units[unit], rates: test.words }];
  if (unit === "words") rows.push({ label: w.units.characters, rates: test.characters });
  const byDecoder = decoders?.map((one) => ({ label: decoderWords(one, lang), rates: one.words }));
  return html`${ratesTable(rows, w.unit, lang)}<p class="small muted">${w.editsNote}</p>
${byDecoder && html`<h3>${w.byDecoder}</h3>${ratesTable(byDecoder, w.decoder, lang)}`}
${test.by_group && groupTable(test.by_group, lang)}`;
}

function groupTable(rows: NonNullable<TranscriptScores["by_group"]>, lang: Lang): Markup {
  const w = wordsOfSpeech[lang];
  return html`<h3>${w.byGroup}</h3><div class="scroll"><table class="data"><thead><tr><th scope="col">${w.speaker}</th><th scope="col" class="n">${w.clips}</th><th scope="col" class="n">${w.rate}</th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row">${name(row.name)}</th><td class="n">${integer(row.clips)}</td><td class="n">${percent(row.rate)}</td></tr>`,
  )}</tbody></table></div>`;
}

function facts(data: TranscriptsReportData): Markup {
  const { lang = "en", result } = data;
  const { split, vocabulary, normalizer, decoder } = result;
  const [w, run] = [wordsOfSpeech[lang], runWords[lang]];
  return html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), w.items))}
${splitFact(data)}
${fact(w.vocabulary, html`<bdi>${vocabulary.slice(2).join(" ")}</bdi>`)}
${fact(w.normalizer, w.normalizers[normalizer])}
${fact(w.decoding, decoderWords(decoder, lang))}
${result.by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(result.by_seed))}`;
}

function worst({ result, sounds, lang = "en" }: TranscriptsReportData): Markup {
  const { test, error_unit: unit } = result;
  if (test.worst.length === 0) return html`<p>${wordsOfSpeech[lang].allRight}</p>`;
  return alignments({ clips: test.worst, unit, sounds, lang });
}

/** Returns the report of a finished run as one HTML document. It runs a script only if it plays sounds. */
export function renderTranscriptsReport(data: TranscriptsReportData): string {
  const { lang = "en", result } = data;
  const plays = data.samples !== false && Object.keys(data.sounds ?? {}).length > 0;
  const { test, error_unit: unit } = result;
  const w = wordsOfSpeech[lang];
  const { page } = wordsIn(lang);
  const needed = intervalRules.word_error.samples;
  const notes = [w.more(percent(test.characters.rate), integer(test.without_error), integer(test.n))];
  // Of too few groups, every page says how many an interval needs.
  if (!test.few_groups && test.n < needed) notes.push(w.fewClips(needed));
  return runPage({
    data,
    ...{ kind: w.kind, unit: "clip", style: alignmentsStyle },
    head: {
      label: page.onTest(term("wer", lang, w.rates[unit])),
      ...{ metric: w.rates[unit], scale: "share", methods: methodsOf(data), columns: [w.rates.characters] },
      ...(test.words.ci95 === null && { few: true }),
      notes,
    },
    tested: test,
    facts: facts(data),
    parts: {
      worst: data.samples === false ? undefined : worst(data),
      scores: { title: w.edits, body: errors(result, lang) },
    },
    ...(plays && { scripts: playScript }),
    footer: w.footer(seedsWords[lang].foot(result.by_seed)),
  });
}
