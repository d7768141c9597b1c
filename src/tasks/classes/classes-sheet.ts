// The results of a run on classes: scores, facts and tables for the screen, the page and the card.
import type { TableResultEvent, TrainResultEvent, TrustResult } from "../../core/events/events.js";
import type {
  ClassificationMetrics,
  ClassificationScores,
  ListedAnswer,
  RareClassScores,
} from "../../core/results/counts.js";
import { factsOf, isTaskWith, type TaskWith } from "../../core/results/task.js";
import { canDoubtLabels, shownScore } from "../../evaluate/shown-score.js";
import { classifierUsage } from "../../report/cards/card-usage.js";
import { confusionMatrix } from "../../report/charts/confusion.js";
import { orderScript } from "../../report/charts/confusion-order.js";
import { decimal, integer, percent } from "../../report/charts/numbers.js";
import { escapeMarkdown } from "../../report/markdown.js";
import { layersWords } from "../../report/pages/layers.js";
import { otherTestLine } from "../../report/pages/other-test-set.js";
import { classTables, pairsTable } from "../../report/sheet/class-tables.js";
import { columnFacts, rowTensors, severalInputsNote } from "../../report/sheet/column-facts.js";
import { cardLines, madeFacts, madeTiles } from "../../report/sheet/made-facts.js";
import {
  type Drawing,
  type Fact,
  intervalOf,
  names,
  type Phrase,
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
import { hasDigits } from "../../report/sheet/shown-score.js";
import { wordsIn } from "../../report/words/index.js";
import { itemsEn, itemsZh } from "../../report/words/items.js";
import { type ClassesShown, classesDrawings, hasBase, samplesShown } from "./classes-drawings.js";
import { trustDrawing, trustFacts, trustTables } from "./trust-sheet.js";

export interface AboutClasses {
  readonly task: TaskWith<{ readonly head: "classes" }>;
  readonly trust?: TrustResult;
}
export type ClassesResult = AboutClasses &
  ClassesShown &
  Pick<TrainResultEvent, "test" | "classes" | "elsewhere" | "distillation" | "base" | "strategy"> &
  Partial<Pick<TableResultEvent, "table" | "extended" | "joined" | "with_source" | "hidden">>;

const kinds = {
  clip: { en: "audio classification", zh: "声音分类" },
  picture: { en: "image classification", zh: "图像分类" },
  row: { en: "tabular classification", zh: "表格分类" },
  several: { en: "multimodal classification", zh: "多模态分类" },
  text: { en: "text classification", zh: "文本分类" },
};
const sampleOf = ({ task }: AboutClasses) => factsOf(task).sample;

const logLoss = termed("log-loss", "log loss", "对数损失");
const calibrationError = termed("calibration-error", "calibration error", "校准误差");

export const classesSheet: Sheet<ClassificationScores, AboutClasses, ClassesResult> = {
  kind: ({ task }) => kinds[isTaskWith(task, { input: "several" }) ? "several" : sampleOf({ task })],
  sample: sampleOf,
  intervals: { en: "those of shares are Wilson's", zh: "比例用 Wilson 区间" },
  figures: (test) => [
    {
      name: { en: "accuracy", zh: "准确率" },
      title: termed("accuracy", "Accuracy", "准确率"),
      as: "share",
      value: test.accuracy,
      ci95: intervalOf(test, test.accuracy_ci95),
    },
    {
      name: termed("macro-f1", "macro F1", "宏平均 F1"),
      as: "share",
      value: test.macro_f1,
      ci95: test.macro_f1_ci95 && intervalOf(test, test.macro_f1_ci95),
    },
    { name: logLoss, as: "decimal", value: test.loss },
    { name: calibrationError, as: "share", value: test.ece },
  ],
  scores: (test, about) => {
    const { trust } = about;
    const sample = sampleOf(about);
    return {
      n: test.n,
      notes: [
        ...(hasDigits(test) ? [rightOf(test, sample)] : []),
        ...(test.metrics?.rare ? [rareText(test.metrics.rare, test, sample)] : []),
      ],
      facts: [...metricFacts(test.metrics), ...(trust ? trustFacts(trust, sample) : [])],
      confusion: { classes: test.per_class.map(({ label }) => label), counts: test.confusion },
      tables: [
        pairsTable(test, sample),
        worstTable(test, sample),
        ...classTables(test, sample),
        ...(trust ? trustTables(trust, sample) : []),
      ],
    };
  },
  run: (result) => ({
    tiles: tilesOf(result),
    facts: factsOfRun(result),
    drawings: drawingsOf(result),
    shows: samplesShown(result),
    made: madeOf(result),
    usage: { ...usageOf(result), ...usageAfter(result) },
  }),
};

function rightOf({ n, accuracy }: ClassificationScores, sample: string): Text {
  const right = integer(accuracy * n);
  return {
    en: `${right} of ${itemsEn.testCount(n, sample)} right.`,
    zh: `${itemsZh.testCount(n, sample)}中答对 ${right}。`,
  };
}

/** Most samples of the list; the events have the others. */
const mostWorst = 24;

/** Returns the wrong predictions with the highest loss; if every prediction is right, the least confident ones. */
function worstTable(test: ClassificationScores, sample: string): Table {
  const { worst, least_sure: leastSure = [] } = test;
  const [en, zh] = [itemsEn.many(sample), itemsZh.many(sample)];
  const isRight = worst.length === 0;
  const doubts = canDoubtLabels(shownScore(test));
  const shown: readonly ListedAnswer[] = isRight ? leastSure : worst;
  const title = isRight ? { en: "Least sure", zh: "置信度最低的预测" } : undefined;
  return answersTable(shown.slice(0, mostWorst), {
    ...(title && { title }),
    note: isRight
      ? {
          en: `Every prediction on the test ${en} is right. These are the least confident ones.`,
          zh: `测试${zh}全部预测正确。下面是置信度最低的几个。`,
        }
      : {
          en: `Wrong predictions with the highest loss first.${doubts ? ` Check these ${en} for wrong labels before you look for a better model.` : ""}`,
          zh: `预测错误的样本，损失最大的在前。${doubts ? `请先检查这些${zh}的标签是否标错，再考虑换更好的模型。` : ""}`,
        },
  });
}

/** Returns predictions as a table, in their order. */
export const answersTable = (
  answers: readonly ListedAnswer[],
  about: Pick<Table, "title" | "note"> = {},
): Table =>
  tableOf(answers, {
    section: "worst",
    ...about,
    sample: ({ item }) => item,
    columns: [
      { name: { en: "labelled", zh: "标签" }, as: "name", of: (one) => one.true },
      { name: { en: "predicted", zh: "预测" }, as: "name", of: ({ predicted }) => predicted },
      // Not stored: not a number.
      {
        name: { en: "confidence", zh: "置信度" },
        as: "share",
        of: ({ score }) => (Number.isFinite(score) ? score : null),
      },
    ],
  });

/** Classes that are named as absent. */
const mostAbsent = 40;

function metricFacts(metrics: ClassificationMetrics | undefined): readonly Fact[] {
  if (!metrics) return [];
  const { balanced_accuracy, kappa, mcc, brier, top_k, absent } = metrics;
  const kappaText = kappa === null ? "–" : decimal(kappa);
  const facts: Fact[] = [
    {
      section: "scores",
      label: { en: "Also", zh: "其他得分" },
      value: {
        en: `balanced accuracy ${percent(balanced_accuracy)}, Cohen's kappa ${kappaText}, Matthews' correlation ${decimal(mcc)}, Brier score ${decimal(brier)}`,
        zh: `平衡准确率 ${percent(balanced_accuracy)}，Cohen kappa ${kappaText}，Matthews 相关系数 ${decimal(mcc)}，Brier 分数 ${decimal(brier)}`,
      },
    },
  ];
  for (const { k, accuracy, ci95 } of top_k)
    facts.push({
      section: "scores",
      label: { en: `Top-${k}`, zh: `前 ${k} 准确率` },
      value: {
        en: `${percent(accuracy)} (${itemsEn.range(ci95)})`,
        zh: `${percent(accuracy)}（${itemsZh.range(ci95)}）`,
      },
    });
  if (absent.length > 0)
    facts.push({
      section: "scores",
      label: { en: "Not tested", zh: "未测试" },
      value: {
        en: say`left out of averages: ${names(absent.slice(0, mostAbsent))}`,
        zh: say`未计入平均：${names(absent.slice(0, mostAbsent))}`,
      },
    });
  return facts;
}

/** Returns how well the rarer of two classes is found. */
function rareText(rare: RareClassScores, { n }: ClassificationScores, sample: string): Text {
  const { label, share, average_precision: value, average_precision_ci95: ci95, most_likely: most } = rare;
  const [en, zh] = [itemsEn.many(sample), itemsZh.many(sample)];
  const [name, precision] = [names([label]), percent(most.precision)];
  return {
    en: say`Class ${name} is rare, ${percent(share)}: its average precision is ${decimal(value)}${ci95 ? ` (${itemsEn.decimals(ci95)})` : ""}, ${decimal(share)} in random order; ${precision} (${itemsEn.range(most.ci95)}) of the ${most.n === 1 ? itemsEn.one(sample) : `${integer(most.n)} ${en}`} with its highest probability (${percent(most.n / n)}) ${most.n === 1 ? "is" : "are"} of it.`,
    zh: say`类别 ${name} 很少见，占 ${percent(share)}：平均精确率为 ${decimal(value)}${ci95 ? `（${itemsZh.decimals(ci95)}）` : ""}，随机排序为 ${decimal(share)}；概率最高的 ${integer(most.n)} 个${zh}（${percent(most.n / n)}）中，${precision}（${itemsZh.range(most.ci95)}）属于该类。`,
  };
}

/** Returns the most important numbers besides the score. */
function tilesOf(result: ClassesResult): readonly Tile[] {
  const { test, classes } = result;
  const sample = sampleOf(result);
  const seen = test.per_class.filter(({ n }) => n > 0);
  const weakest = seen.reduce<(typeof seen)[number] | undefined>(
    (low, one) => (low && low.recall <= one.recall ? low : one),
    undefined,
  );
  const frequent = Math.max(0, ...seen.map(({ n }) => n)) / test.n;
  const tiles: Tile[] = [];
  if (weakest && weakest.recall < 1 && classes.length > 1)
    tiles.push({
      label: { en: "Weakest class", zh: "最弱的类别" },
      value: names([weakest.label]),
      small: { en: `recall ${percent(weakest.recall)}`, zh: `召回率 ${percent(weakest.recall)}` },
      isScore: true,
    });
  tiles.unshift(...madeTiles(result));
  tiles.push(
    {
      label: { en: "Most frequent class", zh: "最常见的类别" },
      value: percent(frequent),
      small: { en: `of the test ${itemsEn.many(sample)}`, zh: `占测试${itemsZh.many(sample)}` },
    },
    {
      label: termed("log-loss", "Log loss", "对数损失"),
      value: decimal(test.loss),
      small: {
        en: `${decimal(Math.log(classes.length))} is guessing`,
        zh: `随机猜测为 ${decimal(Math.log(classes.length))}`,
      },
      isScore: true,
    },
    {
      label: termed("calibration-error", "Calibration error", "校准误差"),
      value: percent(test.ece),
      small: { en: "confidence against accuracy", zh: "置信度与准确率之差" },
      isScore: true,
    },
  );
  return tiles;
}

const factsOfRun = ({ classes, table, ...made }: ClassesResult): readonly Fact[] => [
  { label: { en: "Classes", zh: "类别" }, value: names(classes) },
  ...(table ? columnFacts(table) : []),
  ...madeFacts(made),
];

function drawingsOf(result: ClassesResult): RunSheet["drawings"] {
  const { test, classes, trust } = result;
  const matrix: Drawing = {
    section: "confusion",
    draw: ({ lang }) => confusionMatrix(test, classes, true, wordsIn(lang)),
    script: orderScript,
    first: true,
  };
  return [
    matrix,
    ...(hasBase(result) ? classesDrawings(result) : []),
    ...(trust ? [trustDrawing(trust)] : []),
  ];
}

const usageOf = (result: ClassesResult): Usage =>
  hasBase(result)
    ? classifierUsage({
        task: result.task,
        classes: result.classes,
        base: result.base,
        strategy: result.strategy.name,
        adapterOnly: result.adapterOnly === true,
      })
    : rowsUsage(result);

function usageAfter({ elsewhere }: ClassesResult): Pick<Usage, "scored"> {
  return elsewhere ? { scored: otherTestLine(elsewhere, escapeMarkdown) } : {};
}

const rowsUsage = ({ task, classes, table }: ClassesResult): Usage => ({
  ...(table?.pictures && { note: severalInputsNote }),
  does: say`Tells ${names(classes)} apart (${task}). \`onnx/model.onnx\` uses standard ONNX operators:
${[{ own: rowTensors(table) }]} in, \`logits\` float32[batch, ${String(classes.length)}] out, raw scores.`,
  example: "rows.csv",
  hub: { task, metrics: ["accuracy", "f1"] },
});

/** Returns what a card says of a teacher, and of what training changed. */
function madeOf(result: ClassesResult): NonNullable<RunSheet["made"]> {
  const { distillation } = result;
  const made: { label: string; value: Phrase }[] = [...cardLines(result)];
  if (distillation) {
    const { teacher, words } = distillation;
    made.push({
      label: "Teacher",
      value: say`${teacher.name} (sha256 \`${teacher.sha256}\`), licence **${teacher.license}**: ${words}`,
    });
  }
  const moved = hasBase(result) ? layersWords({ ...result, thumbnails: {}, result, lang: "en" }) : undefined;
  if (moved !== undefined) made.push({ label: "Moved", value: moved });
  return made;
}
