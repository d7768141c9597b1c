// Curves of a detector: precision and recall, threshold, reliability of the scores.

import type { DetectionTest } from "../../../core/results/dense/detection.js";
import type { ReliabilityBin } from "../../../evaluate/calibration.js";
import type { DetectionDetails } from "../../../evaluate/detection/detection-details.js";
import type { Chart } from "../../charts/charts.js";
import { lineChart } from "../../charts/line-chart.js";
import { decimal } from "../../charts/numbers.js";
import { html, type Markup } from "../../html.js";
import { classColour } from "../../overlay/class-colours.js";
import type { boxesEn } from "../../words/en/dense/boxes.js";

type BoxWords = typeof boxesEn;

/** Most classes with a curve: so many colours differ for every eye. */
const mostCurves = 7;
/** Curves of classes have numbers behind those of every page. */
const firstCurve = 11;
/** The classes' dashes, so that no curve is told by its colour alone. */
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], [12, 4], [2, 6]];

/** Colours of the classes in the pictures, mixed with that of the text: pale ones are seen on paper too. */
export const classCurvesStyle = `
:root { ${Array.from({ length: mostCurves }, (_, k) => `--curve-${firstCurve + k}: ${classColour(k)}; --curve-${firstCurve + k}: color-mix(in srgb, ${classColour(k)} 80%, var(--ink));`).join(" ")} }
`;

const axisOf = (label: string): Chart["axis"] => ({ label, logarithmic: false, share: true });
const levels = Array.from({ length: 101 }, (_, i) => i / 100);

/** Returns the curve of precision over recall of each class, and that of precision, recall and F1 over the threshold. */
export function thresholdPart(
  { classes, at_threshold }: DetectionTest,
  { precision_recall, by_threshold }: DetectionDetails,
  w: BoxWords,
): Markup {
  const shown = [...classes.keys()]
    .filter((k) => precision_recall[k] !== null)
    .sort((a, b) => classes[b]!.truths - classes[a]!.truths)
    .slice(0, mostCurves)
    .sort((a, b) => a - b);
  const { threshold } = at_threshold;
  const byClass: Chart = {
    ...{ id: "precision-recall", title: w.curve, note: w.curveNote, percent: true, x: levels },
    axis: axisOf(w.recallAxis),
    series: shown.map((k, i) => ({
      label: classes[k]!.name,
      // Of more classes, a colour may be another class's in the pictures.
      curve: firstCurve + (classes.length <= mostCurves ? k : i),
      ...{ dashed: i > 0, dash: dashes[i]! },
      // A recall that is not reached has no precision.
      y: precision_recall[k]!.map((precision) => (precision > 0 ? precision : null)),
    })),
  };
  const line = (label: string, curve: number, dash: readonly number[], y: Chart["series"][number]["y"]) => ({
    ...{ label, curve, dashed: dash.length > 0, dash, y },
  });
  const byScore: Chart = {
    ...{ id: "threshold", title: w.byThreshold, note: w.byThresholdNote, percent: true, x: levels },
    ...{ axis: axisOf(w.scoreAxis), best: threshold },
    series: [
      line(
        w.f1,
        1,
        [],
        by_threshold.map(({ f1 }) => f1),
      ),
      line(
        w.precisionLine,
        4,
        [7, 3],
        by_threshold.map(({ precision }) => precision),
      ),
      line(
        w.recallLine,
        2,
        [2, 3],
        by_threshold.map(({ recall }) => recall),
      ),
    ],
  };
  return html`<div class="curves">${lineChart(byClass)}${lineChart(byScore)}</div>
<p class="small muted">${w.thresholdNote(decimal(threshold, 2))}${shown.length < classes.length && ` ${w.shownClasses(shown.length, classes.length)}`}</p>`;
}

/** Returns the share of right boxes over the score, before and after calibration. */
export function reliabilityChart({ reliability }: DetectionDetails, w: BoxWords): Markup {
  const pointsOf = (bins: readonly ReliabilityBin[]) =>
    new Map(bins.filter(({ n }) => n > 0).map(({ confidence, accuracy }) => [confidence, accuracy]));
  const [before, after] = [pointsOf(reliability.before), pointsOf(reliability.after)];
  const x = [...new Set([0, ...before.keys(), ...after.keys(), 1])].sort((a, b) => a - b);
  const at = (points: ReadonlyMap<number, number>) => x.map((score) => points.get(score) ?? null);
  return html`<div class="curves">${lineChart({
    ...{ id: "reliability", title: w.reliability, note: w.reliabilityNote, percent: true, x },
    axis: axisOf(w.scoreAxis),
    series: [
      { label: w.before, curve: 2, dashed: true, y: at(before) },
      { label: w.after, curve: 1, dashed: false, y: at(after) },
      { label: w.perfect, curve: 3, dashed: true, dash: [2, 3], y: x.map((v) => (v % 1 === 0 ? v : null)) },
    ],
  })}</div>`;
}
