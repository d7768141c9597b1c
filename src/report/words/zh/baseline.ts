/** 中文：各基线的名称。 */

import type { BaselineName } from "../../../core/results/baseline-names.js";

const names: Readonly<Record<BaselineName, string>> = {
  "always the most frequent class": "总是回答最常见的类别",
  "always the most frequent labels": "总是回答最常见的标签",
  "always the most frequent transcript": "总是回答最常见的文本",
  "the most frequent token": "最常见的词元",
  "the base without training": "未经训练的基础模型",
  "always the mean": "总是回答平均值",
  "the last value": "上一个值",
  "the value one season before": "一个周期之前的值",
  "logistic regression on pixels": "像素上的逻辑回归",
  "logistic regression on log-mel statistics": "对数梅尔统计量上的逻辑回归",
  "ridge regression on log-mel statistics": "对数梅尔统计量上的岭回归",
  "ridge regression on pixels": "像素上的岭回归",
  "the same boxes in every picture": "每张图像都给出同样的框",
  "predicting nothing": "什么也不预测",
  "logistic regression on colours": "颜色上的逻辑回归",
  "a grey threshold for each picture (Otsu)": "每张图像一个灰度阈值（Otsu）",
  "TF-IDF with logistic regression": "TF-IDF 加逻辑回归",
  "ridge regression on TF-IDF": "TF-IDF 上的岭回归",
  "logistic regression on words and characters": "词和字符上的逻辑回归",
  "the word look-up table": "查词表",
  "logistic regression": "逻辑回归",
  "ridge regression": "岭回归",
  "gradient-boosted trees": "梯度提升树",
  "the network": "神经网络",
  "a model of the target alone": "只用目标表的模型",
  "the linear probe": "线性探针",
  "logistic regression on frozen features and TF-IDF": "冻结的特征加 TF-IDF 的逻辑回归",
  "from scratch": "从头训练",
};

export const baselineZh = (name: string): string => (names as Readonly<Record<string, string>>)[name] ?? name;
