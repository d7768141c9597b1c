/** 中文：略去了什么，以及原因。 */
import type { noteEn } from "../../../../core/messages/note-en.js";
import { areRecorded } from "../../../../core/modalities.js";
import { decimal } from "../../../charts/numbers.js";
import { itemsZh } from "../../items.js";

export const noteZh: typeof noteEn = {
  "column-is-group": "它记录每行所属的组",
  "column-ignored": "按要求略去",
  "column-empty": "所有值都缺失",
  "column-constant": "只有一个取值",
  "column-is-name": ({ distinct, rows }) => `${rows} 行中有 ${distinct} 个不同的文本：是名称，不是类别`,

  "column-is-text": ({ words, inputs }) =>
    `是约 ${words} 个词的文本：${
      inputs === undefined
        ? "--text NAME 从文本而不是其他列学习"
        : inputs === ""
          ? "已有一个文本输入，不能再加：请把两列合并为一列"
          : `--inputs ${inputs} 也从这些文本学习`
    }`,
  "column-counts-rows": "它只给各行编号",
  "column-too-large": ({ value }) => `${value} 太大，不会是测量值：可能是被电子表格当成数字的编码`,
  "weight-not-in-other": "另一个模型没有同名的权重",
  "weight-only-in-other": "只有另一个模型才有",
  "weight-type-differs": ({ type }) => `在另一个模型中的类型为 ${type}`,
  "weight-shape-differs": ({ there, here }) => `在另一个模型中的形状为 ${there}，这里为 ${here}`,
  "weight-channels-adapted": ({ from, to }) => `${from} 个输入通道调整为 ${to} 个`,
  "column-only-new": "只有新表格才有：开始时没有影响",
  "column-only-old": "只有旧表格才有：用其均值代替",
  "embedding-size-differs": ({ old, now }) => `它的嵌入原有 ${old} 个数，现在为 ${now} 个`,
  "first-layer-rows": ({ rows }) => `第一层的 ${rows} 行`,
  "embedding-values": ({ same, values }) => `${values} 个取值中有 ${same} 个按名称对应`,

  "no-class-name-shared": "没有与另一个模型同名的类别：采用线性探测的输出头",
  "head-of-all-classes": ({ classes }) => `沿用另一个模型全部 ${classes} 个类别的输出头`,
  "head-solved-on-moved": "在特征上重新求解：另一个模型的输出头预测的是别的内容",
  "old-rows-or-probe": ({ kept, known, classes, pairs, old_loss, probe_loss }) => {
    const named = pairs.map(([name, from]) => `${name} 来自 ${from}`).join("、");
    return `${kept === "probe" ? "采用线性探测的输出头" : "沿用另一个模型的输出头"}：${classes} 个类别中有 ${known} 个沿用另一个模型的权重（${named}${known > pairs.length ? " 等" : ""}）时验证损失为 ${decimal(old_loss)}，用线性探测的输出头时为 ${decimal(probe_loss)}`;
  },

  "time-for-report-over": ({ seconds }) => `未能在规定的 ${seconds} 秒内算完`,

  "run-not-done": "尚未完成",
  "other-run-not-done": "要对照的那次训练尚未完成",
  "other-numbers": "预测的数值不同",
  "other-classes": "类别不同",
  "test-samples-unknown": "模型文件夹没有记录测试了哪些样本",
  "test-samples-differ": ({ own, other, shared }) =>
    `测试样本不同：它的 ${own} 个与对方的 ${other} 个中，相同的有 ${shared} 个`,
  "test-samples-repeat": "测试集中有重复的样本，其次序可能不同",
  "predictions-not-kept": "由没有保留每个测试样本预测的旧版本得到",

  "differences-of-models":
    "差别只针对这些模型：换一批测试样本会怎样，在区间之内；再训练一次会怎样，不在其内。engraft compare 用多个随机种子训练每一种。",
  "other-test-samples": "各次训练的测试样本不完全相同：在不同样本上的分数也会因偶然而不同。",
  "other-splits": "各次训练的训练集和验证集不完全相同：它们的验证分数来自不同的样本。",
  "other-machines": "各次训练在不同的机器上进行：用时和内存不能直接比较。",
  "runs-not-done": ({ runs }) =>
    `尚未完成：${runs.map(({ label, status, epochs }) => `${label}（${status === "running" ? "进行中" : "已停止"}，已训练 ${epochs} 轮）`).join("，")}。它们都没有在测试集上测量过。`,
  "test-scored-times": ({ times }) =>
    `这里有一个测试集已被评分 ${times} 次：在同一测试集上比较的次数越多，最好的一次就越可能出于偶然。`,

  "no-score-one-class": ({ classes }) =>
    `没有分数：需要两个类别，现在${classes === 0 ? "一个也没有" : "只有一个"}`,
  "no-score-one-group": (v) =>
    `没有分数：类别“${v.class}”${v.more > 0 ? `和另外 ${v.more} 个类别` : ""}只有一个组。请换个地方再录一次`,
  "no-score-few-samples": (v) => `没有分数：需要 ${v.needed} 个样本，现在有 ${v.samples} 个`,
  "no-score-groups": ({ groups, single, unit = "picture" }) => {
    const [one, name, remedy] = areRecorded(unit)
      ? ["一次录制", "录制", "请换个地方再录一次"]
      : ["一个来源", "来源", `请加入其他来源的${itemsZh.many(unit)}`];
    return single
      ? `每个类别只有一个组（${one}），无法测得分数：${remedy}`
      : `${groups} 个组（${name}）不足以分成训练集、验证集和测试集，无法测得分数：${remedy}`;
  },
  "score-without-groups": "有样本没有注明所属的组：如果其中几个来自同一段录制，分数会偏高",
  "score-near-copies": ({ copies }) =>
    `${copies} 个样本与其他样本几乎相同：近似副本算作一次录制，交叉验证把它们放在同一折`,
  "base-learnt-samples": (v) => `基础模型训练时用过这 ${v.samples} 个样本中的 ${v.learnt} 个，分数可能偏高`,
  "base-samples-unknown": "基础模型训练时可能用过其中一些样本，那样分数会偏高：训练它的运行不在模型旁边",

  "chosen-by-source": "源领域验证准确率",
  "chosen-by-source-and-shares":
    "源领域验证准确率 + 无标签目标领域验证样本与其预测之间的信息量（按估计的类别比例）",
  "chosen-by-source-and-information": "源领域验证准确率 + 无标签目标领域验证样本与其预测之间的互信息",
};
