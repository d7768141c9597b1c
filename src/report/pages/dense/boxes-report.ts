// The report of an object detection.

import { choseEpoch, methodOfModel } from "../../../core/results/common-result.js";
import type { DetectionResultEvent, DetectionTest } from "../../../core/results/dense/detection.js";
import { factsOf } from "../../../core/results/task.js";
import type { DetectionDetails } from "../../../evaluate/detection/detection-details.js";
import { decimal, duration, integer, percent } from "../../charts/numbers.js";
import { html, type Markup, name } from "../../html.js";
import type { Method } from "../../layout/result-head.js";
import type { RunParts } from "../../layout/run-sections.js";
import { boxesEn } from "../../words/en/dense/boxes.js";
import { type Lang, wordsIn } from "../../words/index.js";
import { term } from "../../words/terms.js";
import { boxesZh } from "../../words/zh/dense/boxes.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "../run-page.js";
import { seedsWords } from "../seeds-words.js";
import { classCurvesStyle, reliabilityChart, thresholdPart } from "./box-charts.js";
import { boxesTable, errorsPart, errorsStyle, scoresPart, signed } from "./box-tables.js";
import { orDash } from "./tables.js";
import { boxLegend, renderWorstPictures, worstPicturesStyle } from "./worst-pictures.js";

const wordsOfBoxes: Readonly<Record<Lang, typeof boxesEn>> = { en: boxesEn, zh: boxesZh };

export interface BoxesReportData extends RunPageData<DetectionResultEvent> {
  /** What the run's folder has besides its result. Without it, the page has the scores alone. */
  readonly details?: DetectionDetails;
  /** The worst pictures with their boxes, `data:image/jpeg` by item; undefined if none shall be shown. */
  readonly drawings?: Readonly<Record<string, string>>;
}

/** Returns the run's model and its baselines. */
export function methodsOf({ result, lang = "en" }: BoxesReportData): readonly Method[] {
  const words = wordsIn(lang);
  const score = ({ metric, ap50, ap75 }: DetectionTest): Pick<Method, "value" | "ci95" | "cells"> => ({
    value: metric.value,
    ...(metric.ci95 && { ci95: metric.ci95 }),
    cells: [orDash(ap50), orDash(ap75)],
  });
  return [
    { label: words.page.thisModel(methodOfModel(result)), ...score(result.test) },
    ...baselineMethods<DetectionTest>({ ...result.baselines }, wordsOfBoxes[lang].ways, score, words),
  ];
}

function facts(data: BoxesReportData): Markup {
  const { lang = "en", result } = data;
  const { split, classes, input, by_seed } = result;
  const [w, run] = [wordsOfBoxes[lang], runWords[lang]];
  return html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), w.items))}
${splitFact(data)}
${fact(w.classes, classes.join(", "))}
${fact(w.input, w.inputWords(input.width, input.height))}
${by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(by_seed))}`;
}

/** Returns the most important numbers besides the score. */
function tiles({ result, details, lang = "en" }: BoxesReportData): Markup {
  const { test, seconds, forecast } = result;
  const { threshold, precision, recall } = test.at_threshold;
  const [w, { page }] = [wordsOfBoxes[lang], wordsIn(lang)];
  const tile = (label: Markup | string, value: Markup | string, small: string): Markup =>
    html`<div><dt>${label}</dt><dd>${value}<small>${small}</small></dd></div>`;
  const from = w.fromScore(decimal(threshold, 2));
  const weakest = test.classes
    .filter(({ ap50 }) => ap50 !== null)
    .sort((a, b) => a.ap50! - b.ap50!)
    .at(0);
  const costliest = [...(details?.errors.kinds ?? [])].sort((a, b) => (b.gain ?? 0) - (a.gain ?? 0)).at(0);
  return html`<dl class="tiles">
${tile(term("ap50", lang, w.ap50), orDash(test.ap50), test.ap50_ci95 ? page.to(decimal(test.ap50_ci95[0]), decimal(test.ap50_ci95[1])) : "")}
${tile(term("precision", lang, w.precision), orDash(precision, percent), from)}
${tile(term("recall", lang, w.recall), orDash(recall, percent), from)}
${test.classes.length > 1 && weakest && tile(w.weakest, name(weakest.name), `AP50 ${orDash(weakest.ap50)}`)}
${costliest && (costliest.gain ?? 0) > 0 && tile(w.mostCostly, w.errorKinds[costliest.kind][0], w.withoutThem(signed(costliest.gain!)))}
${tile(page.time, duration(seconds.total), page.forecastSmall(duration(forecast.seconds)))}
</dl>`;
}

function worst({ details, drawings, result, lang = "en" }: BoxesReportData): Markup {
  const w = wordsOfBoxes[lang];
  if (!details || details.worst.length === 0) return html`<p>${w.noErrors}</p>`;
  const entries = details.worst.map(({ item, found, wrong, missed }) => {
    const words = w.boxesOf(found, wrong, missed);
    return { item, words, alt: w.drawingOf(item, words) };
  });
  const threshold = decimal(result.test.at_threshold.threshold, 2);
  return html`<p class="muted">${w.worstIntro(threshold)}</p>
${renderWorstPictures({ entries, drawings, legend: boxLegend(result.classes, lang), lang })}`;
}

/** Returns the sections on the scores and on the run's details. */
function parts(data: BoxesReportData): RunParts {
  const { lang = "en", details, result } = data;
  const { classes, test, calibration } = result;
  const w = wordsOfBoxes[lang];
  const scores = { title: wordsIn(lang).page.byClassLabel, body: scoresPart(test, details, w, lang) };
  if (!details) return { scores };
  const { before, after } = calibration ?? {};
  return {
    drawn: { title: w.worst, body: worst(data) },
    confusion: { title: w.errors, body: errorsPart(classes, details, w, lang) },
    scores,
    thresholds: { title: w.thresholds, body: thresholdPart(test, details, w) },
    calibration:
      before &&
      after &&
      html`<p>${w.calibration(term("calibration-error", lang), orDash(before.d_ece), orDash(after.d_ece))}</p>
${reliabilityChart(details, w)}`,
  };
}

/** Returns the report of a finished run as one HTML document without scripts. */
export function renderBoxesReport(data: BoxesReportData): string {
  const { lang = "en", result, details } = data;
  const [w, { page }] = [wordsOfBoxes[lang], wordsIn(lang)];
  return runPage({
    data,
    ...{ kind: w.kind, unit: factsOf(result.task).sample },
    head: {
      label: page.onTest(term("map", lang, w.figure)),
      metric: w.figure,
      scale: "number",
      columns: [term("ap50", lang, w.ap50), "AP75"],
      methods: methodsOf(data),
      notes: [w.counted(result.boxes.test, result.test.n)],
    },
    tiles: tiles(data),
    tested: result.test,
    facts: facts(data),
    afterFacts: details && boxesTable(details, w, lang),
    parts: parts(data),
    style: details && worstPicturesStyle + errorsStyle + classCurvesStyle,
    footer: w.footer(seedsWords[lang].foot(result.by_seed), choseEpoch(result)),
  });
}
