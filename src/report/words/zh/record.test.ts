import { expect, test } from "vitest";
import { chooseByRules, chooseByTrials, type Known } from "../../../methods/choose.js";
import { recordZh } from "./record.js";

test.each([
  [
    "70 / 15 / 15, stratified, look-alikes on one side, seed 0",
    "70 / 15 / 15，分层抽样，相似的样本放在同一侧，种子 0",
  ],
  [
    "as given; validation taken out of train, seed 0; tags are BIO",
    "按给定；验证集从训练集中取出，种子 0；标签为 BIO",
  ],
  [
    "33 / 33 / 33 instead of 70 / 15 / 15, since classes are small, stratified, 900 texts, seed 0",
    "33 / 33 / 33（设定为 70 / 15 / 15），因为有的类别样本太少，分层抽样，共 900 个样本，种子 0",
  ],
  [
    "test as given; validation taken out of train (15 %, stratified, seed 3)",
    "test 按给定；验证集从训练集中取出（15 %，分层抽样，种子 3）",
  ],
  ["train, validation and test as given", "train，validation 和 test 按给定"],
  ["the default, or asked for; 2 heads on one body", "默认，或指定；同一主体上的 2 个输出头"],
  [
    "ridge regression on scaled numbers and one column a category, alpha 2100",
    "岭回归：标准化的数值列，每个类别取值一列，正则系数 2100",
  ],
  [
    "logistic regressions on TF-IDF of 154 words and pairs, strength 1e+3",
    "逻辑回归：154 个词和词对的 TF-IDF，正则强度 1e+3",
  ],
  [
    "random weights, all of them from the first step: AdamW at 0.002, one-cycle, 6 epochs of batches of 8, batch statistics, stopped after 3 epochs without a better one",
    "随机权重，从第一步起训练全部权重：AdamW，学习率 0.002，单周期学习率，6 轮，每批 8 个，使用批统计量，连续 3 轮没有改进后停止",
  ],
  [
    "random weights, all of them from the first step: AdamW at 0.001, constant rate until validation stops improving, at most 300 steps of 16, batch statistics",
    "随机权重，从第一步起训练全部权重：AdamW，学习率 0.001，固定学习率直到验证结果不再提高，最多 300 步，每步 16 个，使用批统计量",
  ],
  ["head (solved, no rate): 34 parameters", "输出头（直接求解，没有学习率）：34 个参数"],
  ["body, first half: 1,416 parameters, rate up to 1.0e-5", "主体，前一半：1,416 个参数，学习率最高 1.0e-5"],
  [
    '70 / 15 / 15, stratified, 200 texts, seed 0; labels from "a b", parted by "|"',
    '70 / 15 / 15，分层抽样，共 200 个样本，种子 0；标签来自 "a b"，以 "|" 分隔',
  ],
  [
    '40 training pictures (8 of class "crack") are enough to move the base\'s weights (from 40 on); a linear probe on the frozen features answers 55.0 % of 40 training pictures it has not seen (95 % interval 42.5 % to 66.9 %), so there is room to gain',
    '40 个训练样本（类别 "crack" 有 8 个）足以调整基础模型的权重（40 个起）；冻结特征上的线性探测答对 40 个未见过的训练样本中的 55.0 %（95 % 区间 42.5 % 到 66.9 %），还有提高的余地',
  ],
  [
    "a rate of 0.0037 where 0.001 is usual for networks of 21.3 million weights: this base has 1.6, and smaller ones bear more, by the root",
    "学习率 0.0037；21.3 百万个权重的网络通常用 0.001，而这个基础模型只有 1.6 百万个，较小的网络可以用更大的学习率，按权重数之比的平方根",
  ],
])("what a run recorded is said in Chinese where every part of it is known: %s", (english, chinese) => {
  expect(recordZh(english)).toBe(chinese);
});

/** Every way that the rules and the trials of a plan can go. */
const known: Known = {
  ...{ unit: "pictures", examples: 60, fewest: { name: "crack", count: 12 }, classes: 5, validation: 120 },
  probe: { accuracy: 0.55, n: 60 },
};
const chosen = [
  chooseByRules(known),
  chooseByRules({ ...known, unit: "texts", validation: 30 }),
  chooseByRules({ ...known, examples: 30 }),
  chooseByRules({ ...known, probe: { accuracy: 1, n: 400 } }),
  ...[
    [0.5, 0.5],
    [0.2, 0.2],
    [0.9, 0.5],
  ].map(([much, little]) =>
    chooseByTrials(
      chooseByRules(known),
      [
        { strategy: "probe", validation_accuracy: 0.5 },
        { strategy: "discriminative", validation_accuracy: much! },
        { strategy: "finetune", validation_accuracy: little! },
      ],
      known,
    ),
  ),
];

test.each(chosen)("the reasons of a plan that chose $name are said in Chinese", ({ reasons }) => {
  const told = recordZh(reasons.join("; "));
  expect(told).toBeDefined();
  expect(told).not.toMatch(/training|probe|pictures|weights/);
});

test("one part that is not known leaves the sentence as it was recorded", () => {
  expect(recordZh("the default, or asked for; the moon is full")).toBeUndefined();
});
