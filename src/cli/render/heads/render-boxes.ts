import type { DetectionTest } from "../../../core/results/dense/detection.js";
import { labelled } from "../labelled.js";
import { percent } from "../percent.js";
import { formatCount } from "../render.js";
import { tableLines } from "../table-lines.js";

const number = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

/** Returns the scores of a detector besides its mAP. */
export function renderBoxScores({ ap50, ap75, ar100, ap_by_size, at_threshold }: DetectionTest): string[] {
  const { small, medium, large } = ap_by_size;
  return [
    ...labelled("AP50", `${number(ap50)}, AP75 ${number(ap75)}, AR ${number(ar100)}`),
    ...labelled("by size", `small ${number(small)}, medium ${number(medium)}, large ${number(large)}`),
    ...labelled("threshold", thresholdWords(at_threshold)),
  ];
}

/** "0.41: precision 91.2 %, recall 84.0 %, F1 0.874" */
export const thresholdWords = ({ threshold, precision, recall, f1 }: DetectionTest["at_threshold"]): string =>
  `${threshold.toFixed(2)}: precision ${percent(precision)}, recall ${percent(recall)}, F1 ${f1.toFixed(3)}`;

/** Returns a table with a line for each class. */
export const renderPerBoxClass = ({ classes }: DetectionTest): string[] =>
  tableLines(
    ["class", "boxes", "AP50", "AP"],
    classes.map(({ name, truths, ap50, ap }) => [name, formatCount(truths), number(ap50), number(ap)]),
    { left: 1, indent: 2 },
  );
