/** 中文：图像分割的报告。 */
import type { masksEn } from "../en/masks.js";

export const masksZh: typeof masksEn = {
  kind: "图像分割",
  mean: "mIoU",
  accuracy: "像素准确率",
  ofClass: (name) => `${name} 的 IoU`,
  footer: (seeds) => `95 % 置信区间由对测试图像的自助法（bootstrap）得到；${seeds}。`,
  counted: (pictures) => `${pictures} 张测试图像在原始尺寸下的全部像素。`,
  ways: {
    majority: "总是回答最常见的类别",
    colour: "颜色上的逻辑回归",
    otsu: "每张图像一个灰度阈值（Otsu）",
    probe: "探针：只训练一个小的输出头",
    scratch: "从头训练",
  },
  items: "张图像",
  classes: "各类别的 IoU",
  input: "输入",
  inputWords: (width, height) => `图像拉伸到 ${width} × ${height} 像素`,
  weights: "类别权重",
  calibration: "概率",
  calibrationWords: (temperature, before, after) =>
    `logits 除以 ${temperature}，在验证集上拟合：期望校准误差 ${after}，校准前 ${before}`,
};
