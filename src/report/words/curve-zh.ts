/** 中文：学习曲线页面的句子。 */
import type { CurveResult, ItemsNeeded } from "../../core/curve.js";
import { html } from "../html.js";
import { duration, integer, percent } from "../numbers.js";
import type { curveEn } from "./curve-en.js";
import { itemsZh } from "./items.js";

const item = (unit: CurveResult["unit"]): string => unit.slice(0, -1);
const many = (unit: CurveResult["unit"]): string => itemsZh.many(item(unit));

const scoreOf = (metric: CurveResult["metric"]): string => (metric === "f1" ? "微平均 F1" : "准确率");

/** 后面接汉字时，拉丁字母后留空格。 */
const beforeWord = (metric: CurveResult["metric"]): string =>
  metric === "f1" ? `${scoreOf(metric)} ` : scoreOf(metric);

/** 目标：“90 %”或“F1 0.9”。 */
const goalOf = ({ metric, target }: CurveResult): string =>
  metric === "f1" ? `F1 ${Number(target.toFixed(3))}` : `${Number((100 * target).toFixed(1))} %`;

/** 达到目标准确率需要多少样本，各省下多少。 */
function words(result: CurveResult): string {
  const { needed, sizes, unit, laws, metric } = result;
  const goal = goalOf(result);
  const last = sizes.at(-1)!;
  const times = `用 ${itemsZh.count(last.size, item(unit))}训练，迁移用时 ${duration(last.seconds.transfer)}，从头训练用时 ${duration(last.seconds.scratch)}。`;
  if (laws.transfer === null && laws.scratch === null)
    return `只有 ${sizes.length} 种规模，不拟合规律：规模再多一些，才能说出达到 ${goal} 需要多少${many(unit)}。${times}`;
  const said = (way: "transfer" | "scratch"): string =>
    needed[way].items === null ? without(way, goal, result) : `约需 ${amount(needed[way], result)}`;
  const { transfer, scratch } = needed;
  const saved =
    transfer.items !== null && scratch.items !== null && scratch.items > transfer.items
      ? `后者是前者的 ${(scratch.items / transfer.items).toFixed(1)} 倍。`
      : "";
  return `达到 ${goal}${metric === "f1" ? "" : " 的准确率"}：迁移${said("transfer")}；从头训练${said("scratch")}。${saved}${times}`;
}

function amount(
  { items, ci95: [low, high], extrapolated }: ItemsNeeded,
  { unit, sizes }: CurveResult,
): string {
  const end = (n: number | null): string => (n === null ? "无界" : integer(n));
  const far = extrapolated ? `，超出实测的 ${integer(sizes.at(-1)!.size)}，是外推` : "";
  return `${itemsZh.count(items!, item(unit))}（95 % 区间 ${end(low)} 至 ${end(high)}${far}）`;
}

/** 为什么没有数字。 */
function without(
  way: "transfer" | "scratch",
  goal: string,
  { laws, target, sizes, unit, metric }: CurveResult,
): string {
  const law = laws[way];
  if (!law?.follows) return `的${beforeWord(metric)}在这些规模上不服从幂律，因此不外推`;
  return 1 - law.floor <= target
    ? `的曲线在 ${metric === "f1" ? `F1 ${(1 - law.floor).toFixed(3)}` : percent(1 - law.floor)} 处趋平，达不到 ${goal}`
    : `需要的${many(unit)}远远超出实测的 ${integer(sizes.at(-1)!.size)}，无法断定`;
}

export const curveZh: typeof curveEn = {
  kind: "学习曲线",
  footer:
    "从头训练的网络、数据、划分和输出头都相同，从第一步起训练所有权重并使用批统计量；试三个学习率，训练到验证结果不再提高为止。",
  sizes: (n) => `${n}\u00a0种规模`,
  seeds: (n) => `${n}\u00a0个随机种子`,
  saved: "迁移省下了多少",
  words,
  notes: ({ seeds, unit, metric }) => [
    `每种规模都用同样的验证${many(unit)}选择轮次：自己的${many(unit)}很少时，可用来选择的也会更少。`,
    seeds.length === 1
      ? "只有一个随机种子：区间不包含再训练一次会得到的结果。"
      : `${beforeWord(metric)}的区间针对随机种子：包含再训练一次的差异，没有给定划分时也包含另一次划分的差异。`,
  ],
  notesLabel: "说明",
  notesTitle: "这些数字没有说明的",
  labels: (n) => `${integer(n)}\u00a0个标签`,
  types: (n) => `${integer(n)}\u00a0类实体`,
  scoreBy: (unit, metric) => `${beforeWord(metric)}与训练${many(unit)}数`,
  chartNote: (unit, metric) =>
    html`圆点：各随机种子的平均及其 95 % 区间。曲线：拟合最好的规律 误差 = 下限 + 系数 · n<sup>−指数</sup>，超出实测的部分为虚线。点线：要求达到的${scoreOf(metric)}。${many(unit)}数为对数刻度。`,
  chartAlt: (unit, metric) =>
    `迁移与从头训练的测试${beforeWord(metric)}随训练${many(unit)}数的变化；表中有同样的数字`,
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
