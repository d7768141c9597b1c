/** 中文：目标检测的报告。 */
import type { boxesEn } from "../en/boxes.js";

export const boxesZh: typeof boxesEn = {
  kind: "目标检测",
  figure: "mAP",
  footer: (seeds) => `95 % 置信区间由对测试图像的自助法（bootstrap）得到；${seeds}。`,
  counted: (boxes, pictures) => `${pictures} 张测试图像中的 ${boxes} 个框。`,
  ways: {
    constant: "每张图像都给出同样的框",
    probe: "探针：只训练一个小的输出头",
    scratch: "从头训练",
  },
  items: "张图像",
  classes: "类别",
  input: "输入",
  inputWords: (width, height) => `图像拉伸到 ${width} × ${height} 像素`,
  threshold: "阈值",
  thresholdWords: (score, precision, recall) =>
    `得分 ${score}，在验证集上选定：精确率 ${precision}，召回率 ${recall}`,
  calibration: "得分",
  calibrationWords: (before, after) => `在验证集上校准：期望校准误差 ${after}，校准前 ${before}`,
};
