/** 中文：源文本与目标文本的文本对。 */
import type { pairEn, Script } from "../../../../core/messages/pair-en.js";
import { itemsZh } from "../../items.js";
import { listed } from "./warning-zh.js";

const scriptZh: Readonly<Record<Script, string>> = {
  ...{ Latin: "拉丁字母", Han: "汉字", Kana: "假名", Hangul: "谚文", Cyrillic: "西里尔字母" },
  ...{ Arabic: "阿拉伯字母", Greek: "希腊字母", Hebrew: "希伯来字母", Devanagari: "天城文" },
  ...{ Bengali: "孟加拉文", Tamil: "泰米尔文", Telugu: "泰卢固文", Thai: "泰文" },
  ...{ Georgian: "格鲁吉亚字母", Armenian: "亚美尼亚字母", other: "其他文字" },
};
const pairs = (n: number): string => itemsZh.count(n, "pair");

export const pairZh: typeof pairEn = {
  "first-line-is-pair": ({ file }) => `“${file}”没有列名：第一行与其他行一样是一个文本对`,
  "pairs-in-scripts": (v) =>
    `“${v.column}”列的文本使用多种文字：${v.shares.map(({ script, percent }) => `${scriptZh[script]}（${percent} %）`).join("、")}；较少的几种出现在${listed(v)}。模型从一列中学习一种语言：请移走或删除其他语言的文本`,
  "pairs-swapped": (v) =>
    `${pairs(v.pairs)}似乎颠倒了方向，是从${scriptZh[v.target]}到${scriptZh[v.source]}，而不是从${scriptZh[v.source]}到${scriptZh[v.target]}：${listed(v)}；请在那里互换源文本与目标文本`,
  "pairs-equal": (v) =>
    `${pairs(v.pairs)}（${v.percent} %）的源文本与目标文本相同：${listed(v)}；请删除没有翻译的，否则模型会学着照抄`,
  "column-unlike-language": (v) =>
    `“${v.column}”列应是语言 ${v.language} 的文本，但大多数使用${scriptZh[v.script]}：如果源列与目标列颠倒了，请互换列名`,
  "pairs-of-languages": (v) =>
    `“${v.column}”列写有多种语言：${listed(v)}；请只保留一种的行，因为模型只学习一个方向`,
};
