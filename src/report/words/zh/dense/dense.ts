/** 中文：目标检测和图像分割的报告共有的句子。 */
import type { denseEn } from "../../en/dense/dense.js";

export const denseZh: typeof denseEn = {
  footer: (seeds) => `95 % 置信区间按测试图片计算，有组时按组计算；${seeds}。`,
  ways: { probe: "探针：只训练一个小的输出头", scratch: "从头训练" },
  items: "张图片",
  input: "输入",
  inputWords: (width, height) => `图片拉伸到 ${width} × ${height} 像素`,
  worst: "错得最多的测试图片",
  className: "类别",
  ci95: "95 % 区间",
};
