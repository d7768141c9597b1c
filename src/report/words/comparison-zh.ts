/** 中文：策略比较页面的句子。 */
import { type ComparisonResult, type Difference, scoreIn } from "../../core/comparison.js";
import { decimal, percent } from "../numbers.js";
import type { ComparisonTold, comparisonEn } from "./comparison-en.js";
import { comparedZh, spaced } from "./verdict-zh.js";

const measures: typeof comparisonEn.measures = { accuracy: "准确率", f1: "F1", r2: "R²" };

const difference: ComparisonTold["difference"] = (one, label, metric) => {
  const { to, gain, ci95, p_adjusted: p, seeds, finding } = one;
  const { name, unit, signed } = comparedZh[metric];
  const amount = `${signed(gain)}${unit}`;
  const range = `95 % 区间 ${signed(ci95[0])} 至 ${signed(ci95[1])}，p ${p < 0.001 ? "小于 0.001" : `= ${decimal(p)}`}，${seeds} 个随机种子`;
  const undecided = seeds === 1 ? "各训练一次不足以断定" : "可能只是偶然";
  return {
    better: `${label} 好于 ${to}：${name}相差 ${amount}（${range}）。`,
    worse: `${label} 差于 ${to}：${name}相差 ${amount}（${range}）。`,
    same: `${label} 与 ${to} 没有值得注意的差别：${name}相差 ${amount}（${range}）。`,
    undecided: `${label} 与 ${to} 相比，${name}${gain === 0 ? "相同" : `相差 ${amount}`}，${undecided}（${range}）。`,
  }[finding];
};

/** 谁胜出，与下一名差多少，选哪一个。 */
function winner(result: ComparisonResult): string {
  const { winner: won, rows, metric, runs } = result;
  if (!won) return "";
  const row = rows.find(({ label }) => label === won.label)!;
  const value = scoreIn(row.validation!);
  const over = row.seeds.length > 1 ? `（${row.seeds.length} 个随机种子平均）` : "";
  // 与各策略共有的种子相比：不全时排名只看共有的。
  const seedsOf = (label: string) => runs.filter((run) => run.label === label).map(({ seed }) => seed);
  const ranked = rows.map(({ label }) => seedsOf(label)).filter((seeds) => seeds.length > 0);
  const common = ranked[0]!.filter((seed) => ranked.every((seeds) => seeds.includes(seed)));
  const some =
    common.length > 0 && ranked.some((seeds) => seeds.length !== common.length)
      ? `，排名只看都有的 ${common.length} 个种子`
      : "";
  const lead = `${won.label} 的${spaced("验证", measures[metric])}最高：${metric === "accuracy" ? percent(value) : decimal(value)}${over}${some}。`;
  if (won.next === undefined) return `${lead}没有其他策略可以与它比较。`;
  if (!won.difference) return `${lead}它与下一名 ${won.next} 没有共同的随机种子。`;
  return `${lead}在测试集上，${difference(won.difference, won.label, metric)}${advice(result)}`;
}

function advice({ winner: won, rows }: ComparisonResult): string {
  if (won?.difference?.finding === "better") return "";
  if (won?.difference?.finding === "worse")
    return "验证与测试不一致：验证集太小，不足以据此选择，或者需要更多随机种子。";
  const two = rows.filter(({ label }) => label === won?.label || label === won?.next);
  const quicker = two.sort((a, b) => (a.seconds?.own ?? 0) - (b.seconds?.own ?? 0))[0]!;
  return `选用其中较快的 ${quicker.label}，没有可以证实的损失。`;
}

/** 验证集小于此数，选择容易是偶然的。 */
const fewToChoose = 50;

function notes({ seeds, same_test: same, metric, runs, failures }: ComparisonResult): readonly string[] {
  const smallest = Math.min(...runs.map(({ validation }) => validation.n));
  return [
    seeds.length === 1
      ? "只有一个随机种子：没有针对随机种子的区间，再训练一次名次可能不同。"
      : same
        ? `${measures[metric]}的区间只针对随机种子；差别的区间还包含测试样本的运气。`
        : "每个随机种子有自己的测试集：区间同时包含训练、划分和样本的运气。",
    ...(smallest < fewToChoose
      ? [`优胜者由每个种子的 ${smallest} 个验证样本选出：数量很少，容易是偶然。`]
      : []),
    ...(failures.length > 0
      ? [`${failures.length} 次训练失败：${failures.map((f) => `${f.label}（种子 ${f.seed}）`).join("，")}。`]
      : []),
  ];
}

const findings: typeof comparisonEn.findings = {
  better: "更好",
  worse: "更差",
  same: "无差别",
  undecided: "可能是偶然",
} satisfies Record<Difference["finding"], string>;

export const comparisonZh: typeof comparisonEn = {
  kind: "策略比较",
  footer:
    "优胜者由验证集选出；每次训练的测试集只评分一次，没有参与任何选择。差别按随机种子和测试样本配对，p 值按行数做了 Holm 校正。",
  strategies: (n) => `${n}\u00a0种策略`,
  seeds: (n) => `${n}\u00a0个随机种子`,
  numbers: (n) => `${n}\u00a0个数值`,
  parts: (train, validation, test) => `训练 ${train}，选择 ${validation}，测试 ${test}`,
  measures,
  told: { winner, notes, difference },

  onTest: (measure) => spaced("测试集", measure),
  onTestNote: (measure) =>
    `大圆点：各随机种子的平均；横线：其 95 % 区间（t 分布，K − 1 个自由度）；小圆点：各个种子。按${spaced("验证", measure)}排列。`,
  onTestAlt: (measure) => `各策略的${spaced("测试", measure)}及区间；下表有同样的数字`,
  againstTime: (measure) => `${measure}与用时`,
  againstTimeNote: "一次训练的秒数，不含各策略共用的冻结主体的特征；对数刻度。",
  againstTimeAlt: (measure) => `各策略的${spaced("测试", measure)}与训练用时；表中有同样的数字`,

  winner: "优胜者",
  wins: (label) => `${label} 在验证集上胜出`,
  testScore: (measure, score) => `${spaced("测试", measure)} ${score}`,
  overSeeds: (range) => `，对随机种子的 95 % 区间 ${range}`,
  bestSeed: (seed) => `。其随机种子中，验证最好的是 ${seed}：`,
  notes: "说明",
  notesTitle: "这些数字没有说明的",
  findings,

  table: "表格",
  tableLabel: "各策略",
  failedAll: "所有随机种子都失败了",
  adapter: "适配器",
  strategy: "策略",
  validation: "验证",
  test: "测试",
  testMeasure: (measure) => spaced("测试", measure),
  meanError: (target) => `${target ?? "数值"} 的平均误差`,
  to: (label) => `与 ${label ?? "优胜者"} 相比`,
  time: "用时",
  memory: "内存峰值",
  file: "模型文件",
  trained: "训练的参数",
  seedsColumn: "种子数",

  recipes: "各策略的做法",
  failures: "失败的训练",
  failed: (seed, kind) => `，种子 ${seed}：${kind}：`,
  everyRun: "每次训练",
  seed: "随机种子",
  macroF1: "宏平均 F1",
  loss: "损失",
  epochs: "轮次",
  best: "最好的一轮",
  features: "特征",
};
