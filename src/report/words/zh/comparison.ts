/** 中文：策略比较的报告。 */
import {
  type ComparisonResult,
  type Difference,
  rangeOf,
  scoreOver,
} from "../../../core/results/comparison.js";
import { median } from "../../../linalg/quantile.js";
import { fewestGroups, fewestSamples, fewestSeeds, levelOfRepeatedTest } from "../../../statistics/index.js";
import { decimal } from "../../charts/numbers.js";
import type { ComparisonSentences, comparisonEn } from "../en/comparison.js";
import { comparedZh, metricsZh, spaced } from "./metrics.js";

/** 0.95 写作 “95 %”。 */
const percentOf = (level: number): string => `${Number((100 * level).toFixed(2))} %`;

const difference: ComparisonSentences["difference"] = (one, label, metric) => {
  const { to, gain, seeds, finding, samples = 0, why, comparisons } = one;
  const { name, unit, signed } = comparedZh(metric);
  const { interval, level } = rangeOf(one);
  const amount = `${signed(gain)}${unit}`;
  const on = `各训练 ${seeds} 次，${samples} 个测试样本`;
  const ahead = `${label} 与 ${to} 相比，${name}${gain === 0 ? "相同" : `相差 ${amount}`}`;
  if (!interval)
    return why === "identical" && gain === 0
      ? `${label} 与 ${to} 在每个测试样本上的得分都相同（${on}）。`
      : `${ahead}（${on}）：数据太少，无法给出区间。`;
  const range = `${signed(interval[0])} 至 ${signed(interval[1])}${unit}`;
  const detail = `${percentOf(level)} 区间 ${range}；${on}`;
  if (finding === "better") return `${label} 好于 ${to}：${name}相差 ${amount}（${detail}）。`;
  if (finding === "worse") return `${label} 差于 ${to}：${name}相差 ${amount}（${detail}）。`;
  if (finding === "same") return `${label} 与 ${to} 没有值得注意的差别：${name}相差 ${amount}（${detail}）。`;
  if (seeds === 1)
    return `各只训练了一次：${ahead}（${detail}）。再训练一次结果可能不同；3 个随机种子才能说明哪种策略更好。`;
  if (seeds < fewestSeeds)
    return `未能分出高下：${ahead}；各训练 ${seeds} 次太少，至少需要 ${fewestSeeds} 次（${detail}）。`;
  if (samples < fewestSamples)
    return `未能分出高下：${ahead}；${samples} 个测试样本太少，至少需要 ${fewestSamples} 个（${detail}）。`;
  if (interval[0] > 0 || interval[1] < 0)
    return `未能分出高下：${ahead}；同时比较 ${comparisons} 个差别时，这可能只是偶然（${detail}）。`;
  return `未能分出高下：${ahead}，但 ${range} 之间的任何值都符合所见（${percentOf(level)} 区间；${on}）。`;
};

/** 谁胜出，与下一名差多少，选哪一个。 */
function winner(result: ComparisonResult): string {
  const { winner: won, rows, metric, runs } = result;
  if (!won) return "";
  const row = rows.find(({ label }) => label === won.label)!;
  const value = scoreOver(row)!.mean;
  const over = row.seeds.length > 1 ? `（${row.seeds.length} 个随机种子平均）` : "";
  // 与各策略共有的种子相比：不全时排名只看共有的。
  const seedsOf = (label: string) => runs.filter((run) => run.label === label).map(({ seed }) => seed);
  const ranked = rows.map(({ label }) => seedsOf(label)).filter((seeds) => seeds.length > 0);
  const common = ranked[0]!.filter((seed) => ranked.every((seeds) => seeds.includes(seed)));
  const some =
    common.length > 0 && ranked.some((seeds) => seeds.length !== common.length)
      ? `，排名只看都有的 ${common.length} 个种子`
      : "";
  const measure = metricsZh.names[metric];
  const lead = `${won.label} 的${spaced("验证", measure)}最高${over}${some}。它的${spaced("测试", measure)}为 ${comparedZh(metric).score(value)}。`;
  if (won.next === undefined) return `${lead}没有其他策略可以与它比较。`;
  if (!won.difference) return `${lead}它与下一名 ${won.next} 没有共同的随机种子。`;
  return `${lead}${difference(won.difference, won.label, metric)}${advice(result)}${others(result)}`;
}

/** 差别在此以内不算：一个百分点。 */
const margin = 0.01;

function advice({ winner: won, rows, metric }: ComparisonResult): string {
  const one = won?.difference;
  if (!one || one.finding === "better") return "";
  if (one.finding === "worse") return "验证与测试不一致：验证集太小，不足以据此选择，或者需要更多随机种子。";
  const { interval } = rangeOf(one);
  if (one.seeds < fewestSeeds || (one.samples ?? 0) < fewestSamples || !interval) return "";
  const two = rows.filter(({ label }) => label === won?.label || label === won?.next);
  const quicker = two.sort((a, b) => (a.seconds?.own ?? 0) - (b.seconds?.own ?? 0))[0]!;
  const cost = Math.max(0, quicker.label === won.label ? -interval[0] : interval[1]);
  const { name, amount } = comparedZh(metric);
  return cost <= margin
    ? `选用其中较快的 ${quicker.label}，没有值得注意的损失。`
    : `选用其中较快的 ${quicker.label}，${name}最多可能损失 ${amount(cost)}。`;
}

/** 三种以上策略时，有几种能与优胜者区分开，多小的差别看不出来。 */
function others({ winner: won, rows, metric }: ComparisonResult): string {
  const all = rows.flatMap(({ to_winner: to }) => (to ? [to] : []));
  const most = Math.max(...all.map(({ seeds }) => seeds));
  if (all.length < 2 || most < fewestSeeds) return "";
  const number = (of: Difference["finding"]): number => all.filter(({ finding }) => finding === of).length;
  if (number("undecided") < all.length) {
    const found = [
      ["差于它", number("worse")],
      ["好于它", number("better")],
      ["没有差别", number("same")],
      ["未能分出高下", number("undecided")],
    ] as const;
    const counted = found.filter(([, n]) => n > 0).map(([what, n]) => `${n} 种${what}`);
    return `其余 ${all.length} 种与 ${won!.label} 相比：${counted.join("，")}。`;
  }
  const smallest = median(all.flatMap(({ smallest }) => smallest ?? []));
  const { name, amount } = comparedZh(metric);
  const seen =
    smallest === undefined
      ? ""
      : `：各训练 ${most} 次，${name}相差小于约 ${amount(smallest)}的差别在这里看不出来`;
  return `其余 ${all.length} 种都不能与 ${won!.label} 区分开${seen}。`;
}

/** 验证集小于此数，选择容易是偶然的。 */
const fewToChoose = 50;

function notes({
  seeds,
  same_test: same,
  metric,
  runs,
  failures,
  split,
  look = 1,
  test_groups: groups,
}: ComparisonResult): readonly string[] {
  const smallest = Math.min(...runs.map(({ validation }) => validation.n));
  return [
    seeds.length === 1
      ? "只有一个随机种子：没有针对随机种子的区间，再训练一次名次可能不同。"
      : same
        ? `${metricsZh.names[metric]}的 ± 和差别的区间针对训练方式：包含随机种子和测试样本的运气。`
        : `每个随机种子在同样的 ${split.train + split.validation + split.test} 个样本中有自己的测试集。这些测试集相互重叠，所以每行的 ± 和差别的区间比 ${seeds.length} 次独立测试的更宽（Nadeau 与 Bengio 2003）。`,
    ...(groups === undefined
      ? []
      : [
          groups < fewestGroups
            ? `测试样本属于 ${groups} 个组：组太少，无法给出区间，至少需要 ${fewestGroups} 个组。`
            : `测试样本属于 ${groups} 个组，区间按组计算。`,
        ]),
    ...(look > 1
      ? [
          `第 ${look} 次查看这个比较：差别的区间取 ${percentOf(levelOfRepeatedTest(look))}，使所有各次查看合起来出错的机会不超过 6 %。`,
        ]
      : []),
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
  undecided: "未能证实",
} satisfies Record<Difference["finding"], string>;

export const comparisonZh: typeof comparisonEn = {
  kind: "策略比较",
  footer:
    "优胜者由验证集选出；每次训练的测试集只评分一次，没有参与任何选择。差别按随机种子和测试样本配对，p 值按表中所有比较一起做了 Holm 校正。",
  strategies: (n) => `${n}\u00a0种策略`,
  seeds: (n) => `${n}\u00a0个随机种子`,
  numbers: (n) => `${n}\u00a0个数值`,
  parts: (train, validation, test) => `训练 ${train}，选择 ${validation}，测试 ${test}`,
  sentences: { winner, notes, difference },

  onTest: (measure) => spaced("测试集", measure),
  onTestNote: (measure) =>
    `大圆点：各随机种子的平均；横线：其 95 % 区间（随机种子和测试样本）；小圆点：各个种子。按${spaced("验证", measure)}排列。`,
  onTestAlt: (measure) => `各策略的${spaced("测试", measure)}及区间；下表有同样的数字`,
  againstTime: (measure) => `${measure}与用时`,
  againstTimeNote: "一次训练的秒数，不含各策略共用的冻结主体的特征；对数刻度。",
  againstTimeAlt: (measure) => `各策略的${spaced("测试", measure)}与训练用时；表中有同样的数字`,

  winner: "优胜者",
  wins: (label) => `${label} 在验证集上胜出`,
  testScore: (measure, score) => `${spaced("测试", measure)} ${score}`,
  overSeeds: (range) => `，训练方式的 95 % 区间 ${range}`,
  bestSeed: (seed) => `。其随机种子中，验证最好的是 ${seed}：`,
  notes: "说明",
  notesTitle: "这些数字的局限",
  findings,
  p: (p) =>
    p === null || p >= 0.05 ? "未能证实" : `校正后 p ${p < 0.001 ? "小于 0.001" : `= ${decimal(p)}`}`,

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
