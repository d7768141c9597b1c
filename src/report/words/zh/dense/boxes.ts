/** 中文：目标检测的报告。 */
import { html } from "../../../html.js";
import type { boxesEn } from "../../en/dense/boxes.js";
import { denseZh } from "./dense.js";

export const boxesZh: typeof boxesEn = {
  ...denseZh,
  kind: "目标检测",
  figure: "mAP",
  footer: (seeds, epochs = true) =>
    `${denseZh.footer(seeds)}${epochs ? "轮次、" : ""}阈值和校准由验证图片决定；测试图片没有参与任何选择。`,
  counted: (boxes, pictures) => `${pictures} 张测试图片中的 ${boxes} 个框。`,
  ways: {
    constant: "每张图片都给出同样的框",
    ...denseZh.ways,
  },
  classes: "类别",

  precision: "精确率",
  recall: "召回率",
  fromScore: (threshold) => `得分不低于 ${threshold}`,
  weakest: "最弱的类别",
  mostCostly: "代价最大的错误",
  withoutThem: (gain) => `没有它们，AP50 ${gain}`,

  worstIntro: (threshold) =>
    `错误最多的图片在前：漏检的物体，以及按得分计的误检框。画出得分不低于 ${threshold} 的框。`,
  noErrors: "测试图片中的物体全部找到，也没有误检。",
  boxesOf: (found, wrong, missed) => `找到 ${found}，误检 ${wrong}，漏检 ${missed}`,
  drawingOf: (item, boxes) => `${item} 及其框：${boxes}`,

  errors: "错误",
  confusionNote: (matrix) =>
    html`${matrix}：行为真实类别，列为在该处（IoU 不低于 0.5）检测到的类别。最后一列是漏检的物体，最后一行是没有物体的框。`,
  confusionAxis: "真实 ↓ · 检测 →",
  background: "背景",
  kinds: "错误的种类",
  kindColumn: "种类",
  countColumn: "数量",
  gainColumn: "修正后 AP50 的提升",
  kindsNote: (ap50) =>
    `得分达到阈值的框的 AP50 为 ${ap50}。每项提升只针对一种错误；合在一起会多于或少于各项之和。`,
  errorKinds: {
    class: ["类别错误", "框是对的"],
    place: ["位置错误", "类别对，IoU 低于 0.5"],
    both: ["类别和位置都错", "附近有其他类别的物体"],
    double: ["重复检测", "该物体已有另一个框"],
    background: ["空处误检", "附近没有物体"],
    missed: ["漏检", "附近没有框"],
  },

  weakestFirst: "AP50 最低的在前。",
  boxes: "框",
  ap50: "AP50",
  ap: "mAP",
  atThreshold: (threshold) =>
    `精确率和召回率只计得分不低于 ${threshold}、并与同类物体的 IoU 不低于 0.5 的框。`,
  bySize: "按物体大小",
  size: "大小",
  sizes: { small: "小：不超过 32 × 32 像素", medium: "中", large: "大：不小于 96 × 96 像素" },
  averageRecall: "平均召回率",
  ofPicture: "像素指原始图片的像素。",

  thresholds: "精确率、召回率与阈值",
  curve: "精确率与召回率",
  curveNote: "精确率对召回率，IoU 不低于 0.5；越高越好",
  recallAxis: "召回率",
  byThreshold: "阈值",
  byThresholdNote: "按计入的最低得分，所有类别合计",
  scoreAxis: "得分",
  f1: "F1",
  precisionLine: "精确率",
  recallLine: "召回率",
  thresholdNote: (threshold) =>
    html`竖直虚线：阈值 ${threshold}，它在验证集上的 F1 最高。<code>engraft predict</code> 使用它；<code>--threshold</code> 可以另设。`,
  shownClasses: (shown, all) => `曲线只画 ${all} 个类别中最常见的 ${shown} 个。`,

  reliability: "可靠性",
  reliabilityNote: "正确框的比例对得分；对角线为最好",
  rightShare: "正确框的比例",
  before: "校准前",
  after: "校准后",
  perfect: "与得分一致",
  calibration: (error, before, after) =>
    html`得分在验证集上校准：得分为 0.8 的框应有约 80\u00a0% 正确。测试集上的${error}为 ${after}，校准前为 ${before}。`,

  boxesTitle: "框",
  train: "训练",
  validation: "验证",
  test: "测试",
  small: "小",
  medium: "中",
  large: "大",
  side: "边长中位数",
  pixels: (side) => `${side} 像素`,
  sizesNote: "小：不超过 32 × 32 像素；大：不小于 96 × 96 像素。边长是面积的平方根。多个物体合标的区域不计。",
};
