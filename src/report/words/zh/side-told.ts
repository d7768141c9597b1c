/** 中文：并列页面上由数字说出的句子，以及不能配对的原因。 */
import type { ComparedMetric } from "../../../core/results/comparison.js";
import type { SideDifference } from "../../../core/results/side-by-side.js";
import { decimal } from "../../charts/numbers.js";
import type { SideNote } from "../en/side-notes.js";
import { comparedZh } from "./verdict.js";

export function sideNotesZh(note: SideNote): string {
  switch (note.kind) {
    case "paired":
      return "差别只针对这些模型：换一批测试样本会怎样，在区间之内；再训练一次会怎样，不在其内。engraft compare 用多个随机种子训练每一种。";
    case "other-test-items":
      return "各次训练的测试样本不完全相同：在不同样本上的分数也会因偶然而不同。";
    case "other-parts":
      return "各次训练的训练集和验证集不完全相同：它们的验证分数来自不同的样本。";
    case "machines":
      return "各次训练在不同的机器上进行：用时和内存不能直接比较。";
    case "not-done":
      return `尚未完成：${note.runs.map(({ label, status, epochs }) => `${label}（${status === "running" ? "进行中" : "已停止"}，已训练 ${epochs} 轮）`).join("，")}。它们都没有在测试集上测量过。`;
    case "looks":
      return `这里有一个测试集已被评分 ${note.times} 次：在同一测试集上对照的次数越多，最好的一次就越可能出于偶然。`;
  }
}

/** @param comparisons p 值为之校正的比较次数 */
export function sideDifferenceZh(
  { to, gain, ci95, p_adjusted: p, n, finding }: SideDifference,
  label: string,
  metric: ComparedMetric,
  comparisons: number,
): string {
  const { name, unit, signed } = comparedZh[metric];
  const corrected = comparisons > 1 ? `（按 ${comparisons} 次比较校正）` : "";
  const between =
    ci95 === null
      ? ""
      : `95 % 置信区间 ${signed(ci95[0])} 至 ${signed(ci95[1])}，p ${p < 0.001 ? "小于 0.001" : `= ${decimal(p)}`}${corrected}，`;
  const range = `${between}相同的 ${n} 个测试样本`;
  const amount = gain === 0 ? `${name}相同` : `${name}相差 ${signed(gain)}${unit}`;
  return {
    better: `${label} 的回答好于 ${to}：${amount}（${range}）。`,
    worse: `${label} 的回答差于 ${to}：${amount}（${range}）。`,
    same: `${label} 与 ${to} 没有值得注意的差别：${amount}（${range}）。`,
    undecided: `${label} 与 ${to} 相比，${amount}，可能只是偶然（${range}）。`,
  }[finding];
}

/** 记录里的原因是英文：这里是它们全部。 */
const reasons: Readonly<Record<string, string>> = {
  "it is not done": "尚未完成",
  "the run it would be held against is not done": "要对照的那次训练尚未完成",
  "it learns other numbers": "学习的数值不同",
  "it has other classes": "类别不同",
  "its model folder does not say which items it was tested on": "模型文件夹没有记录测试了哪些样本",
  "its test part holds copies of one item, and their order may be another":
    "测试集中有重复的样本，其次序可能不同",
  "it was made by a version that did not keep how each test item was answered":
    "由没有保留每个测试样本回答的旧版本得到",
};
const otherItems =
  /^it was tested on other items: of its (\d+) and the other's (\d+), (none|\d+) (?:is|are) the same$/;

/** 不认识的原因没有译文。 */
export function sideReasonZh(why: string): string | undefined {
  const items = otherItems.exec(why);
  if (items)
    return `测试样本不同：它的 ${items[1]} 个与对方的 ${items[2]} 个中，相同的有 ${items[3] === "none" ? 0 : items[3]} 个`;
  return reasons[why];
}
