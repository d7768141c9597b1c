/** 中文：多次训练并列的报告。 */

import type { ScoreName } from "../../../core/results/metric.js";
import type { SideDifference, SideSentence } from "../../../core/results/side-by-side.js";
import { fewestGroups } from "../../../statistics/index.js";
import { decimal } from "../../charts/numbers.js";
import type { sideBySideEn } from "../en/side-by-side.js";
import { comparedZh, spaced } from "./metrics.js";
import { taskNameZh } from "./task.js";

export const sideBySideZh: typeof sideBySideEn = {
  kind: "多次训练并列",
  facts: (runs, task) => `${runs} 次训练 · ${taskNameZh(task)}`,
  footer:
    "分数的置信区间与各次训练自己的报告相同。差别是在完全相同的测试样本上逐个配对得到的，p 值按对照的次数做了 Holm 校正。最好的一次由验证集选定；测试集没有参与任何选择。",
  notes: "这些数字的局限",
  differenceWords: (one, label, { metric }) =>
    one.sentences.map((sentence) => rows[sentence]({ one, label, metric })).join(""),
  scores: (metric) => spaced("测试", metric),
  scoresNote: "圆点：各次训练的测试分数；横线：其 95 % 区间。",
  chartAlt: (metric) => `各次训练的${spaced("测试", metric)}及区间；下表有同样的数字`,
  table: "得分、用时与内存",
  run: "训练",
  test: (metric) => spaced("测试", metric),
  validation: "验证",
  to: (label) => `与 ${label} 相比`,
  time: "用时",
  memory: "内存峰值",
  file: "模型文件",
  adapter: "适配器",
  trained: "训练的参数",
  epochs: "轮次",
  best: "验证集上最好",
  bestMark: "★ 在相同数据与划分下，验证集上最好的一次。",
  itself: "其他各次与它对照",
  notPaired: "不适用",
  whyNot: (label) => `为何有些没有与 ${label} 对照`,
  findings: { better: "更好", worse: "更差", same: "无差别", undecided: "尚无定论" },
  differences: "差别的文字说明",
  state: { done: "完成", running: "进行中", stopped: "已停止" },
  overSeeds: (seeds, mean) => `${seeds} 个随机种子平均 ${mean}`,
  curves: "学习曲线",
  curvesNote: "按轮次，各次训练自己的过程；没有轮次的（probe）没有曲线。",
  validationLoss: "验证损失",
  trainLoss: "训练损失",
  validationScore: (metric) => spaced("验证", metric),
  what: "各次训练的设置",
  data: "数据",
  parts: (train, validation, test) => `训练 ${train}，验证 ${validation}，测试 ${test}`,
  base: "基础模型",
  strategy: "策略",
  seed: "随机种子",
  machine: "机器",
  verdict: "结论",
  command: "命令",
  folder: "训练文件夹",
  differing: "不同的选项",
  same: "所有选项、版本和线程数都相同；基础模型、策略、随机种子和数据见下一节。",
  option: "选项",
  unset: "未给出",
};

/** 两个模型的差别，从 label 一方来看。 */
interface ModelFacts {
  readonly one: SideDifference;
  readonly label: string;
  readonly metric: ScoreName;
}

/** “准确率相差 +2.5 个百分点（95 % 置信区间 …，相同的 40 个测试样本）” */
function apart({ one, metric }: ModelFacts): string {
  const { gain, ci95, p_adjusted: p, comparisons, n } = one;
  const { name, unit, signed } = comparedZh(metric);
  const corrected = comparisons > 1 ? `（按 ${comparisons} 次比较校正）` : "";
  const between = ci95
    ? `95 % 置信区间 ${signed(ci95[0])} 至 ${signed(ci95[1])}，p ${p < 0.001 ? "小于 0.001" : `= ${decimal(p)}`}${corrected}，`
    : "";
  const amount = gain === 0 ? `${name}相同` : `${name}相差 ${signed(gain)}${unit}`;
  return `${amount}（${between}相同的 ${n} 个测试样本）`;
}

const rows: Readonly<Record<SideSentence, (facts: ModelFacts) => string>> = {
  better: (facts) => `${facts.label} 好于 ${facts.one.to}：${apart(facts)}。`,
  worse: (facts) => `${facts.label} 差于 ${facts.one.to}：${apart(facts)}。`,
  same: (facts) =>
    `${facts.label} 与 ${facts.one.to} 的差别不超过 ${comparedZh(facts.metric).amount(facts.one.margin)}：${apart(facts)}。`,
  undecided: (facts) => `未能分出高下：${facts.label} 与 ${facts.one.to} 相比，${apart(facts)}。`,
  "few groups": ({ one }) =>
    `样本只来自 ${one.few_groups} 个组：太少，无法给出区间，至少需要 ${fewestGroups} 个组。`,
  "two models": () => "这里比较的是两个模型：再训练一次，名次可能不同。",
};
