// The tables of the scores of classes: the most confused pairs, each class, and averages over the classes.
import type { ClassificationMetrics, ClassificationScores } from "../../core/results/counts.js";
import { itemsEn, itemsZh } from "../words/items.js";
import type { ReportPart } from "./report-sheet.js";
import { type Table, type TableContent, tableOf, termed } from "./sheet.js";

const precision = termed("precision", "precision", "精确率");
const recall = termed("recall", "recall", "召回率");
const f1 = termed("f1", "F1", "F1");
const auroc = termed("auroc", "AUROC", "AUROC");
const averagePrecision = termed("average-precision", "average precision", "平均精确率");
/** Shows a table on the page, and not in the terminal. */
export const pageTable = (table: TableContent): ReportPart => ({ kind: "table", only: "page", table });

/** Pairs of classes that are listed. */
const mostPairs = 8;

/** Returns the most confused pairs. @param sample "picture" */
export function pairsTable({ most_confused: pairs, per_class }: ClassificationScores, sample: string): Table {
  const counts = new Map(per_class.map(({ label, n }) => [label, n]));
  return tableOf(pairs.slice(0, mostPairs), {
    section: "confusion",
    title: { en: "Most confused pairs", zh: "最常混淆的类别" },
    empty: {
      en: `Every test ${itemsEn.one(sample)} was classified correctly.`,
      zh: `测试${itemsZh.one(sample)}全部分类正确。`,
    },
    columns: [
      { name: { en: "true class", zh: "真实类别" }, as: "name", of: (pair) => pair.true },
      { name: { en: "predicted as", zh: "预测为" }, as: "name", of: (pair) => pair.predicted },
      {
        name: { en: itemsEn.many(sample), zh: itemsZh.many(sample) },
        as: "count",
        of: ({ count }) => count,
      },
      {
        name: { en: "of the class", zh: "占该类" },
        as: "share",
        of: (pair) => pair.count / (counts.get(pair.true) ?? Number.NaN),
      },
    ],
  });
}

/** Returns the scores of each class, the weakest first, and their averages. @param sample "picture" */
export const classTables = (test: ClassificationScores, sample: string): readonly Table[] => [
  classesTable(test, sample),
  ...(test.metrics ? [averagesTable(test.metrics)] : []),
];

/** Returns the class that one is most often taken for; null if it never is. */
function takenFor({ confusion, per_class }: ClassificationScores, of: number): string | null {
  const others = (confusion[of] ?? []).map((count, k) => ({ count: k === of ? 0 : count, k }));
  const most = others.reduce((a, b) => (b.count > a.count ? b : a), { count: 0, k: of });
  return most.count === 0 ? null : (per_class[most.k]?.label ?? null);
}

function classesTable(test: ClassificationScores, sample: string): Table {
  const { per_class, metrics } = test;
  const rows = per_class.map((scores, k) => ({
    ...scores,
    ranked: metrics?.per_class[k],
    taken: takenFor(test, k),
  }));
  type Row = (typeof rows)[number];
  const scores = [
    { name: { en: "class", zh: "类别" }, as: "name", of: (row: Row) => row.label },
    {
      name: { en: itemsEn.many(sample), zh: itemsZh.many(sample) },
      short: "n",
      as: "count",
      of: (row: Row) => row.n,
    },
    { name: precision, as: "decimal", of: (row: Row) => row.precision },
    { name: recall, as: "decimal", of: (row: Row) => row.recall },
    { name: f1, as: "decimal", of: (row: Row) => row.f1 },
  ] as const;
  const ranked = [
    { name: auroc, as: "decimal", of: (row: Row) => row.ranked?.auroc },
    { name: averagePrecision, short: "AP", as: "decimal", of: (row: Row) => row.ranked?.average_precision },
  ] as const;
  const taken = {
    name: { en: "most often taken for", zh: "最常被误认为" },
    short: "taken for",
    as: "name",
    of: (row: Row) => row.taken,
  } as const;
  return tableOf(rows, {
    section: "scores",
    note: { en: "Lowest recall first.", zh: "召回率最低的在前。" },
    weakest: 3,
    columns: metrics ? [...scores, ...ranked, taken] : [...scores, taken],
  });
}

function averagesTable(metrics: ClassificationMetrics): Table {
  const rows = [
    { name: precision, of: metrics.precision },
    { name: recall, of: metrics.recall },
    { name: f1, of: metrics.f1 },
    { name: auroc, of: metrics.auroc },
    { name: averagePrecision, of: metrics.average_precision },
  ];
  return tableOf(rows, {
    section: "scores",
    title: { en: "Averages over the classes", zh: "对类别的平均" },
    columns: [
      { name: { en: "average", zh: "平均" }, as: "text", of: (row) => row.name },
      { name: { en: "macro", zh: "宏平均" }, as: "decimal", of: (row) => row.of.macro },
      { name: { en: "micro", zh: "微平均" }, as: "decimal", of: (row) => row.of.micro },
      { name: { en: "weighted", zh: "加权" }, as: "decimal", of: (row) => row.of.weighted },
    ],
  });
}
