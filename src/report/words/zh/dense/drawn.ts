/** 中文：画有框或掩码的图片。 */
import type { drawnEn } from "../../en/dense/drawn.js";

export const drawnZh: typeof drawnEn = {
  found: "找到",
  false: "误检",
  missed: "漏检",
  outcomes: "线条",
  colours: "颜色",
  noPictures: "按要求不显示图片。",
  notThere: (n) => `${n} 张图片无法显示：已不在训练时的位置。`,
  picture: "图片",
};
