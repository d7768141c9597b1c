/** 中文：报告各节的标题和框架。 */
import type { layoutEn } from "../en/layout.js";

export const layoutZh: typeof layoutEn = {
  report: "Engraft 报告",
  contents: "目录",
  top: "结果",
  glossary: "术语表",
  sections: {
    drawn: "错得最多的图片",
    confusion: "混淆矩阵",
    worst: "错得最厉害的样本",
    scores: "各类别的得分",
    thresholds: "阈值",
    otherTest: "在另一测试集上",
    curves: "学习曲线",
    calibration: "校准",
    sets: "预测集与弃答",
    columns: "预测取决于哪些列",
    explanations: "单个预测的依据",
    features: "测试样本的分布图",
    layers: "训练改变了什么",
    leaks: "划分之间的数据泄漏",
    data: "数据",
    skipped: "跳过的样本",
    init: "从另一个模型继承的权重",
    settings: "训练设置",
    reproduce: "重现这次训练",
  },
};
