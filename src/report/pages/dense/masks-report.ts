// The report of an image segmentation.

import { methodOfModel } from "../../../core/results/common-result.js";
import {
  foregroundOf,
  type SegmentationResultEvent,
  type SegmentationTest,
} from "../../../core/results/dense/segmentation.js";
import { factsOf } from "../../../core/results/task.js";
import type { SegmentationDetails } from "../../../evaluate/segmentation/segmentation-details.js";
import { countMatrix } from "../../charts/confusion.js";
import { decimal, integer, percent } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";
import type { Method } from "../../layout/result-head.js";
import type { RunParts } from "../../layout/run-sections.js";
import { masksEn } from "../../words/en/dense/masks.js";
import { type Lang, wordsIn } from "../../words/index.js";
import { term } from "../../words/terms.js";
import { masksZh } from "../../words/zh/dense/masks.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "../run-page.js";
import { seedsWords } from "../seeds-words.js";
import { classTable } from "./mask-tables.js";
import { orDash } from "./tables.js";
import { errorMapLegend, renderWorstPictures, worstPicturesStyle } from "./worst-pictures.js";

const wordsOfMasks: Readonly<Record<Lang, typeof masksEn>> = { en: masksEn, zh: masksZh };

export interface MasksReportData extends RunPageData<SegmentationResultEvent> {
  /** What the run's folder has besides its result. Without it, the page has the scores alone. */
  readonly details?: SegmentationDetails;
  /** The worst pictures with their error maps, `data:image/jpeg` by item; undefined if none shall be shown. */
  readonly drawings?: Readonly<Record<string, string>>;
}

/** Returns the scores of a method: with two classes the IoU of the foreground, else the mean. */
function scoreOf(test: SegmentationTest): Pick<Method, "value" | "ci95" | "cells"> {
  const { metric, pixel_accuracy } = test;
  const foreground = foregroundOf(test);
  const ci95 = foreground ? foreground.iou_ci95 : metric.ci95;
  return {
    value: foreground ? (foreground.iou ?? Number.NaN) : metric.value,
    ...(ci95 && { ci95 }),
    cells: [...(foreground ? [decimal(metric.value)] : []), orDash(pixel_accuracy, percent)],
  };
}

/** Returns the run's model and its baselines. */
export function methodsOf({ result, lang = "en" }: MasksReportData): readonly Method[] {
  const words = wordsIn(lang);
  return [
    { label: words.page.thisModel(methodOfModel(result)), ...scoreOf(result.test) },
    ...baselineMethods<SegmentationTest>({ ...result.baselines }, wordsOfMasks[lang].ways, scoreOf, words),
  ];
}

function facts(data: MasksReportData): Markup {
  const { lang = "en", result } = data;
  const { split, classes, input, test, pixels, calibration, by_seed } = result;
  const [w, run] = [wordsOfMasks[lang], runWords[lang]];
  const isWeighted = pixels.weights.some((weight) => weight !== 1);
  return html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), w.items))}
${splitFact(data)}
${fact(w.classes, test.classes.map(({ name, iou }) => `${name} ${orDash(iou)}`).join(", "))}
${fact(w.input, w.inputWords(input.width, input.height))}
${isWeighted && fact(w.weights, classes.map((name, k) => `${name} ${decimal(pixels.weights[k]!)}`).join(", "))}
${calibration && fact(w.calibration, w.calibrationWords(decimal(calibration.temperature), orDash(calibration.before.ece), orDash(calibration.after.ece)))}
${by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(by_seed))}`;
}

function worst({ details, drawings, lang = "en" }: MasksReportData): Markup {
  const w = wordsOfMasks[lang];
  if (!details || details.worst.length === 0) return html`<p>${w.noErrors}</p>`;
  const entries = details.worst.map(({ item, iou, wrong }) => {
    const words = w.pictureWords(decimal(iou, 2), percent(wrong));
    return { item, words, alt: w.drawingOf(item, words) };
  });
  return html`<p class="muted">${w.worstIntro}</p>
${renderWorstPictures({ entries, drawings, legend: errorMapLegend(w.errorKinds), lang })}`;
}

/** Returns the sections on the scores and on the run's details. */
function parts(data: MasksReportData): RunParts {
  const { lang = "en", details, result } = data;
  const [w, words] = [wordsOfMasks[lang], wordsIn(lang)];
  const scores = {
    title: words.page.byClassLabel,
    body: classTable(result.test, details, w, lang),
  };
  if (!details) return { scores };
  const matrix = {
    axis: w.confusionAxis,
    note: w.confusionNote(term("confusion-matrix", lang, words.page.matrix)),
  };
  return {
    drawn: { title: w.worst, body: worst(data) },
    confusion: countMatrix(details.confusion, result.classes, matrix, words),
    scores,
  };
}

/** Returns the report of a finished run as one HTML document without scripts. */
export function renderMasksReport(data: MasksReportData): string {
  const { lang = "en", result, details } = data;
  const [w, { page }] = [wordsOfMasks[lang], wordsIn(lang)];
  const foreground = foregroundOf(result.test);
  const figure = foreground ? w.ofClass(foreground.name) : w.mean;
  return runPage({
    data,
    ...{ kind: w.kind, unit: factsOf(result.task).sample },
    head: {
      label: page.onTest(foreground ? figure : term("miou", lang, w.mean)),
      metric: figure,
      scale: "number",
      columns: [...(foreground ? [term("miou", lang, w.mean)] : []), w.accuracy],
      methods: methodsOf(data),
      notes: [w.counted(result.test.n)],
    },
    tested: result.test,
    facts: facts(data),
    parts: parts(data),
    style: details && worstPicturesStyle,
    footer: w.footer(seedsWords[lang].foot(result.by_seed)),
  });
}
