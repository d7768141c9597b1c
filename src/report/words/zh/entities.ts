/** 中文：命名实体识别的报告。 */

import { integer } from "../../charts/numbers.js";
import { html } from "../../html.js";
import type { entitiesEn } from "../en/entities.js";

export const entitiesZh: typeof entitiesEn = {
  kind: "命名实体识别",
  footer: (seeds) => `95 % 置信区间按测试句子（有分组时按组）计算；${seeds}。`,
  figure: "F1",
  more: (precision, recall) => `精确率 ${precision}，召回率 ${recall}。`,
  counted: (entities, sentences) => `${integer(sentences)} 个测试句子中有 ${integer(entities)} 个实体。`,
  ways: {
    lookup: "查词表",
    probe: "线性探针：只训练分类头",
    scratch: "从头训练",
  },

  byType: "各类型的得分",
  byTypeNote: "最弱的在前。边界和类型都正确才算正确，与 conlleval 的算法相同。",
  type: "类型",
  entities: "实体数",
  predicted: "预测",
  right: "正确",
  confusion: "实体类型的混淆矩阵",
  otherBounds: "边界不符",
  missed: "漏报",
  noEntity: "并无实体",
  confusionNote: html`行是真实类型，列是预测类型。“边界不符”：预测的实体与它重叠，但边界不同。`,
  nothing: "无",
  allFound: "所有实体都找到了。",
  sentence: "句子",
  mistakes: "错误数",
  truth: "真实",

  items: "句子",
  types: "类型",
  tags: "标签",
  tagsWords: (scheme, repaired) => `数据中为 ${scheme}，模型中为 BIO；修正了 ${integer(repaired)} 个标签`,
  answers: "预测",
  answersWords: (tags, sentences, words) =>
    `${integer(tags)} 个标签不能出现在其位置，按实体开头处理，涉及 ${integer(sentences)} 个句子；截掉 ${integer(words)} 个词`,
  words: "词",
  wordsWords: (share, words) => `${words} 个词中有 ${share} 标签正确，其中大多数是 O`,
};
