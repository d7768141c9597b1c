// The results of a run on numbers: scores, facts and tables for the screen, the page and the card.
import type { RegressionResultEvent } from "../../core/events/events.js";
import { choseEpoch } from "../../core/results/common-result.js";
import {
  factsOf,
  isTaskWith,
  type OutputScores,
  type PredictionBand,
  type RegressionScores,
} from "../../core/results/task.js";
import {
  scriptBegin,
  soundLogitsSnippet,
  soundTensors,
  withoutPipeline,
} from "../../report/cards/transformers-js.js";
import { percent } from "../../report/charts/numbers.js";
import { scatter } from "../../report/charts/scatter.js";
import { html, type Markup } from "../../report/html.js";
import { columnFacts, rowTensors, severalInputsNote } from "../../report/sheet/column-facts.js";
import { cardLines, madeFacts, madeTiles } from "../../report/sheet/made-facts.js";
import {
  type Figure,
  intervalOf,
  names,
  type Sheet,
  say,
  tableOf,
  termed,
  type Usage,
} from "../../report/sheet/sheet.js";
import { writtenNumber } from "../../report/sheet/written.js";
import type { Lang } from "../../report/words/langs.js";

type About = Pick<RegressionResultEvent, "task">;
type NumbersResult = About &
  Pick<
    RegressionResultEvent,
    | "test"
    | "targets"
    | "table"
    | "safe"
    | "epochs"
    | "kept"
    | "extended"
    | "joined"
    | "with_source"
    | "hidden"
  >;

const kinds = {
  clip: { en: "audio regression", zh: "声音回归" },
  picture: { en: "image regression", zh: "图像回归" },
  row: { en: "tabular regression", zh: "表格回归" },
  text: { en: "text regression", zh: "文本回归" },
  several: { en: "multimodal regression", zh: "多模态回归" },
};
const r2 = termed("r2", "R²", "R²");
const meanError = termed("mae", "mean error (MAE)", "平均绝对误差（MAE）");
const rmse = termed("rmse", "RMSE", "RMSE");
const spearman = termed("spearman", "Spearman’s ρ", "Spearman ρ");

const sampleOf = ({ task }: About) => factsOf(task).sample;

export const numbersSheet: Sheet<RegressionScores, About, NumbersResult> = {
  kind: ({ task }) => kinds[isTaskWith(task, { input: "several" }) ? "several" : sampleOf({ task })],
  sample: sampleOf,
  intervals: { en: "those of shares are Wilson's", zh: "比例用 Wilson 区间" },
  figures: (test) => [
    { name: r2, as: "decimal", value: test.r2, ci95: intervalOf(test, test.r2_ci95) },
    ...test.outputs.flatMap((output) => errorsOf(output, test.outputs.length > 1)),
  ],
  scores: (test) => ({
    n: test.n,
    facts: [],
    tables: [worstTable(test), targetsTable(test), ...(hasFifths(test) ? [fifthsTable(test)] : [])],
  }),
  run: (result) => ({
    facts: [...(result.table ? columnFacts(result.table) : []), ...madeFacts(result)],
    made: cardLines(result),
    ...(result.extended?.old_test && { tiles: madeTiles(result) }),
    drawings: [{ section: "scores", draw: ({ lang }) => chartsOf(result.test, choseEpoch(result), lang) }],
    usage: usageOf(result),
  }),
};

/** Returns the errors of a target. @param named whether their names have the target's */
function errorsOf(
  { name, mae, mae_ci95, rmse: root, rmse_ci95, ...ranks }: OutputScores,
  named: boolean,
): readonly Figure[] {
  const of = names([name]);
  return [
    ...(ranks.spearman === undefined
      ? []
      : [
          {
            name: named ? { en: say`Spearman’s ρ of ${of}`, zh: say`${of} 的 Spearman ρ` } : spearman,
            as: "decimal",
            value: ranks.spearman,
            ci95: ranks.spearman_ci95 ?? null,
          } as const,
        ]),
    {
      name: named ? { en: say`MAE of ${of}`, zh: say`${of} 的 MAE` } : meanError,
      as: "short",
      value: mae,
      ci95: mae_ci95,
    },
    {
      name: named ? { en: say`RMSE of ${of}`, zh: say`${of} 的 RMSE` } : rmse,
      as: "short",
      value: root,
      ci95: rmse_ci95,
    },
  ];
}

function targetsTable({ outputs }: RegressionScores) {
  const columns = [
    { name: { en: "target", zh: "目标" }, as: "name", of: (one: OutputScores) => one.name },
    { name: r2, as: "decimal", of: (one: OutputScores) => ({ value: one.r2, ci95: one.r2_ci95 }) },
    {
      name: meanError,
      short: "MAE",
      as: "short",
      of: (one: OutputScores) => ({ value: one.mae, ci95: one.mae_ci95 }),
    },
    { name: rmse, as: "short", of: (one: OutputScores) => ({ value: one.rmse, ci95: one.rmse_ci95 }) },
  ] as const;
  const promised = [
    {
      name: termed("prediction-interval", "prediction interval", "预测区间"),
      short: "interval",
      as: "text",
      of: (one: OutputScores) => promisedText(one),
    },
    {
      name: { en: "test values inside", zh: "落在区间内的测试值" },
      short: "inside",
      as: "share",
      of: ({ prediction_interval: one }: OutputScores) =>
        one && one.bands.length > 0 ? { value: one.test_coverage, ci95: one.test_coverage_ci95 } : null,
    },
  ] as const;
  const hasIntervals = outputs.some((one) => one.prediction_interval);
  return tableOf(outputs, {
    section: "scores",
    title: { en: "Scores by target", zh: "各目标的得分" },
    columns: hasIntervals ? [...columns, ...promised] : columns,
  });
}

const hasFifths = ({ outputs }: RegressionScores): boolean =>
  outputs.some(({ prediction_interval: one }) => one && one.bands.length > 0 && one.fifths.length > 0);

function promisedText({ prediction_interval: interval }: OutputScores) {
  if (!interval) return null;
  const { bands, coverage } = interval;
  if (bands.length === 0) return { en: "validation too small", zh: "验证集太小" };
  const width = widthText(bands.map(({ half_width }) => half_width));
  const share = percent(coverage, 0);
  return { en: `${width.en} for\u00a0${share}`, zh: `${width.zh}（覆盖 ${share}）` };
}

/** Returns `± 3.2`, or `± 3.2 to 8` for several widths. */
function widthText(widths: readonly number[]) {
  const [least, most] = [Math.min(...widths), Math.max(...widths)].map((one) => writtenNumber("short", one));
  return least === most
    ? inOneLine({ en: `± ${least}`, zh: `± ${least}` })
    : inOneLine({ en: `± ${least} to ${most}`, zh: `± ${least} 至 ${most}` });
}

/** Keeps a cell in one line. */
const inOneLine = ({ en, zh }: { readonly en: string; readonly zh: string }) => ({
  en: en.replaceAll(" ", "\u00a0"),
  zh: zh.replaceAll(" ", "\u00a0"),
});

/** Returns how often the intervals hold the test values, by fifths of the predictions; no rows for few test samples. */
function fifthsTable({ outputs }: RegressionScores) {
  const rows = outputs.flatMap(({ name, prediction_interval: interval }) =>
    interval && interval.bands.length > 0
      ? interval.fifths.map((fifth) => ({ ...fifth, name, bands: interval.bands }))
      : [],
  );
  type Row = (typeof rows)[number];
  const number = (value: number): string => writtenNumber("short", value);
  const target = { name: { en: "target", zh: "目标" }, as: "name", of: (one: Row) => one.name } as const;
  return tableOf(rows, {
    section: "scores",
    title: { en: "Prediction intervals by predicted value", zh: "各预测值范围的预测区间" },
    columns: [
      ...(outputs.length > 1 ? [target] : []),
      {
        name: { en: "predicted", zh: "预测值" },
        as: "text",
        of: ({ from, to }) =>
          inOneLine({ en: `${number(from)} to ${number(to)}`, zh: `${number(from)} 至 ${number(to)}` }),
      },
      {
        name: termed("prediction-interval", "prediction interval", "预测区间"),
        short: "interval",
        as: "text",
        of: ({ bands, from, to }) => widthText(widthsBetween(bands, from, to)),
      },
      { name: { en: "samples", zh: "样本" }, as: "count", of: (one) => one.n },
      {
        name: { en: "test values inside", zh: "落在区间内的测试值" },
        short: "inside",
        as: "share",
        of: (one) => ({ value: one.test_coverage, ci95: one.test_coverage_ci95 }),
      },
    ],
  });
}

/** Returns the half widths of the bands that a range of predictions meets. */
const widthsBetween = (bands: readonly PredictionBand[], from: number, to: number): number[] =>
  bands
    .filter(
      ({ up_to = Number.POSITIVE_INFINITY }, b) =>
        from <= up_to && !(to <= (bands[b - 1]?.up_to ?? Number.NEGATIVE_INFINITY)),
    )
    .map(({ half_width }) => half_width);

const worstTable = ({ worst }: RegressionScores) =>
  tableOf(worst, {
    section: "worst",
    note: { en: "Largest errors first.", zh: "误差最大的在前。" },
    most: 8,
    sample: (one) => one.item,
    columns: [
      { name: { en: "target", zh: "目标" }, as: "name", of: (one) => one.output },
      { name: { en: "true", zh: "真实值" }, as: "short", of: (one) => one.true },
      { name: { en: "predicted", zh: "预测值" }, as: "short", of: (one) => one.predicted },
    ],
  });

const chartWords = {
  en: {
    conformal:
      "Prediction intervals are split-conformal: the width is a quantile of the errors on the validation split, for up to five ranges of the prediction. ",
    chosen: "That split also chose the epoch, so the quantile is a higher one than stated. ",
    one: "One width for all predictions holds as often as stated on average, and less often where errors are large. ",
    inside: "The last column has the share of the test samples.",
    truth: "true",
    predicted: "predicted",
    scatterNote: "predicted against true, test split",
    scatterAlt: (name: string): string => `Predicted against true values of ${name}`,
  },
  zh: {
    conformal:
      "预测区间用分割共形法（split conformal）得到：宽度是验证集误差的一个分位数，最多按预测值分五段。",
    chosen: "轮次也由验证集选定，所以取的分位数比所称的更高；",
    one: "所有预测共用一个宽度时，只有平均而言达到所称比例，误差大的地方达不到；",
    inside: "测试样本的实际比例列在最后一列。",
    truth: "真实值",
    predicted: "预测值",
    scatterNote: "测试集，预测值对真实值",
    scatterAlt: (name: string): string => `${name} 的预测值与真实值`,
  },
};

/** Returns what the prediction intervals are, and a chart of each target. @param chosen whether validation chose the epoch */
function chartsOf({ outputs, points }: RegressionScores, chosen: boolean, lang: Lang): Markup {
  const words = chartWords[lang];
  const hasIntervals = outputs.some((one) => one.prediction_interval);
  const hasOneWidth = outputs.some((one) => one.prediction_interval?.bands.length === 1);
  return html`${hasIntervals && html`<p class="small muted">${words.conformal}${chosen && words.chosen}${hasOneWidth && words.one}${words.inside}</p>`}
<div class="curves">${outputs.map((one, i) => scatter(one.name, points[i] ?? [], one.prediction_interval?.bands ?? [], words))}</div>`;
}

/** What a card says of the inputs of a model, by the name of a sample. */
const inputs = {
  row: { tensors: rowTensors(), example: "rows.csv" },
  text: {
    tensors: "`input_ids`, `attention_mask` int64[batch, length]",
    example: '"a text"',
    note: "The pipeline `text-classification` of Transformers.js takes a softmax, which is 1 for one number. These lines read the `logits`:",
    script: `${scriptBegin("AutoModelForSequenceClassification, AutoTokenizer")}
const options = { local_files_only: true };
const model = await AutoModelForSequenceClassification.from_pretrained(folder, options);
const tokenizer = await AutoTokenizer.from_pretrained(folder, options);
const { logits } = await model(await tokenizer("a text"));
console.log(logits.tolist()); // numbers in the unit of the columns`,
  },
  picture: { tensors: "`pixel_values` float32[batch, 3, H, W]", example: "picture.jpg" },
  clip: {
    tensors: soundTensors,
    example: "sound.wav",
    note: withoutPipeline,
    script: soundLogitsSnippet("console.log(logits.tolist()); // numbers in the unit of the columns"),
  },
};

function usageOf({ task, targets, table }: NumbersResult): Usage {
  const { tensors: usual, ...usage } = inputs[factsOf(task).sample];
  const tensors = table?.pictures ? rowTensors(table) : usual;
  return {
    ...usage,
    ...(table?.pictures && { note: severalInputsNote }),
    does: say`Learns ${names(targets.map(({ name }) => name))} (${task}). \`onnx/model.onnx\` uses standard ONNX operators:
${[{ own: tensors }]} in, \`logits\` out, in the unit of the columns.`,
    hub: { task, metrics: ["r_squared", "mae", "rmse"] },
  };
}
