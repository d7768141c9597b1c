/** 中文：学习曲线的报告。 */
import { targetText } from "../../../core/messages/metric-en.js";
import { type CurveResult, extrapolatedTo } from "../../../core/results/curve.js";
import { duration, integer } from "../../charts/numbers.js";
import { formatOf } from "../../charts/score-format.js";
import { html } from "../../html.js";
import type { curveEn } from "../en/curve.js";
import { itemsZh } from "../items.js";
import { beforeWord, metricsZh } from "./metrics.js";

const item = (unit: CurveResult["unit"]): string => unit.slice(0, -1);
const many = (unit: CurveResult["unit"]): string => itemsZh.many(item(unit));

const nameOf = (metric: CurveResult["metric"]): string =>
  metric === "f1" ? "微平均 F1" : metricsZh.names[metric];

type Way = "transfer" | "scratch";
const wayZh: Readonly<Record<Way, string>> = { transfer: "迁移", scratch: "从头训练" };

/** 达到目标准确率需要多少样本，各省下多少。 */
function words(result: CurveResult): string {
  const { needed, sizes, unit, laws, metric, few_groups: few } = result;
  const goal = targetText(result);
  const last = sizes.at(-1)!;
  const times = `用 ${itemsZh.count(last.size, item(unit))}训练，迁移用时 ${duration(last.seconds.transfer)}，从头训练用时 ${duration(last.seconds.scratch)}。`;
  if (laws.transfer === null && laws.scratch === null)
    return `只有 ${sizes.length} 种规模，不拟合规律：规模再多一些，才能说出达到 ${goal} 需要多少${many(unit)}。${times}`;
  const wayText = (way: Way): string => `${wayZh[way]}${amount(way, goal, result)}`;
  const single =
    needed.transfer.items !== null && needed.transfer.ci95 === null
      ? few
        ? "测试样本的组太少，不足以给出范围：至少需要 10 组。"
        : "每种规模只训练了一次，因此没有范围：--seeds 3 可以给出。"
      : "";
  return `达到 ${goal}${metric === "accuracy" ? " 的准确率" : ""}：${wayText("transfer")}；${wayText("scratch")}${saved(needed.times)}。${single}${times}`;
}

function amount(way: Way, goal: string, result: CurveResult): string {
  const { needed, unit, sizes, laws, metric, target } = result;
  const { items, ci95, extrapolated } = needed[way];
  const [smallest, largest] = [sizes[0]!.size, sizes.at(-1)!.size];
  const beyond = `${integer(extrapolatedTo * largest)} 以上`;
  if (items !== null) {
    const end = (n: number | null): string => (n === null ? beyond : integer(n));
    const range = ci95 ? [`从 ${end(ci95[0])} 到 ${end(ci95[1])}`] : [];
    const far = extrapolated
      ? [
          items > largest
            ? `超出实测的 ${integer(largest)}，是外推`
            : `低于实测的 ${integer(smallest)}，是外推`,
        ]
      : [];
    const details = [...range, ...far];
    return `约需 ${itemsZh.count(items, item(unit))}${details.length > 0 ? `（${details.join("，")}）` : ""}`;
  }
  const law = laws[way];
  if (!law?.follows) return `的${beforeWord(nameOf(metric))}在这些规模上不服从幂律，因此不外推`;
  if (1 - law.floor <= target)
    return `的曲线在 ${metric === "accuracy" ? "" : `${metricsZh.names[metric]} `}${formatOf(metric).score(1 - law.floor)} 处趋平，达不到 ${goal}`;
  const low = ci95?.[0];
  return low
    ? `可能需要 ${itemsZh.count(extrapolatedTo * largest, item(unit))}以上（至少 ${integer(low)}）：超过最大规模的两倍，没有测量`
    : `需要 ${itemsZh.count(extrapolatedTo * largest, item(unit))}以上：超过最大规模的两倍，没有测量`;
}

/** “后者是前者的 2 到 9 倍” */
function saved(needed: CurveResult["needed"]["times"]): string {
  if (!needed) return "";
  const factor = (x: number): string => (x >= 10 ? String(Math.round(x)) : String(Number(x.toFixed(1))));
  const { times, ci95 } = needed;
  if (!ci95) return times === null ? "" : `；后者是前者的 ${factor(times)} 倍`;
  const [low, high] = ci95;
  if (low <= 1 && (high === null || high >= 1)) return "；迁移可能什么也没有省下";
  return high === null
    ? `；后者至少是前者的 ${factor(low)} 倍`
    : `；后者是前者的 ${factor(low)} 到 ${factor(high)} 倍`;
}

export const curveZh: typeof curveEn = {
  kind: "学习曲线",
  footer:
    "从头训练的网络、数据、划分和输出头都相同，从第一步起训练所有权重并使用批统计量；试三个学习率，训练到验证结果不再提高为止。",
  sizes: (n) => `${n}\u00a0种规模`,
  seeds: (n) => `${n}\u00a0个随机种子`,
  saved: "迁移省下了多少",
  words,
  notes: ({ seeds, unit, metric, same_test: same, few_groups: few }) => [
    `每种规模都用同样的验证${many(unit)}选择轮次：自己的${many(unit)}很少时，可用来选择的也会更少。`,
    ...(seeds.length === 1
      ? ["只有一个随机种子：没有范围能包含再训练一次会得到的结果。"]
      : [
          few
            ? `${beforeWord(nameOf(metric))}的 ± 只针对随机种子。`
            : `${beforeWord(nameOf(metric))}的 ± 只针对随机种子。所需${many(unit)}数的范围包含再训练一次和换一批测试${many(unit)}的差异。`,
          ...(same === false && !few
            ? [`每个随机种子从同一批${many(unit)}中取自己的测试集：范围已考虑这些测试集的重叠。`]
            : []),
        ]),
  ],
  notesLabel: "说明",
  notesTitle: "这些数字的局限",
  labels: (n) => `${integer(n)}\u00a0个标签`,
  numbers: (n) => `${integer(n)}\u00a0个数值`,
  types: (n) => `${integer(n)}\u00a0类实体`,
  scoreBy: (unit, metric) => `${beforeWord(nameOf(metric))}与训练${many(unit)}数`,
  chartNote: (unit, metric) =>
    html`圆点：各随机种子的平均，95 % 区间只针对随机种子。曲线：拟合最好的规律 误差 = 下限 + 系数 · n<sup>−指数</sup>，超出实测的部分为虚线。点线：要求达到的${nameOf(metric)}。${many(unit)}数为对数刻度。`,
  chartAlt: (unit, metric) =>
    `迁移与从头训练的测试${beforeWord(nameOf(metric))}随训练${many(unit)}数的变化；表中有同样的数字`,
  transfer: "迁移",
  scratch: "从头训练",
  table: "表格",
  sizesLabel: "各种规模",
  unit: (unit) => `${many(unit)}数`,
  gain: "增益（百分点）",
  time: "用时",
  scratchTime: "从头训练用时",
  laws: "规律",
  ofTransfer: "迁移",
  ofScratch: "从头训练",
  noLaw: "没有规律：需要四种规模",
  law: (floor, scale, rate, explained, follows) =>
    `误差 = ${floor} + ${scale} · n^−${rate}；解释了各规模之间方差的 ${explained}${follows ? "" : "：太少，因此什么都说明不了"}`,
};
