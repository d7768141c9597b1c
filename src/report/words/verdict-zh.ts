/** 中文：由数字说出的结论，与谁相比可以指定。 */
import type { ComparedMetric } from "../../core/comparison.js";
import type { Verdict } from "../../core/events.js";
import { decimal, gain, integer } from "../numbers.js";

const unsigned = (text: string): string => text.replace(/^[+\u2212]/, "");

/** 指标怎样称呼，差别怎样写。 */
interface MeasuredWords {
  readonly name: string;
  readonly unit: string;
  readonly signed: (v: number) => string;
}
const inPoints = { unit: " 个百分点", signed: gain };
const asDecimals = { unit: "", signed: (v: number): string => `${v > 0 ? "+" : ""}${decimal(v)}` };

/** 结论中的写法。 */
const measuredZh: Readonly<Record<ComparedMetric, MeasuredWords>> = {
  accuracy: { name: "准确率", ...inPoints },
  f1: { name: "F1 ", ...inPoints },
  r2: { name: "R² ", ...asDecimals },
};

/** 比较页面中的写法，与其表格一致。 */
export const comparedZh: Readonly<Record<ComparedMetric, MeasuredWords>> = {
  ...measuredZh,
  f1: { name: "F1 ", ...asDecimals },
};

/** 中文与西文之间留空格：“测试准确率”，“测试 F1”。 */
export const spaced = (before: string, measure: string): string =>
  /^[A-Z]/.test(measure) ? `${before} ${measure}` : `${before}${measure}`;

/** 怎样才能得出结论。 */
function neededWords({ needed, seeds }: Verdict): string {
  if (!needed) return "";
  const { items, seeds: more, together } = needed;
  if (together)
    return `大约 ${integer(together.items)} 个测试样本加上 ${together.seeds} 个随机种子可以得出结论。`;
  const ways = [
    ...(items === null
      ? []
      : [`大约 ${integer(items)} 个测试样本${seeds > 1 ? `（仍用这 ${seeds} 个随机种子）` : ""}`]),
    ...(more === null ? [] : [`在同样的测试样本上训练 ${more} 个随机种子`]),
  ];
  return ways.length === 0
    ? "差别如此之小，能得到的数据再多也无法得出结论。"
    : `${ways.join("，或者")}，可以得出结论。`;
}

/** 一个随机种子不能说明的。 */
function oneSeed({ seeds, scatter_assumed: scatter }: Verdict): string {
  if (seeds > 1) return "";
  return scatter
    ? `只有一个随机种子：不同种子之间的差异（标准差 ${unsigned(gain(scatter))} 个百分点）是假设的，没有测量。`
    : "只有一个随机种子：再训练一次会相差多少，不在区间之内。";
}

/** @param over 与谁相比 */
export function verdictZh(v: Verdict, metric: ComparedMetric, over = "从头训练"): string {
  const { name, unit, signed } = measuredZh[metric];
  const amount = `${unsigned(signed(v.gain))}${unit}`;
  const range = `95 % 区间 ${signed(v.ci95[0])} 至 ${signed(v.ci95[1])}`;
  const said = {
    positive: `与${over}相比，${name}提高 ${amount}（${range}）。`,
    neutral: `与${over}相比，${name}相差 ${signed(v.gain)}${unit}（${range}），在视为无差别的范围之内。`,
    negative: `与${over}相比，${name}降低 ${amount}（${range}）。`,
    inconclusive: `尚无定论：与${over}相比，${name}相差 ${signed(v.gain)}${unit}（${range}），可能只是偶然。${neededWords(v)}`,
  }[v.transfer];
  return `${v.few ? "测试样本太少（有的类别不足 10 个），能说明的很少。" : ""}${said}${oneSeed(v)}`;
}
