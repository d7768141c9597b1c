// The results of a run on masks: scores, facts and tables for the screen, the page and the card.
import {
  foregroundOf,
  type SegmentationResultEvent,
  type SegmentationTest,
} from "../../core/results/dense/segmentation.js";
import type { SegmentationDetails } from "../../evaluate/segmentation/segmentation-details.js";
import { pipelineSnippet } from "../../report/cards/transformers-js.js";
import { countMatrix } from "../../report/charts/confusion.js";
import { decimal } from "../../report/charts/numbers.js";
import { html, type Markup } from "../../report/html.js";
import { maskErrorColours } from "../../report/overlay/outcomes.js";
import {
  type Drawing,
  type Fact,
  type Figure,
  intervalOf,
  names,
  type RunSheet,
  type Sheet,
  say,
  type Table,
  tableOf,
  termed,
  type Usage,
} from "../../report/sheet/sheet.js";
import { writtenNumber } from "../../report/sheet/written.js";
import { type Lang, wordsIn } from "../../report/words/index.js";
import { term } from "../../report/words/terms.js";
import {
  inputFact,
  legendDot,
  legendLine,
  type PicturesById,
  worstPictures,
} from "../dense/worst-pictures.js";

/** What the run's folder has besides its result. Without it, the page has the scores alone. */
export interface MasksShown {
  readonly details?: SegmentationDetails | undefined;
  readonly drawings?: PicturesById | undefined;
}
type MasksResult = MasksShown &
  Pick<SegmentationResultEvent, "test" | "classes" | "input" | "pixels" | "calibration" | "task">;

const iou = termed("iou", "IoU", "IoU");

export const masksSheet: Sheet<SegmentationTest, MasksShown, MasksResult> = {
  kind: () => ({ en: "image segmentation", zh: "图像分割" }),
  sample: () => "picture",
  figures: (test) => {
    const mean: Figure = {
      name: termed("miou", "mIoU", "mIoU"),
      as: "decimal",
      value: test.miou,
      ci95: intervalOf(test, test.miou_ci95),
    };
    const accuracy: Figure = {
      name: { en: "pixel accuracy", zh: "像素准确率" },
      as: "share",
      value: test.pixel_accuracy,
    };
    const foreground = foregroundOf(test);
    if (!foreground) return [mean, accuracy];
    const of = names([foreground.name]);
    return [
      {
        name: { en: say`IoU of ${of}`, zh: say`${of} 的 IoU` },
        as: "decimal",
        value: foreground.iou,
        ci95: intervalOf(test, foreground.iou_ci95),
      },
      { name: "Dice", as: "decimal", value: foreground.dice },
      mean,
      accuracy,
    ];
  },
  scores: (test, { details }) => ({
    n: test.n,
    notes: [
      { en: "All pixels count, at the original size of the pictures.", zh: "按图片的原始尺寸计算全部像素。" },
    ],
    facts: [],
    tables: [classesTable(test, details)],
  }),
  run: (result) => ({
    facts: factsOf(result),
    ...detailParts(result),
    shows: Object.keys(result.drawings ?? {}),
    usage: usageOf(result),
  }),
};

function classesTable(test: SegmentationTest, details: SegmentationDetails | undefined): Table {
  const rows = test.classes.map((scores, k) => ({ ...scores, at: details?.by_class[k] }));
  type Row = (typeof rows)[number];
  const scores = [
    { name: { en: "class", zh: "类别" }, as: "name", of: (row: Row) => row.name },
    {
      name: { en: "true pixels", zh: "真实像素" },
      short: "pixels",
      as: "count",
      of: (row: Row) => row.pixels,
    },
    { name: iou, as: "decimal", of: (row: Row) => ({ value: row.iou, ci95: row.iou_ci95 }) },
    { name: "Dice", as: "decimal", of: (row: Row) => row.dice },
  ] as const;
  const more = [
    { name: termed("precision", "precision", "精确率"), as: "decimal", of: (row: Row) => row.at?.precision },
    { name: termed("recall", "recall", "召回率"), as: "decimal", of: (row: Row) => row.at?.recall },
    { name: { en: "pictures", zh: "图片" }, as: "count", of: (row: Row) => row.at?.pictures },
    { name: { en: "share of pixels", zh: "像素占比" }, as: "share", of: (row: Row) => row.at?.share },
  ] as const;
  return tableOf(rows, {
    section: "scores",
    note: { en: "Lowest IoU first.", zh: "IoU 最低的在前。" },
    weakest: 2,
    columns: details ? [...scores, ...more] : scores,
  });
}

function factsOf({ classes, pixels: { weights }, input, calibration }: MasksResult): readonly Fact[] {
  const facts: Fact[] = [
    { label: { en: "Classes", zh: "类别" }, value: names(classes) },
    inputFact({ input }),
  ];
  if (weights.some((weight) => weight !== 1))
    facts.push({
      label: { en: "Class weights", zh: "类别权重" },
      value: classes.flatMap((name, k) => say`${k === 0 ? "" : ", "}${[{ name }]} ${decimal(weights[k]!)}`),
    });
  if (calibration) {
    const { temperature, before, after } = calibration;
    const [old, now] = [before, after].map(({ ece }) => writtenNumber("decimal", ece)) as [string, string];
    facts.push({
      label: { en: "Probabilities", zh: "概率" },
      value: {
        en: `logits divided by ${decimal(temperature)}, fitted on validation: expected calibration error ${now}, ${old} before`,
        zh: `logits 除以 ${decimal(temperature)}，在验证集上拟合：期望校准误差 ${now}，校准前 ${old}`,
      },
    });
  }
  return facts;
}

/** Returns the tables and drawings of the page that are about single pixels. */
function detailParts({ details, drawings, classes }: MasksResult): Pick<RunSheet, "tables" | "drawings"> {
  if (!details) return { drawings: [] };
  const worst = worstTable(details);
  return {
    tables: [worst],
    drawings: [...worstPictures(worst, drawings, errorMapLegend), confusionDrawing(details, classes)],
  };
}

const worstTable = ({ worst }: SegmentationDetails): Table =>
  tableOf(worst, {
    section: "drawn",
    note: {
      en: "Pictures with the lowest IoU first. The background is not coloured where it is right.",
      zh: "IoU 最低的图片在前。判断正确的背景不着色。",
    },
    empty: { en: "Every pixel of the test pictures has its class.", zh: "测试图片的每个像素类别都正确。" },
    sample: ({ item }) => item,
    columns: [
      { name: "IoU", as: "decimal", of: (picture) => picture.iou },
      { name: { en: "wrong pixels", zh: "错误的像素" }, as: "share", of: ({ wrong }) => wrong },
    ],
  });

const kindWords = {
  en: {
    right: "right",
    false: "false: background in truth",
    missed: "missed: predicted as background",
    confused: "another class",
  },
  zh: {
    right: "正确",
    false: "误检：实为背景",
    missed: "漏检：预测为背景",
    confused: "错成其他类别",
  },
};

/** Returns the legend of error maps. */
function errorMapLegend(lang: Lang): Markup {
  const kinds = Object.entries(maskErrorColours) as [keyof typeof maskErrorColours, number][];
  return html`<p class="legend">${kinds.map(
    ([kind, label]) =>
      html`<span>${kind === "missed" ? legendLine("missed") : legendDot(label)}${kindWords[lang][kind]}</span> `,
  )}</p>`;
}

const matrixWords = {
  en: {
    axis: "true ↓ · predicted →",
    note: (matrix: Markup): Markup => html`${matrix}: pixels of all test pictures.`,
  },
  zh: {
    axis: "真实 ↓ · 预测 →",
    note: (matrix: Markup): Markup => html`${matrix}：全部测试图片的像素数。`,
  },
};

const confusionDrawing = ({ confusion }: SegmentationDetails, classes: readonly string[]): Drawing => ({
  section: "confusion",
  draw: ({ lang }) => {
    const [{ axis, note }, words] = [matrixWords[lang], wordsIn(lang)];
    return countMatrix(
      confusion,
      classes,
      { axis, note: note(term("confusion-matrix", lang, words.page.matrix)) },
      words,
    );
  },
});

/** Most classes of a large picture that the pipeline enlarges in a second or two. */
const manyClasses = 8;

function usageOf({ classes, input: { width, height }, task }: MasksResult): Usage {
  const size = (side: number): string => String(side / 4);
  const slow =
    classes.length > manyClasses
      ? say` Transformers.js enlarges ${String(classes.length)} maps to the size of the picture: a large picture takes seconds.`
      : [];
  return {
    does: say`Finds the class of each pixel: ${names(classes)}. \`onnx/model.onnx\` uses standard ONNX operators:
\`pixel_values\` float32[batch, 3, ${String(height)}, ${String(width)}] in, \`logits\` float32[batch, ${String(classes.length)}, ${size(height)}, ${size(width)}] out. Enlarge the logits bilinearly to the
size of the picture, then take the largest. \`config.json\` says "segformer", because Transformers.js refuses unknown types; the model inside is
another.${slow}`,
    script: pipelineSnippet(
      task,
      "segment",
      'console.log(await segment("picture.jpg")); // a mask for each class',
    ),
    example: "picture.jpg",
    hub: { task, metrics: ["mean_iou"] },
  };
}
