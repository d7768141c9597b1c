/** 中文：图像分割的报告。 */
import { html } from "../../../html.js";
import type { masksEn } from "../../en/dense/masks.js";
import { denseZh } from "./dense.js";

export const masksZh: typeof masksEn = {
  ...denseZh,
  kind: "图像分割",
  mean: "mIoU",
  accuracy: "像素准确率",
  ofClass: (name) => `${name} 的 IoU`,
  counted: (pictures) => `${pictures} 张测试图片在原始尺寸下的全部像素。`,
  ways: {
    majority: "总是回答最常见的类别",
    colour: "颜色上的逻辑回归",
    otsu: "每张图片一个灰度阈值（Otsu）",
    ...denseZh.ways,
  },
  classes: "各类别的 IoU",
  weights: "类别权重",
  calibration: "概率",
  calibrationWords: (temperature, before, after) =>
    `logits 除以 ${temperature}，在验证集上拟合：期望校准误差 ${after}，校准前 ${before}`,

  worstIntro: "IoU 最低的图片在前。判断正确的背景不着色。",
  noErrors: "测试图片的每个像素类别都正确。",
  pictureWords: (iou, wrong) => `IoU ${iou}，${wrong} 的像素错误`,
  drawingOf: (item, words) => `${item} 及其错误图：${words}`,
  errorKinds: {
    right: "正确",
    false: "误检：实为背景",
    missed: "漏检：预测为背景",
    confused: "错成其他类别",
  },

  confusionAxis: "真实 ↓ · 预测 →",
  confusionNote: (matrix) => html`${matrix}：全部测试图片的像素数。`,
  weakestFirst: "IoU 最低的在前。",
  precision: "精确率",
  recall: "召回率",
  pictures: "图片",
  share: "像素占比",
};
