// The report of an object detection.

import { methodOfModel } from "../../core/results/common-result.js";
import type { DetectionResultEvent, DetectionTest } from "../../core/results/dense/detection.js";
import { factsOf } from "../../core/results/task.js";
import { decimal, integer, percent } from "../charts/numbers.js";
import { html, type Markup } from "../html.js";
import type { Method } from "../layout/result-head.js";
import { boxesEn } from "../words/en/boxes.js";
import { type Lang, wordsIn } from "../words/index.js";
import { term } from "../words/terms.js";
import { boxesZh } from "../words/zh/boxes.js";
import { baselineMethods, fact, type RunPageData, runPage, runWords, splitFact } from "./run-page.js";
import { seedsWords } from "./seeds-words.js";

const wordsOfBoxes: Readonly<Record<Lang, typeof boxesEn>> = { en: boxesEn, zh: boxesZh };

export type BoxesReportData = RunPageData<DetectionResultEvent>;

/** A value that some data have not. */
const orDash = (value: number | null, write: (value: number) => string = decimal): string =>
  value === null ? "–" : write(value);

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
  const { split, classes, input, test, calibration, by_seed } = result;
  const { threshold, precision, recall } = test.at_threshold;
  const [w, run] = [wordsOfBoxes[lang], runWords[lang]];
  return html`${fact(run.data, run.parts(integer(split.train), integer(split.validation), integer(split.test), w.items))}
${splitFact(data)}
${fact(w.classes, classes.join(", "))}
${fact(w.input, w.inputWords(input.width, input.height))}
${fact(w.threshold, w.thresholdWords(decimal(threshold), orDash(precision, percent), orDash(recall, percent)))}
${calibration && fact(w.calibration, w.calibrationWords(orDash(calibration.before.d_ece), orDash(calibration.after.d_ece)))}
${by_seed && fact(seedsWords[lang].name, seedsWords[lang].words(by_seed))}`;
}

/** Returns the report of a finished run as one HTML document without scripts. */
export function renderBoxesReport(data: BoxesReportData): string {
  const { lang = "en", result } = data;
  const [w, { page }] = [wordsOfBoxes[lang], wordsIn(lang)];
  return runPage({
    data,
    ...{ kind: w.kind, unit: factsOf(result.task).sample },
    head: {
      label: page.onTest(term("map", lang, w.figure)),
      metric: w.figure,
      scale: "number",
      columns: ["AP50", "AP75"],
      methods: methodsOf(data),
      notes: [w.counted(result.boxes.test, result.test.n)],
    },
    tested: result.test,
    facts: facts(data),
    parts: {},
    footer: w.footer(seedsWords[lang].foot(result.by_seed)),
  });
}
