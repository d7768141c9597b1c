/** 中文：分类任务报告的句子。 */
import type { SafeChoice } from "../../../core/events/run-outcome.js";
import type { ModelMethod } from "../../../core/results/common-result.js";
import { gain } from "../../charts/numbers.js";
import { formatInRun } from "../../charts/score-format.js";
import { html } from "../../html.js";
import type { pageEn } from "../en/page.js";
import { measuredZh } from "./metrics.js";

const parts: Readonly<Record<string, string>> = { train: "训练", validation: "验证", test: "测试" };

const methodZh = ({ name, untrained }: ModelMethod): string =>
  untrained ? `${name}，第一轮之前的权重` : name;

/** 保留了哪一个模型，两者在验证集上相差多少，以及这是否可能出于偶然。 */
function safeZh({
  kept,
  own: strategy,
  validation: { transfer, scratch },
  difference,
  losses,
  metric = "accuracy",
}: SafeChoice): string {
  const name = kept === "scratch" ? "从头训练的模型" : (strategy ?? "迁移的模型");
  if (difference === undefined) return `保留：${name}。没有验证样本可以比较两者。`;
  const { n, few_groups, models_ci95: range, wrong_at_2_points: wrong } = difference;
  const { scored, score, unit } = measuredZh(metric);
  const { half } = formatInRun(metric);
  if (range === null && !few_groups)
    return `保留：${name}。两者在 ${n} 个验证样本上${metric === "accuracy" ? "答对的完全" : "得分"}相同。`;
  const ahead = kept === "transfer" ? difference.gain : -difference.gain;
  const [own, other] = kept === "transfer" ? [transfer, scratch] : [scratch, transfer];
  const scores = `${scored(own)}，另一个 ${score(other)}`;
  const behind = losses
    ? `在 ${n} 个验证样本上低 ${half(-ahead)}${unit}，但损失更低：${losses.transfer.toFixed(3)}，另一个 ${losses.scratch.toFixed(3)}`
    : `在 ${n} 个验证样本上落后不超过一个标准误差`;
  const lead = ahead > 0 ? `在 ${n} 个验证样本上高 ${half(ahead)}${unit}` : behind;
  if (range === null) return `保留：${name}，${lead}（${scores}）。样本所属的组太少，看不出是否出于偶然。`;
  const [low, high] = kept === "transfer" ? range : [-range[1], -range[0]];
  const between = `就这两个模型而言：${half(low)} 至 ${half(high)}${unit}`;
  const chance =
    low > 0 || wrong === undefined
      ? ""
      : `这可能出于偶然：如果另一个其实高 ${unit === "" ? 0.02 : 2}${unit}，这样的选择在 10 次中会错${wrong < 0.05 ? "不到 1" : ` ${Math.round(10 * wrong)}`} 次。`;
  return `保留：${name}，${lead}（${scores}；${between}）。${chance}`;
}

export const pageZh: typeof pageEn = {
  chose: (items, epochs) => `${epochs ? `轮次由验证${items}选定；` : ""}测试${items}没有参与任何选择。`,
  contains: (n, items) => (n === 0 ? `本文件不包含您的任何${items}。` : `本文件包含您的 ${n} 个${items}。`),
  to: (low, high) => `${low} 至 ${high}`,
  gap: "",
  colon: "：",
  inBrackets: (value, range) => `${value}（${range}）`,
  stop: "。",
  listed: "，",
  nothing: "无",
  comma: "，",

  result: "结果",
  onTest: (metric) => html`测试集${metric}`,
  accuracy: "准确率",
  interval: "95 % 置信区间",
  groups: (testItems, groups, worth, needed) => {
    const of = `${testItems}属于 ${groups} 个组`;
    if (needed !== undefined) return `${of}；给出区间需要 ${needed} 个组。`;
    return worth === undefined ? `${of}。` : `${of}，同组的彼此相似：只相当于大约 ${worth} 个。`;
  },
  right: (right, of) => `${of}中答对 ${right}。`,
  firstScoring: (items) => `这些测试${items}此前没有被评分过。`,
  scoredBefore: (items, times) =>
    `这些测试${items}此前已被评分 ${times}。据此在多次结果中挑选最好的一次，会使结果显得比实际更好。`,
  times: (n) => `${n}\u00a0次`,
  baselines: "基线",
  besideBaselines: (baselines) => html`测试得分与${baselines}，及 95 % 区间`,
  methodsTable: "各基线的全部得分与训练方法",
  method: "方法",
  ci95: "95 % 区间",
  training: "训练方法",
  thisModel: (method) => `${methodZh(method)}（本模型）`,
  methodName: methodZh,
  views: (n) => `本模型，${n} 个增强视图取平均`,
  spectrogram: "频谱图：时间从左到右，低频在下",
  time: "用时",
  peakMemory: "内存峰值",
  forecastSmall: (value) => `预计 ${value}`,

  decided: "结论的依据",
  seeds: (n) => `${n} 个随机种子`,
  margin: (margin) => html`小于 ${margin}的差别视为没有差别。`,
  scratchRecipe: (recipe) => html`从头训练的方法：${recipe}`,
  scratchEnded: (steps, time, ended) =>
    `。${steps} 步，用时 ${time}，${{ "stopped improving": "直到验证结果不再提高", budget: "步数用完时仍在提高", diverged: "直到发散", "not learnt": "步数用完时还没有明显好于猜测" }[ended]}。`,
  scratchEarly: (steps, score) => `训练到 ${steps} 步（与本模型步数相同）时，验证集上的${score}。`,
  scratchRates: (rates, best) =>
    `试过的学习率（${best ? "取验证损失最低者" : "都还没有明显好于猜测，因此采用默认值"}）：${rates.join("、")}。`,
  ofTheTwo: safeZh,
  withoutRecipe: (recipe) => html`没有教师模型的训练方法：${recipe}`,
  warnings: "警告",
  warningCount: (n) => `${n}\u00a0条警告`,

  elsewhere: (accuracy, range, of) =>
    `：准确率 ${accuracy}，95 % 置信区间 ${range}，共${of}，没有参与训练和选择`,
  elsewhereLeftOut: (of) => `；另有${of}因本次训练已见过而剔除`,
  elsewhereDrop: ({ value, ci95 }) =>
    `与本次训练自己的测试集相比，准确率相差 ${gain(value)} 个百分点（95 % 置信区间 ${gain(ci95[0])} 至 ${gain(ci95[1])}）。`,
  elsewhereWeakest: "那里召回率最低的类别",

  matrix: "混淆矩阵",
  matrixAxis: "真实 ↓ · 预测 →",
  all: "合计",
  matrixNote: (matrix) => html`${matrix}：行是真实类别，列是预测类别。颜色越深，占该行的比例越大。`,
  matrixLeft: (shown, left) => `这里是错误最多的 ${shown} 个类别；另外 ${left} 个没有列出。`,
  order: "排列：",
  orders: { data: "按数据中的顺序", name: "按名称", confusion: "按混淆程度" },
  byClassLabel: "各类别的得分",
  moreRows: (n) => `另外 ${n} 个`,
  class: "类别",
  precision: "精确率",
  recall: "召回率",

  pictureOf: (label) => `一张类别为 ${label} 的测试图片`,
  noPreview: "无预览",
  predicted: "预测",
  labelled: "标签",
  leakIntro: (n) => `${n}\u00a0对相似的样本分处两个划分：模型记住其中一个，在另一个上的得分就会偏高。`,
  pictureIn: (part) => `一张${parts[part] ?? part}集图片`,
  part: (part) => `${parts[part] ?? part}集`,
  leak: {
    exact: "同一个文件",
    near: "看起来相同",
    group: "属于同一组",
    features: "特征几乎相同",
  },
  leakLeftOut: "：前一张已被排除",
  skippedIntro: (n) => `${n}\u00a0个样本无法使用，没有参与训练和测试。`,
  item: "样本",
  reason: "原因",
  andMore: (n) => `另有 ${n} 个，见`,
};
