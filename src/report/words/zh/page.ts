/** 中文：分类任务报告的句子。 */
import type { SafeChoice } from "../../../core/events/run-outcome.js";
import { gain, percent } from "../../charts/numbers.js";
import { html } from "../../html.js";
import type { pageEn } from "../en/page.js";
import { scoreZh } from "./baseline.js";
import { verdictZh } from "./verdict.js";

const parts: Readonly<Record<string, string>> = { train: "训练", validation: "验证", test: "测试" };

/** 保留了哪一个模型，两者在验证集上相差多少，以及这是否可能出于偶然。 */
export function safeZh({
  kept,
  validation: { transfer, scratch },
  difference,
  metric = "accuracy",
}: SafeChoice): string {
  const name = kept === "scratch" ? "从头训练的模型" : "迁移的模型";
  if (difference === undefined) return `保留：${name}。没有验证样本可以比较两者。`;
  const { n, few_groups, models_ci95: range, wrong_at_2_points: wrong } = difference;
  const isR2 = metric === "r2";
  const unit = isR2 ? "" : " 个百分点";
  const points = (x: number): string => (isR2 ? x.toFixed(3) : (100 * x).toFixed(1)).replace("-", "\u2212");
  if (range === null && !few_groups)
    return `保留：${name}，因为损失较低：两者在 ${n} 个验证样本上${metric === "accuracy" ? "答对的完全" : "得分"}相同。`;
  const ahead = kept === "transfer" ? difference.gain : -difference.gain;
  const [own, other] = kept === "transfer" ? [transfer, scratch] : [scratch, transfer];
  const scores = `${scoreZh(own, metric)}，另一个 ${isR2 ? points(other) : percent(other)}`;
  const lead =
    ahead > 0 ? `在 ${n} 个验证样本上高 ${points(ahead)}${unit}` : `因为在 ${n} 个验证样本上损失较低`;
  if (range === null) return `保留：${name}，${lead}（${scores}）。样本所属的组太少，看不出是否出于偶然。`;
  const [low, high] = kept === "transfer" ? range : [-range[1], -range[0]];
  const between = `就这两个模型而言：${points(low)} 至 ${points(high)}${unit}`;
  const chance =
    low > 0 || wrong === undefined
      ? ""
      : `这可能出于偶然：如果另一个其实高 ${isR2 ? "0.02" : "2 个百分点"}，这样的选择在 10 次中会错${wrong < 0.05 ? "不到 1" : ` ${Math.round(10 * wrong)}`} 次。`;
  return `保留：${name}，${lead}（${scores}；${between}）。${chance}`;
}

export const pageZh: typeof pageEn = {
  kind: (item) => `Engraft 报告 · ${item === "text" ? "文本" : "图像"}分类`,
  footer: (items) =>
    `准确率的区间是 95 % 的 Wilson 区间，只针对一次训练的测试${items}，不包含随机种子的运气。轮次由验证${items}选定；测试${items}没有参与任何选择。`,
  contains: (n, items) => (n === 0 ? `本文件不包含您的任何${items}。` : `本文件包含您的 ${n} 个${items}。`),
  to: (low, high) => `${low} 至 ${high}`,
  colon: "：",
  inBrackets: (value, range) => `${value}（${range}）`,
  stop: "。",
  comma: "，",

  result: "结果",
  accuracyOnTest: "测试集准确率",
  interval: (range) => `95 % 区间 ${range}`,
  noInterval: "组太少，无法给出区间",
  groups: (testItems, groups, effective) =>
    effective === undefined
      ? `${testItems}属于 ${groups} 个组；给出区间需要 10 个组。`
      : `${testItems}属于 ${groups} 个组，同组的彼此相似：只相当于大约 ${effective} 个。`,
  right: (right, of) => `${of}中答对 ${right}。`,
  notLooked: (items) => `这些测试${items}此前没有被评分过。`,
  looked: (items, times) =>
    `这些测试${items}此前已被评分 ${times}：在多次结果中挑选，会使最好的一次显得比实际更好。`,
  times: (n) => `${n}\u00a0次`,
  accuracyAndBaselines: "准确率及 95 % 区间，与各基线并列",
  thisModel: (strategy) => `${strategy}（本模型）`,
  views: (n) => `同一模型，${n} 个视图取平均`,
  probe: "probe：只训练分类头",
  scratch: "从头训练",
  pixels: "只看像素（逻辑回归）",
  tfIdf: "只看词（TF-IDF）",
  hybrid: "冻结的特征加上词（TF-IDF）",
  withoutTeacher: "没有教师模型",
  teacherItself: "教师模型本身",
  mostFrequent: "总是回答最常见的类别",
  macroF1: "宏平均 F1",
  macroF1Small: "各类别的平均",
  loss: "损失",
  lossSmall: (guess) => `交叉熵（nat）；瞎猜为 ${guess}`,
  calibrationError: "校准误差",
  calibrationErrorSmall: "所称把握与实际把握之差",
  time: "用时",
  peakMemory: "内存峰值",
  forecastSmall: (value) => `预测 ${value}`,

  verdictOn: { transfer: "对迁移的结论", teacher: "对教师模型的结论" },
  transfer: {
    positive: "迁移有帮助",
    neutral: "迁移没有带来值得注意的差别",
    negative: "迁移造成了损害",
    inconclusive: "证据太少，无法判断迁移是否有帮助",
  },
  teacher: {
    positive: "教师模型有帮助",
    neutral: "教师模型没有带来值得注意的差别",
    negative: "教师模型造成了损害",
    inconclusive: "证据太少，无法判断教师模型是否有帮助",
  },
  verdictWords: (v, over) =>
    verdictZh(v, "accuracy", over === "teacher" ? "没有教师模型的同一学生" : "从头训练"),
  verdictTitles: {
    "baseline better": "不用预训练模型的方法更好",
    "baseline ahead": "不用预训练模型的方法可能更好",
    "scratch not learnt": "迁移帮助了多少尚不清楚",
    "scratch improving": "目前更好：从头训练仍在提高",
    "one training": "只训练了一次，还不能判断",
  },
  gainOver: { transfer: "从头训练的同一网络", teacher: "没有教师模型的同一学生模型" },
  gain: (over, points, low, high, items) =>
    `相对于${over}的增益：${points} 个百分点，95 % 区间 ${low} 至 ${high}（在测试${items}上配对比较）`,
  seeds: (n) => `${n} 个随机种子`,
  margin: (points) => `小于 ${points} 个百分点的差别视为没有差别。`,
  scratchRecipe: (recipe) => html`从头训练的做法：${recipe}`,
  scratchEnded: (steps, time, ended) =>
    `。${steps} 步，用时 ${time}，${{ "stopped improving": "直到验证结果不再提高", budget: "步数用完时仍在提高", diverged: "直到发散", "not learnt": "步数用完时还没有明显好于猜测" }[ended]}。`,
  scratchEarly: (steps, accuracy) => `训练到 ${steps} 步（与本模型步数相同）时，验证准确率为 ${accuracy}。`,
  scratchRates: (rates, best) =>
    `试过的学习率（${best ? "取验证损失最低者" : "都还没有明显好于猜测，因此采用默认值"}）：${rates.join("、")}。`,
  ofTheTwo: safeZh,
  withoutRecipe: (recipe) => html`没有教师模型的做法：${recipe}`,
  warnings: "警告",
  warningCount: (n) => `${n}\u00a0条警告`,

  elsewhereTitle: "在另一数据集上",
  elsewhere: (accuracy, range, of) =>
    `：准确率 ${accuracy}，95 % 区间 ${range}，共${of}，训练和选择都没有用过它们`,
  elsewhereLeftOut: (of) => `；另有${of}因本次训练已见过而剔除`,
  elsewhereDrop: ({ value, ci95 }) =>
    `与本次训练自己的测试集相比，准确率相差 ${gain(value)} 个百分点（95 % 区间 ${gain(ci95[0])} 至 ${gain(ci95[1])}）。`,
  elsewhereWeakest: "那里最少被找到的类别",
  found: "找到",

  matrixTitle: "什么被当成了什么",
  matrix: "混淆矩阵",
  matrixAxis: "真实 ↓ · 回答 →",
  all: "合计",
  matrixNote: "行是真实类别，列是模型的回答。颜色随该行中的比例加深。",
  matrixLeft: (shown, left) => `这里是错误最多的 ${shown} 个类别；另外 ${left} 个没有列出。`,
  order: "排列：",
  orders: { data: "按数据中的顺序", name: "按名称", confusion: "按混淆程度" },
  pairs: "最常混淆的类别对",
  noMistake: (item) => `没有一个测试${item}被分错。`,
  trueClass: "真实类别",
  takenFor: "被当成",
  ofItsClass: "占该类",
  byClass: "各类别",
  byClassLabel: "各类别的得分",
  byClassNote: "最弱的在前。召回率：该类中有多少被找到。精确率：被称为该类的有多少确实是。",
  class: "类别",
  precision: "精确率",
  recall: "召回率",

  worstTitle: "最差的样本",
  worstIntro: (items) =>
    `模型答错的测试${items}，错得最厉害的在前。先在这里找标错的标签和不能用的${items}，再去找更好的模型。`,
  leastSureTitle: "最没有把握的回答",
  leastSureIntro: (items) => `测试${items}全部答对。下面是其中最没有把握的，最没有把握的在前。`,
  calibratedShown: "概率已校准：得分除以在验证集上拟合的温度。",
  pictureOf: (label) => `一张类别为 ${label} 的测试图片`,
  noPreview: "无预览",
  said: "回答",
  is: "实为",
  leakTitle: "数据泄漏",
  leakIntro: (n) => `${n}\u00a0对图片分处划分的两侧：模型在一侧背下来的东西，在另一侧会被当成知识。`,
  pictureIn: (part) => `一张${parts[part] ?? part}集图片`,
  part: (part) => `${parts[part] ?? part}集`,
  leak: {
    exact: "同一个文件",
    near: "看起来相同",
    group: "属于同一组",
    features: "在基础模型看来几乎没有区别",
  },
  leakLeftOut: "：前一张已被排除",
  skippedTitle: "跳过的样本",
  skippedIntro: (n) => `${n}\u00a0个样本无法使用，没有参与训练和测试。`,
  item: "样本",
  reason: "原因",
  andMore: (n) => `另有 ${n} 个，见`,
};
