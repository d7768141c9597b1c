/** 中文：数据怎样划分。 */

import type { splitEn } from "../../../../core/messages/split-en.js";
import { modalities, sentence, textPair } from "../../../../core/modalities.js";
import { integer } from "../../../charts/numbers.js";

const together = {
  "look-alikes": "相似的样本",
  "equal rows": "相同的行",
  "near copies": "几乎相同的样本",
} as const;
const strata = { class: "分层抽样", type: "按类型分层抽样" } as const;
const counted = {
  ...{ text: modalities.text.zh.join(""), sentence: sentence.zh.join("") },
  pair: textPair.zh.join(""),
} as const;

export const splitZh: typeof splitEn = {
  "split-shares": (v) =>
    [
      `${v.shares}${v.requested === undefined ? "" : `（设定为 ${v.requested}，因为${v.groups ? "有的组太大" : "有的种类样本太少"}）`}`,
      ...(v.stratified === undefined ? [] : [strata[v.stratified]]),
      ...(v.together === undefined
        ? []
        : [
            `${together[v.together]}放在同一侧${v.apart === undefined ? "" : `（${integer(v.apart)} 个除外：所在的组太大）`}`,
          ]),
      ...(v.count === undefined ? [] : [`共 ${integer(v.count)} ${counted[v.unit ?? "text"]}`]),
      `随机种子 ${v.seed}`,
    ].join("，"),
  "only-train-given": "只给定了训练集（train）",
  "split-by-column": ({ column, gap }) =>
    `按“${column}”的时间：最早的行用于训练，最晚的行用于测试${gap > 0 ? `，间隔 ${gap} 行` : ""}`,
  "splits-given": "训练集、验证集和测试集均按给定",
  "test-given": "测试集按给定",
  "validation-becomes-test": "给定的验证集用作测试集",
  "validation-taken": ({ percent, stratified, seed }) =>
    `验证集从训练集中取出（${percent} %，${stratified === undefined ? "" : `${strata[stratified]}，`}随机种子 ${seed}）`,
  "groups-together": "同组的样本放在同一侧",
  "training-subset": ({ some, all }) => `只用 ${all} 个训练样本中的 ${some} 个`,
  "shots-of-classes": ({ shots, all }) =>
    `每类只用 ${shots} 个训练样本（共有 ${all} 个），每类的验证样本至多同样多`,
  "splits-of-sources": ({ datasets }) => `沿用 ${datasets} 个数据集各自的划分`,
  "tag-scheme": ({ scheme }) => `标签体系为 ${scheme}`,
  "text-pairs": ({ first, second }) => `由“${first}”和“${second}”组成的文本对`,
  "labels-from-column": ({ column, lists, separator }) =>
    `标签来自“${column}”列${lists ? "，其中为列表" : separator === undefined ? "" : `，以“${separator}”分隔`}`,
  "labels-from-columns": ({ columns }) => `${columns} 个 0/1 列各为一个标签`,
  "split-of-task": ({ task }) => `任务“${task}”`,
  "split-by-labels": ({ column }) => `按“${column}”的标签（如果有）`,
  "unlabelled-held-back": ({ percent, seed }) => `没有标签：留出 ${percent} % 作验证，随机种子 ${seed}`,
  "texts-held-back": ({ held, texts, seed }) =>
    `${integer(texts)} 条文本中留出 ${integer(held)} 条，随机种子 ${seed}`,
};
