// What only the page of a detector shows: confusion matrix, curves of precision and recall, reliability of the scores.
import type { DetectionResultEvent, DetectionTest } from "../../core/results/dense/detection.js";
import type { ReliabilityBin } from "../../evaluate/calibration.js";
import type { DetectionDetails } from "../../evaluate/detection/detection-details.js";
import type { Chart } from "../../report/charts/charts.js";
import { countMatrix } from "../../report/charts/confusion.js";
import { lineChart } from "../../report/charts/line-chart.js";
import { decimal } from "../../report/charts/numbers.js";
import { html, type Markup, name } from "../../report/html.js";
import { classColour } from "../../report/overlay/colours.js";
import type { Drawing } from "../../report/sheet/sheet.js";
import { writtenNumber } from "../../report/sheet/written.js";
import { type Lang, wordsIn } from "../../report/words/index.js";
import { term } from "../../report/words/terms.js";
import { legendDot, legendLine } from "../dense/worst-pictures.js";

const legendWords = {
  en: { found: "found", false: "false", missed: "missed" },
  zh: { found: "找到", false: "误检", missed: "漏检" },
};

/** Most classes of a legend. The names are in the pictures too. */
const mostClasses = 12;

/** Returns the legend of boxes: lines of the outcomes, and colours of the classes. */
export function boxLegend(classes: readonly string[], lang: Lang): Markup {
  const outcomes = (["found", "false", "missed"] as const).map(
    (kind) => html`<span>${legendLine(kind)}${legendWords[lang][kind]}</span> `,
  );
  const colours = classes
    .slice(0, mostClasses)
    .map((label, k) => html`<span>${legendDot(k)}${name(label)}</span> `);
  return html`<p class="legend">${outcomes}${colours}</p>`;
}

const matrixWords = {
  en: {
    axis: "true ↓ · detected →",
    background: "background",
    note: (matrix: Markup) =>
      html`${matrix}: rows are true classes, columns what was detected at their place (IoU from 0.5). The last column counts missed objects, the last row boxes where no object is.`,
  },
  zh: {
    axis: "真实 ↓ · 检测 →",
    background: "背景",
    note: (matrix: Markup) =>
      html`${matrix}：行为真实类别，列为在该处（IoU 不低于 0.5）检测到的类别。最后一列是漏检的物体，最后一行是没有物体的框。`,
  },
};

/** Returns the confusion with the background. */
export const confusionDrawing = ({ confusion }: DetectionDetails, classes: readonly string[]): Drawing => ({
  section: "confusion",
  draw: ({ lang }) => {
    const [w, words] = [matrixWords[lang], wordsIn(lang)];
    const note = w.note(term("confusion-matrix", lang, words.page.matrix));
    return countMatrix(confusion, [...classes, w.background], { axis: w.axis, note }, words);
  },
});

/** Most classes with a curve: so many colours differ for every eye. */
const mostCurves = 7;
/** Curves of classes have numbers behind those of every page. */
const firstCurve = 11;
/** Dashes of the curves of classes: colours alone do not tell them apart. */
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], [12, 4], [2, 6]];

/** Colours of the classes in the pictures, mixed with that of the text: pale ones are seen on paper too. */
const classCurvesStyle = `
:root { ${Array.from({ length: mostCurves }, (_, k) => `--curve-${firstCurve + k}: ${classColour(k)}; --curve-${firstCurve + k}: color-mix(in srgb, ${classColour(k)} 80%, var(--ink));`).join(" ")} }
`;

const curveWords = {
  en: {
    curve: "Precision and recall",
    curveNote: "precision by recall, IoU from 0.5; higher is better",
    threshold: "Threshold",
    thresholdNote: "by the lowest score that counts, all classes",
    score: "score",
    f1: "F1",
    precision: "precision",
    recall: "recall",
    chosen: (threshold: string): Markup =>
      html`Dotted vertical line: the threshold ${threshold}, which has the highest F1 on the validation split. <code>engraft predict</code> uses it; <code>--threshold</code> sets another one.`,
    shown: (shown: number, all: number): string =>
      ` The curves are those of the ${shown} most frequent of ${all} classes.`,
    reliability: "Reliability",
    reliabilityNote: "share of right boxes by score; the diagonal is best",
    before: "before calibration",
    after: "after calibration",
    perfect: "as stated",
    calibration: (error: Markup, before: string, after: string): Markup =>
      html`The scores are calibrated on the validation split: of the boxes with a score of 0.8, about 80\u00a0% are right. Their ${error} on the test split is ${after}, and was ${before} before.`,
  },
  zh: {
    curve: "精确率与召回率",
    curveNote: "精确率对召回率，IoU 不低于 0.5；越高越好",
    threshold: "阈值",
    thresholdNote: "按计入的最低得分，所有类别合计",
    score: "得分",
    f1: "F1",
    precision: "精确率",
    recall: "召回率",
    chosen: (threshold: string): Markup =>
      html`竖直虚线：阈值 ${threshold}，它在验证集上的 F1 最高。<code>engraft predict</code> 使用它；<code>--threshold</code> 可以另设。`,
    shown: (shown: number, all: number): string => `曲线只画 ${all} 个类别中最常见的 ${shown} 个。`,
    reliability: "可靠性",
    reliabilityNote: "正确框的比例对得分；对角线为最好",
    before: "校准前",
    after: "校准后",
    perfect: "与得分一致",
    calibration: (error: Markup, before: string, after: string): Markup =>
      html`得分在验证集上校准：得分为 0.8 的框应有约 80\u00a0% 正确。测试集上的${error}为 ${after}，校准前为 ${before}。`,
  },
};
type CurveWords = (typeof curveWords)[Lang];

const axisOf = (label: string): Chart["axis"] => ({ label, logarithmic: false, share: true });
const levels = Array.from({ length: 101 }, (_, i) => i / 100);

/** Returns the curve of precision over recall of each class, and that of precision, recall and F1 over the threshold. */
export const thresholdsDrawing = (details: DetectionDetails, test: DetectionTest): Drawing => ({
  section: "thresholds",
  title: { en: "Precision, recall and threshold", zh: "精确率、召回率与阈值" },
  style: classCurvesStyle,
  draw: ({ lang }) => {
    const w = curveWords[lang];
    const { threshold } = test.at_threshold;
    const classes = frequentClasses(details, test);
    const all = test.classes.length;
    return html`<div class="curves">${lineChart(recallChart(details, test, classes, w))}${lineChart(thresholdChart(details, threshold, w))}</div>
<p class="small muted">${w.chosen(decimal(threshold, 2))}${classes.length < all && w.shown(classes.length, all)}</p>`;
  },
});

/** Returns the most frequent classes that have a curve, by their numbers. */
const frequentClasses = (
  { precision_recall: curves }: DetectionDetails,
  { classes }: DetectionTest,
): number[] =>
  [...classes.keys()]
    .filter((k) => curves[k] !== null)
    .sort((a, b) => classes[b]!.truths - classes[a]!.truths)
    .slice(0, mostCurves)
    .sort((a, b) => a - b);

const recallChart = (
  { precision_recall: curves }: DetectionDetails,
  { classes }: DetectionTest,
  shown: readonly number[],
  w: CurveWords,
): Chart => ({
  id: "precision-recall",
  title: w.curve,
  note: w.curveNote,
  percent: true,
  x: levels,
  axis: axisOf(w.recall),
  series: shown.map((k, i) => ({
    label: classes[k]!.name,
    // Of more classes, a colour may be another class's in the pictures.
    curve: firstCurve + (classes.length <= mostCurves ? k : i),
    dashed: i > 0,
    dash: dashes[i]!,
    // A recall that is not reached has no precision.
    y: curves[k]!.map((precision) => (precision > 0 ? precision : null)),
  })),
});

function thresholdChart({ by_threshold: scores }: DetectionDetails, best: number, w: CurveWords): Chart {
  const line = (measure: "f1" | "precision" | "recall", curve: number, dash: readonly number[]) => ({
    label: w[measure],
    curve,
    dashed: dash.length > 0,
    dash,
    y: scores.map((one) => one[measure]),
  });
  return {
    id: "threshold",
    title: w.threshold,
    note: w.thresholdNote,
    percent: true,
    x: levels,
    axis: axisOf(w.score),
    best,
    series: [line("f1", 1, []), line("precision", 4, [7, 3]), line("recall", 2, [2, 3])],
  };
}

/** Returns the share of right boxes over the score, before and after calibration. */
export const reliabilityDrawing = (
  { reliability }: DetectionDetails,
  { before, after }: NonNullable<DetectionResultEvent["calibration"]>,
): Drawing => ({
  section: "calibration",
  draw: ({ lang }) => {
    const w = curveWords[lang];
    const errors = [before, after].map(({ d_ece }) => writtenNumber("decimal", d_ece)) as [string, string];
    return html`<p>${w.calibration(term("calibration-error", lang), ...errors)}</p>
<div class="curves">${lineChart(reliabilityChart(reliability, w))}</div>`;
  },
});

function reliabilityChart({ before, after }: DetectionDetails["reliability"], w: CurveWords): Chart {
  const pointsOf = (bins: readonly ReliabilityBin[]) =>
    new Map(bins.filter(({ n }) => n > 0).map(({ confidence, accuracy }) => [confidence, accuracy]));
  const [old, now] = [pointsOf(before), pointsOf(after)];
  const x = [...new Set([0, ...old.keys(), ...now.keys(), 1])].sort((a, b) => a - b);
  const at = (points: ReadonlyMap<number, number>) => x.map((score) => points.get(score) ?? null);
  return {
    id: "reliability",
    title: w.reliability,
    note: w.reliabilityNote,
    percent: true,
    x,
    axis: axisOf(w.score),
    series: [
      { label: w.before, curve: 2, dashed: true, y: at(old) },
      { label: w.after, curve: 1, dashed: false, y: at(now) },
      { label: w.perfect, curve: 3, dashed: true, dash: [2, 3], y: x.map((v) => (v % 1 === 0 ? v : null)) },
    ],
  };
}
