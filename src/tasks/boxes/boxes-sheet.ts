// The results of a run on boxes: scores, facts and tables for the screen, the page and the card.
import type {
  ClassDetectionScores,
  DetectionResultEvent,
  DetectionTest,
} from "../../core/results/dense/detection.js";
import type { DetectionDetails } from "../../evaluate/detection/detection-details.js";
import type { ErrorKind } from "../../evaluate/detection/error-kinds.js";
import { pipelineSnippet } from "../../report/cards/transformers-js.js";
import { count, decimal, integer, percent } from "../../report/charts/numbers.js";
import {
  type Fact,
  intervalOf,
  names,
  type RunSheet,
  type Sheet,
  say,
  type Table,
  type Text,
  type Tile,
  tableOf,
  termed,
  type Usage,
} from "../../report/sheet/sheet.js";
import { writtenNumber } from "../../report/sheet/written.js";
import { inputFact, type PicturesById, worstPictures } from "../dense/worst-pictures.js";
import { boxLegend, confusionDrawing, reliabilityDrawing, thresholdsDrawing } from "./box-charts.js";

/** What the run's folder has besides its result. Without it, the page has the scores alone. */
export interface BoxesShown {
  readonly details?: DetectionDetails | undefined;
  readonly drawings?: PicturesById | undefined;
}
type BoxesResult = BoxesShown &
  Pick<DetectionResultEvent, "test" | "classes" | "input" | "calibration" | "task">;

const map = termed("map", "mAP", "mAP");
const ap50 = termed("ap50", "AP50", "AP50");
const precision = termed("precision", "precision", "精确率");
const recall = termed("recall", "recall", "召回率");
const averageRecall = { en: "average recall", zh: "平均召回率" };
const boxes = { en: "boxes", zh: "框" };

export const boxesSheet: Sheet<DetectionTest, BoxesShown, BoxesResult> = {
  kind: () => ({ en: "object detection", zh: "目标检测" }),
  sample: () => "picture",
  figures: (test) => [
    { name: map, as: "decimal", value: test.ap, ci95: intervalOf(test, test.ap_ci95) },
    { name: ap50, as: "decimal", value: test.ap50, ci95: intervalOf(test, test.ap50_ci95) },
    { name: "AP75", as: "decimal", value: test.ap75, ci95: intervalOf(test, test.ap75_ci95) },
    { name: averageRecall, as: "decimal", value: test.ar100 },
  ],
  scores: (test, { details }) => ({
    n: test.n,
    notes: [boxesIn(test)],
    facts: [thresholdFact(test)],
    tables: [classesTable(test, details), sizesTable(test, details)],
  }),
  run: (result) => ({
    tiles: tilesOf(result),
    facts: [{ label: { en: "Classes", zh: "类别" }, value: names(result.classes) }, inputFact(result)],
    ...detailParts(result),
    shows: Object.keys(result.drawings ?? {}),
    usage: usageOf(result),
  }),
};

function boxesIn({ n, classes }: DetectionTest): Text {
  const all = classes.reduce((sum, { truths }) => sum + truths, 0);
  return {
    en: `${count(all, "box", "boxes")} in ${count(n, "test picture")}.`,
    zh: `${integer(n)} 张测试图片中的 ${integer(all)} 个框。`,
  };
}

const shareOrDash = (share: number | null): string => (share === null ? "–" : percent(share));

function thresholdFact({ at_threshold: point }: DetectionTest): Fact {
  const threshold = decimal(point.threshold, 2);
  const [p, r, f1] = [shareOrDash(point.precision), shareOrDash(point.recall), decimal(point.f1)];
  return {
    label: termed("threshold", "Threshold", "阈值"),
    value: {
      en: `${threshold}: precision ${p}, recall ${r}, F1 ${f1}`,
      zh: `${threshold}：精确率 ${p}，召回率 ${r}，F1 ${f1}`,
    },
  };
}

function classesTable(test: DetectionTest, details: DetectionDetails | undefined): Table {
  const threshold = decimal(test.at_threshold.threshold, 2);
  const rows = test.classes.map((scores, k) => ({ ...scores, at: details?.by_class[k] }));
  type Row = (typeof rows)[number];
  const scores = [
    { name: { en: "class", zh: "类别" }, as: "name", of: (row: Row) => row.name },
    { name: boxes, as: "count", of: (row: Row) => row.truths },
    { name: ap50, as: "decimal", of: (row: Row) => ({ value: row.ap50, ci95: row.ap50_ci95 }) },
    { name: map, as: "decimal", of: (row: Row) => row.ap },
  ] as const;
  const atThreshold = [
    { name: precision, as: "decimal", of: (row: Row) => row.at?.precision },
    { name: recall, as: "decimal", of: (row: Row) => row.at?.recall },
    { name: termed("f1", "F1", "F1"), as: "decimal", of: (row: Row) => row.at?.f1 },
  ] as const;
  const counted: Text = {
    en: `Lowest AP50 first. Precision and recall count boxes with a score from ${threshold} that overlap an object of their class with an IoU of at least 0.5.`,
    zh: `AP50 最低的在前。精确率和召回率只计得分不低于 ${threshold}、并与同类物体的 IoU 不低于 0.5 的框。`,
  };
  return tableOf(rows, {
    section: "scores",
    note: details ? counted : { en: "Lowest AP50 first.", zh: "AP50 最低的在前。" },
    weakest: 2,
    columns: details ? [...scores, ...atThreshold] : scores,
  });
}

const sizes = {
  small: { en: "small: up to 32 × 32 pixels", zh: "小：不超过 32 × 32 像素" },
  medium: { en: "medium", zh: "中" },
  large: { en: "large: from 96 × 96 pixels", zh: "大：不小于 96 × 96 像素" },
};

const sizesTable = ({ ap_by_size, ar_by_size }: DetectionTest, details: DetectionDetails | undefined) =>
  tableOf(["small", "medium", "large"] as const, {
    section: "scores",
    title: { en: "By size of the object", zh: "按物体大小" },
    note: { en: "Pixels are those of the original picture.", zh: "像素指原始图片的像素。" },
    columns: [
      { name: { en: "size", zh: "大小" }, as: "text", of: (size) => sizes[size] },
      ...(details
        ? [{ name: boxes, as: "count", of: (size: keyof typeof sizes) => details.sizes[size] } as const]
        : []),
      { name: map, as: "decimal", of: (size) => ap_by_size[size] },
      { name: averageRecall, as: "decimal", of: (size) => ar_by_size[size] },
    ],
  });

const errorKinds: Readonly<Record<ErrorKind, { readonly name: Text; readonly means: Text }>> = {
  class: {
    name: { en: "wrong class", zh: "类别错误" },
    means: { en: "the box is right", zh: "框是对的" },
  },
  place: {
    name: { en: "wrong place", zh: "位置错误" },
    means: { en: "the class is right, IoU below 0.5", zh: "类别对，IoU 低于 0.5" },
  },
  both: {
    name: { en: "wrong class and place", zh: "类别和位置都错" },
    means: { en: "an object of another class is near", zh: "附近有其他类别的物体" },
  },
  double: {
    name: { en: "found twice", zh: "重复检测" },
    means: { en: "another box has the object", zh: "该物体已有另一个框" },
  },
  background: {
    name: { en: "nothing there", zh: "空处误检" },
    means: { en: "no object is near", zh: "附近没有物体" },
  },
  missed: { name: { en: "missed", zh: "漏检" }, means: { en: "no box is near", zh: "附近没有框" } },
};

/** Returns the tables and drawings of the page that are about single boxes. */
function detailParts({
  details,
  drawings,
  test,
  classes,
  calibration,
}: BoxesResult): Pick<RunSheet, "tables" | "drawings"> {
  if (!details) return { drawings: [] };
  const worst = worstTable(details, test);
  return {
    tables: [worst, errorsTable(details), boxesTable(details)],
    drawings: [
      ...worstPictures(worst, drawings, (lang) => boxLegend(classes, lang)),
      confusionDrawing(details, classes),
      thresholdsDrawing(details, test),
      ...(calibration ? [reliabilityDrawing(details, calibration)] : []),
    ],
  };
}

function worstTable({ worst }: DetectionDetails, { at_threshold: point }: DetectionTest): Table {
  const threshold = decimal(point.threshold, 2);
  return tableOf(worst, {
    section: "drawn",
    note: {
      en: `Pictures with the most errors first: missed objects, and false boxes by their score. Boxes with a score from ${threshold} count.`,
      zh: `错误最多的图片在前：漏检的物体，以及按得分计的误检框。只计得分不低于 ${threshold} 的框。`,
    },
    empty: {
      en: "Every object of the test pictures is found, and no box is false.",
      zh: "测试图片中的物体全部找到，也没有误检。",
    },
    sample: ({ item }) => item,
    columns: [
      { name: { en: "found", zh: "找到" }, as: "count", of: ({ found }) => found },
      { name: { en: "false", zh: "误检" }, as: "count", of: ({ wrong }) => wrong },
      { name: { en: "missed", zh: "漏检" }, as: "count", of: ({ missed }) => missed },
    ],
  });
}

const errorsTable = ({ errors: { ap50: value, kinds } }: DetectionDetails): Table =>
  tableOf(kinds, {
    section: "confusion",
    title: { en: "Errors", zh: "错误" },
    note: {
      en: `AP50 of the boxes from the threshold on is ${writtenNumber("decimal", value)}. Each gain is for one kind alone; together they are more or less than their sum.`,
      zh: `得分达到阈值的框的 AP50 为 ${writtenNumber("decimal", value)}。每项提升只针对一种错误；合在一起会多于或少于各项之和。`,
    },
    columns: [
      { name: { en: "kind", zh: "种类" }, as: "text", of: ({ kind }) => errorKinds[kind].name },
      { name: { en: "meaning", zh: "含义" }, as: "text", of: ({ kind }) => errorKinds[kind].means },
      { name: { en: "count", zh: "数量" }, as: "count", of: ({ count: n }) => n },
      {
        name: { en: "AP50 gain if mended", zh: "修正后 AP50 的提升" },
        as: "decimal",
        of: ({ gain }) => gain,
      },
    ],
  });

const boxesTable = ({ boxes: rows }: DetectionDetails): Table =>
  tableOf(rows, {
    section: "data",
    title: { en: "Boxes", zh: "框" },
    note: {
      en: "small: up to 32 × 32 pixels; large: from 96 × 96 pixels. The side is the square root of the area. Regions of many objects are left out.",
      zh: "小：不超过 32 × 32 像素；大：不小于 96 × 96 像素。边长是面积的平方根。多个物体合标的区域不计。",
    },
    columns: [
      { name: { en: "class", zh: "类别" }, as: "name", of: (row) => row.name },
      { name: { en: "train", zh: "训练" }, as: "count", of: (row) => row.train },
      { name: { en: "validation", zh: "验证" }, as: "count", of: (row) => row.validation },
      { name: { en: "test", zh: "测试" }, as: "count", of: (row) => row.test },
      { name: { en: "small", zh: "小" }, as: "count", of: (row) => row.small },
      { name: { en: "medium", zh: "中" }, as: "count", of: (row) => row.medium },
      { name: { en: "large", zh: "大" }, as: "count", of: (row) => row.large },
      { name: { en: "median side in pixels", zh: "边长中位数（像素）" }, as: "count", of: (row) => row.side },
    ],
  });

/** Returns the most important numbers besides the score. */
function tilesOf({ test, details }: BoxesResult): readonly Tile[] {
  const { threshold, precision: p, recall: r } = test.at_threshold;
  const from: Text = {
    en: `scores from ${decimal(threshold, 2)}`,
    zh: `得分不低于 ${decimal(threshold, 2)}`,
  };
  const scored = test.classes.filter(
    (one): one is ClassDetectionScores & { readonly ap50: number } => one.ap50 !== null,
  );
  const weakest = scored.reduce<(typeof scored)[number] | undefined>(
    (low, one) => (low && low.ap50 <= one.ap50 ? low : one),
    undefined,
  );
  const costliest = details?.errors.kinds.reduce((high, one) =>
    (one.gain ?? 0) > (high.gain ?? 0) ? one : high,
  );
  const tiles: Tile[] = [
    { label: termed("precision", "Precision", "精确率"), value: shareOrDash(p), small: from, isScore: true },
    { label: termed("recall", "Recall", "召回率"), value: shareOrDash(r), small: from, isScore: true },
  ];
  if (weakest && test.classes.length > 1)
    tiles.push({
      label: { en: "Weakest class", zh: "最弱的类别" },
      value: names([weakest.name]),
      small: `AP50 ${decimal(weakest.ap50)}`,
      isScore: true,
    });
  if (costliest?.gain)
    tiles.push({
      label: { en: "Costliest errors", zh: "代价最大的错误" },
      value: errorKinds[costliest.kind].name,
      small: {
        en: `AP50 +${decimal(costliest.gain)} without them`,
        zh: `没有它们，AP50 +${decimal(costliest.gain)}`,
      },
      isScore: true,
    });
  return tiles;
}

function usageOf({ classes, input, test, task }: BoxesResult): Usage {
  const threshold = decimal(test.at_threshold.threshold);
  return {
    does: say`Finds ${names(classes)} in pictures. \`onnx/model.onnx\` uses standard ONNX operators:
\`pixel_values\` float32[batch, 3, ${String(input.height)}, ${String(input.width)}] in, \`logits\` and \`pred_boxes\` out. Decoding, calibration of the scores and non-maximum
suppression are inside the file. \`config.json\` says "yolos", because Transformers.js refuses unknown types; the model inside is another.`,
    scored: "mAP is COCO's mean average precision over IoU 0.50 to 0.95.",
    note: `Show boxes with a score of at least ${threshold}: this has the highest F1 on the validation split.`,
    script: pipelineSnippet(
      task,
      "detect",
      `console.log(await detect("picture.jpg", { threshold: ${threshold} }));`,
    ),
    example: "picture.jpg",
    hub: { task, metrics: ["mean_average_precision"] },
  };
}
