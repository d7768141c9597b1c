import { foregroundOf, type SegmentationTest } from "../../../core/results/dense/segmentation.js";
import type { Interval } from "../../../core/results/task.js";
import { labelled } from "../labelled.js";
import { percent } from "../percent.js";
import { formatCount } from "../render.js";
import { tableLines } from "../table-lines.js";

const number = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

/** Returns the main score of a segmenter: with two classes the IoU of the foreground, else the mean. */
export function mainScoreOf(test: SegmentationTest): {
  readonly name: string;
  readonly value: number | null;
  readonly ci95: Interval | null;
} {
  const foreground = foregroundOf(test);
  if (!foreground) return { name: "mIoU", value: test.metric.value, ci95: test.metric.ci95 };
  return { name: `IoU of ${foreground.name}`, value: foreground.iou, ci95: foreground.iou_ci95 };
}

/** Returns the scores of a segmenter besides its main score. */
export function renderMaskScores(test: SegmentationTest): string[] {
  const { metric, pixel_accuracy, classes } = test;
  if (foregroundOf(test)) {
    const more = [`mIoU ${number(metric.value)}`, `pixel accuracy ${percent(pixel_accuracy)}`];
    return labelled("more", `Dice ${number(classes[1]!.dice)}, ${more.join(", ")}`);
  }
  const worst = classes.filter(({ iou }) => iou !== null).sort((a, b) => a.iou! - b.iou!)[0];
  return [
    ...labelled("more", `pixel accuracy ${percent(pixel_accuracy)}`),
    ...(worst ? labelled("weakest", `${worst.name}: IoU ${number(worst.iou)}`) : []),
  ];
}

/** Returns a table with a line for each class. */
export const renderPerMaskClass = ({ classes }: SegmentationTest): string[] =>
  tableLines(
    ["class", "pixels", "IoU", "Dice"],
    classes.map(({ name, pixels, iou, dice }) => [name, formatCount(pixels), number(iou), number(dice)]),
    { left: 1, indent: 2 },
  );
