import { expect, test } from "vitest";
import { recordZh } from "./record-zh.js";

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
  ["head (solved, no rate): 34 parameters", "输出头（直接求解，没有学习率）：34 个参数"],
  ["body, first half: 1,416 parameters, rate up to 1.0e-5", "主体，前一半：1,416 个参数，学习率最高 1.0e-5"],
  [
    '70 / 15 / 15, stratified, 200 texts, seed 0; labels from "a b", parted by "|"',
    '70 / 15 / 15，分层抽样，共 200 个样本，种子 0；标签来自 "a b"，以 "|" 分隔',
  ],
])("what a run recorded is said in Chinese where every part of it is known: %s", (english, chinese) => {
  expect(recordZh(english)).toBe(chinese);
});

test("one part that is not known leaves the sentence as it was recorded", () => {
  expect(recordZh("the default, or asked for; the moon is full")).toBeUndefined();
});
