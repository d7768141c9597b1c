// What a verdict says of bad input and of baselines, in both languages: a sentence, never a number that is none.
import { describe, expect, test } from "vitest";
import { draws } from "../../src/core/random.js";
import { baselineNames } from "../../src/core/results/baseline-names.js";
import {
  type ComparedBaseline,
  type ComparedTrainings,
  compareTrainings,
} from "../../src/evidence/compare-trainings.js";
import { verdictZh } from "../../src/report/words/zh/verdict.js";

const n = 300;

/** Scores of trainings with so many right answers of n, wrong on samples of their own. */
const trainings = (correct: readonly number[], key: string, size = n): number[][] =>
  correct.map((count, k) => {
    const row = new Array<number>(size).fill(1);
    const d = draws(5, key, k);
    for (let wrong = size - count; wrong > 0; ) {
      const i = d.integer(size);
      if (row[i] === 0) continue;
      row[i] = 0;
      wrong--;
    }
    return row;
  });
const transfer = trainings([240, 241, 239], "a");
const scratch = trainings([180, 181, 179], "b");
const [first] = transfer;
const baseline = (
  key: keyof typeof baselineNames,
  correct: number,
  more: Partial<ComparedBaseline> = {},
): ComparedBaseline => ({
  ...{ name: baselineNames[key], scores: trainings([correct], key)[0]!, validation: correct / n },
  ...more,
});
/** The same answers with few samples turned over: as good as a model can be shown to be. */
const nearly = (row: readonly number[]): number[] => row.map((score, i) => (i === 7 ? 1 - score : score));

interface Case {
  readonly input: string;
  readonly options: ComparedTrainings;
  readonly kind: string;
  readonly transfer?: string;
  readonly en: RegExp;
  readonly zh: RegExp;
}

const sides = { a: transfer, b: scratch, items: "texts", validation: 0.6 };
const numbers = (rows: readonly (readonly number[])[]) => ({ a: rows, items: "rows", metric: "r2" as const });

const cases: readonly Case[] = [
  {
    input: "one test sample of a class",
    options: { ...sides, classes: [{ name: "rust", items: 1 }] },
    ...{ kind: "better", transfer: "positive" },
    en: /^Only 1 test sample of class "rust": little can be said of it\. Transfer helped\./,
    zh: /^类别“rust”的测试样本只有 1 个/,
  },
  {
    input: "one test sample",
    options: { ...sides, a: [[1]], b: [[0]] },
    kind: "no interval",
    en: /^Only 1 test text: nothing can be compared\. Not told apart: transfer is 100\.0 points ahead, on 1 test texts?\.$/,
    zh: /^测试样本只有 1 个，无法比较。尚无定论/,
  },
  {
    input: "one seed",
    options: { ...sides, a: [first!], b: [scratch[0]!] },
    kind: "one training",
    en: /^In this one training, transfer is 20\.0 points ahead of from scratch .*--seeds 3 tells whether transfer helps\.$/,
    zh: /--seeds 3 可以说明迁移是否有帮助/,
  },
  {
    input: "identical models",
    options: { ...sides, b: transfer },
    kind: "no interval",
    en: /^Transfer and from scratch score the same on every one of the 300 test texts: 80\.0 % of the test texts right\.$/,
    zh: /^迁移与从头训练在每个测试样本上的得分都相同（共 300 个）：准确率 80\.0\u00a0%。$/,
  },
  {
    input: "identical models, and a better bag of words",
    options: { ...sides, b: transfer, baselines: [baseline("tf_idf", 285)] },
    ...{ kind: "baseline better", transfer: "negative" },
    en: /^Do not use this model yet: TF-IDF .*Transfer is not ahead of the same network from scratch either\./,
    zh: /^请先不要使用这个模型：TF-IDF 加逻辑回归（准确率 95\.0\u00a0%）不需要预训练模型/,
  },
  {
    input: "all samples in one group",
    options: {
      ...sides,
      groups: new Array<string>(n).fill("patient 1"),
      baselines: [baseline("tf_idf", 285)],
    },
    kind: "no interval",
    en: /The test texts are of 1 group: too few for a confidence interval\./,
    zh: /测试样本只来自 1 个组，不足以给出置信区间/,
  },
  {
    input: "R² of equal true values",
    options: { ...numbers([new Array<number>(40).fill(1)]), b: [new Array<number>(40).fill(0)] },
    kind: "no interval",
    en: /^R² is not defined here: the true values of the 40 test rows are all equal\./,
    zh: /^这里的 R² 没有定义：40 个测试样本的真实值全部相同/,
  },
  {
    input: "trainings that are apart by the same amount on each sample",
    options: {
      ...numbers([0, 1, 2].map(() => Array.from({ length: 40 }, (_, i) => i / 8))),
      b: [0, 1, 2].map(() => Array.from({ length: 40 }, (_, i) => i / 8 - 0.5)),
    },
    kind: "no interval",
    en: /^Not told apart: transfer is 0\.500 of R² ahead, by the same amount on every one of the 40 test rows\./,
    zh: /每个测试样本都差同样多（共 40 个），因此无法估计置信区间/,
  },
  {
    input: "F1 where nothing is found",
    options: { a: [new Array<number>(40).fill(0)], b: [new Array<number>(40).fill(0)], metric: "f1" },
    kind: "no interval",
    en: /score the same on every one of the 40 test items: F1 0\.0 %\.$/,
    zh: /在每个测试样本上的得分都相同（共 40 个）：F1 0\.0\u00a0%/,
  },
  {
    input: "a baseline that failed",
    options: {
      ...sides,
      baselines: [baseline("tf_idf", 200, { scores: new Array<number>(n).fill(Number.NaN) })],
    },
    ...{ kind: "better", transfer: "positive" },
    en: /Not compared, because its scores are no finite numbers: TF-IDF with logistic regression\.$/,
    zh: /没有比较的基线（分数不是有限的数）：TF-IDF 加逻辑回归。$/,
  },
  {
    input: "a baseline without a pretrained model that is shown to be better, after one training",
    options: {
      ...{ ...sides, a: [first!], b: [scratch[0]!] },
      baselines: [baseline("tf_idf", 285, { seconds: 0.2 })],
    },
    ...{ kind: "baseline better", transfer: "inconclusive" },
    en: /^Do not use this model yet: TF-IDF with logistic regression \(95\.0 % of the test texts right\), which needs no pretrained model and took 0\.2 s, is 15\.0 points better \(95 % confidence interval \+\d+\.\d to \+\d+\.\d; 1 training each, 300 test texts\)\. Transfer is ahead only of the same network from scratch, by 20\.0 points\. Other trainings could differ: --seeds 3/,
    zh: /只用了 0\.2 秒，却比本模型高 15\.0 个百分点（95 % 置信区间 .*再次训练的结果可能不同：--seeds 3 /,
  },
  {
    input: "a better bag of words beside a run from scratch that learnt nothing",
    options: { ...sides, baselines: [baseline("tf_idf", 285)], scratch: { steps: 120, learnt: false } },
    ...{ kind: "baseline better", transfer: "negative" },
    en: /Training from scratch learnt nothing in its 120 steps\./,
    zh: /从头训练 120 步之后什么也没有学到/,
  },
  {
    input: "always the most frequent class is better than transfer",
    options: {
      ...sides,
      a: scratch,
      b: trainings([150, 151, 152], "c"),
      baselines: [baseline("majority", 285)],
    },
    ...{ kind: "baseline better", transfer: "negative" },
    en: /^Do not use this model yet: always the most frequent class \(95\.0 % of the test texts right\)/,
    zh: /总是回答最常见的类别（准确率 95\.0\u00a0%）/,
  },
  {
    input: "a linear probe that is as good",
    options: {
      ...sides,
      margin: 0.03,
      a: transfer.map(() => first!),
      baselines: [baseline("probe", 240, { scores: nearly(first!), pretrained: "linear probe" })],
    },
    ...{ kind: "better", transfer: "positive" },
    en: /The linear probe, which trains only the head, is as good within 3\.0 points: \d+\.\d % of the test texts right \(90 % confidence interval/,
    zh: /只训练分类头的线性探针在 3\.0 个百分点之内同样好：准确率/,
  },
  {
    input: "a linear probe that is better does not make the transfer useless",
    options: { ...sides, baselines: [baseline("probe", 285, { pretrained: "linear probe" })] },
    ...{ kind: "better", transfer: "positive" },
    en: /^Transfer helped\..*The linear probe, which trains only the head, is better by 15\.0 points: 95\.0 % of the test texts right .*Use --strategy probe\.$/,
    zh: /^迁移有帮助.*只训练分类头的线性探针更好，高 15\.0 个百分点/,
  },
  {
    input: "the best baseline by validation is not the best by test",
    options: {
      ...sides,
      baselines: [
        baseline("majority", 60),
        baseline("pixels", 170, { validation: 0.7 }),
        baseline("hybrid", 200, { validation: 0.65, pretrained: "other" }),
      ],
    },
    ...{ kind: "better", transfer: "positive" },
    en: /Best baseline by validation: logistic regression on pixels, 56\.7 % of the test texts right\.$/,
    zh: /按验证集最好的基线：像素上的逻辑回归，准确率 56\.7\u00a0%。$/,
  },
];

describe("what a verdict says of", () => {
  test.each(cases)("$input", ({ options, kind, transfer: side = "inconclusive", en, zh }) => {
    const verdict = compareTrainings(options);
    expect(verdict.kind).toBe(kind);
    expect(verdict.transfer).toBe(side);
    expect(verdict.words).toMatch(en);
    const chinese = verdictZh.full(verdict);
    expect(chinese).toMatch(zh);
    for (const text of [verdict.words, chinese]) expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
    // JSON writes numbers that are not finite as null.
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    for (const range of [verdict.ci95, verdict.ahead?.ci95, verdict.probe?.ci95])
      if (range) expect(range[1]).toBeGreaterThan(range[0]);
    if (verdict.ci95 === null && !verdict.ahead)
      expect(verdict.words).not.toMatch(/% confidence interval [+−\d]/);
  });
});

test("a score that is no number is refused, with the training and what to do", () => {
  const broken = scratch.map((row) => row.map((score, i) => (i === 4 ? Number.NaN : score)));
  expect(() => compareTrainings({ ...sides, b: broken })).toThrow(
    "the score of from scratch on test sample 5 is NaN, which is no finite number",
  );
});

test("no baseline is called the best while a validation score is not known", () => {
  const { validation: _, ...unknown } = baseline("tf_idf", 200);
  const one = compareTrainings({ ...sides, baselines: [unknown] });
  expect(one.best_baseline).toBeUndefined();
  // It is compared all the same: nobody chose it.
  const { validation: __, ...better } = baseline("tf_idf", 285);
  expect(compareTrainings({ ...sides, baselines: [better] }).kind).toBe("baseline better");
});

test("a baseline that is not the best by validation can prevent the verdict that transfer helped, but is not called better", () => {
  const verdict = compareTrainings({
    ...sides,
    baselines: [baseline("tf_idf", 200, { validation: 0.9 }), baseline("majority", 285, { validation: 0.2 })],
  });
  expect(verdict).toMatchObject({ kind: "baseline ahead", transfer: "inconclusive" });
  expect(verdict.ahead).toMatchObject({ name: baselineNames.majority, shown: false });
  expect(verdict.best_baseline).toMatchObject({ name: baselineNames.tf_idf, value: 200 / 300 });
});

test("every baseline has a Chinese name", () => {
  // From scratch is what transfer is compared with: the decision names it.
  for (const name of Object.values(baselineNames).filter((one) => one !== baselineNames.scratch)) {
    const verdict = compareTrainings({
      ...sides,
      baselines: [{ name, scores: scratch[0]!, validation: 0.9 }],
    });
    expect(verdictZh.full(verdict).split("基线：")[1]).not.toContain(name);
  }
});
