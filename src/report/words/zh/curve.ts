/** 中文：学习曲线的句子。 */
import { targetText } from "../../../core/messages/metric-en.js";
import {
  type AmountSentence,
  type CurveNote,
  type CurveResult,
  type CurveSentence,
  extrapolatedTo,
  type TimesAsMany,
  type TimesSentence,
} from "../../../core/results/curve.js";
import { duration, integer } from "../../charts/numbers.js";
import { formatOf } from "../../charts/score-format.js";
import { itemsZh } from "../items.js";
import { machinesZh } from "./comparison.js";
import { beforeWord, metricsZh } from "./metrics.js";

const item = (unit: CurveResult["unit"]): string => unit.slice(0, -1);
const many = (unit: CurveResult["unit"]): string => itemsZh.many(item(unit));

/** “微平均 F1” */
export const curveMetricZh = (metric: CurveResult["metric"]): string =>
  metric === "f1" ? "微平均 F1" : metricsZh.names[metric];

type Way = "transfer" | "scratch";
const wayZh: Readonly<Record<Way, string>> = { transfer: "迁移", scratch: "从头训练" };

/** “90 % 的准确率”，“R² 0.9” */
const goalOf = (result: CurveResult): string =>
  `${targetText(result)}${result.metric === "accuracy" ? " 的准确率" : ""}`;

/** 达到目标需要多少样本，从头训练是迁移的多少倍。 */
function both(result: CurveResult): string {
  const { times } = result.needed;
  return `达到 ${goalOf(result)}：${amount("transfer", result)}；${amount("scratch", result)}${times ? timesRows[times.sentence](times) : ""}。`;
}

const rows: Readonly<Record<CurveSentence, (result: CurveResult) => string>> = {
  "few sizes": (result) =>
    `只有 ${result.sizes.length} 种规模，不拟合规律：规模再多一些，才能说出达到 ${targetText(result)} 需要多少${many(result.unit)}。`,
  "both reach it": both,
  "transfer reaches it": both,
  "scratch reaches it": both,
  "neither reaches it": both,
  "few groups": () => "测试样本的组太少，不足以给出范围：至少需要 10 组。",
  "one training": () => "每种规模只训练了一次，因此没有范围：--seeds 3 可以给出。",
  seconds: ({ sizes, unit }) => {
    const { size, seconds } = sizes.at(-1)!;
    return `用 ${itemsZh.count(size, item(unit))}训练，迁移用时 ${duration(seconds!.transfer)}，从头训练用时 ${duration(seconds!.scratch)}。`;
  },
};

const amount = (way: Way, result: CurveResult): string =>
  `${wayZh[way]}${amountRows[result.needed[way].sentence](way, result)}`;

const largestOf = ({ sizes }: CurveResult): number => sizes.at(-1)!.size;

/** “约需 40 张图片（从 25 到 70，超出实测的 30，是外推）” */
function about(way: Way, result: CurveResult, outside?: string): string {
  const { items, ci95 } = result.needed[way];
  const end = (n: number | null): string =>
    n === null ? `${integer(extrapolatedTo * largestOf(result))} 以上` : integer(n);
  const details = [...(ci95 ? [`从 ${end(ci95[0])} 到 ${end(ci95[1])}`] : []), ...(outside ? [outside] : [])];
  return `约需 ${itemsZh.count(items!, item(result.unit))}${details.length > 0 ? `（${details.join("，")}）` : ""}`;
}

const atLeast = (result: CurveResult): string =>
  itemsZh.count(extrapolatedTo * largestOf(result), item(result.unit));

const amountRows: Readonly<Record<AmountSentence, (way: Way, result: CurveResult) => string>> = {
  "within the sizes": (way, result) => about(way, result),
  "beyond the sizes": (way, result) => about(way, result, `超出实测的 ${integer(largestOf(result))}，是外推`),
  "below the sizes": (way, result) =>
    about(way, result, `低于实测的 ${integer(result.sizes[0]!.size)}，是外推`),
  "more than measured": (_, result) => `需要 ${atLeast(result)}以上：超过最大规模的两倍，没有测量`,
  "probably more than measured": (way, result) =>
    `可能需要 ${atLeast(result)}以上（至少 ${integer(result.needed[way].ci95![0]!)}）：超过最大规模的两倍，没有测量`,
  "levels off": (way, result) => {
    const { metric, laws } = result;
    return `的曲线在 ${metric === "accuracy" ? "" : `${metricsZh.names[metric]} `}${formatOf(metric).score(1 - laws[way]!.floor)} 处趋平，达不到 ${targetText(result)}`;
  },
  "no law": (_, { metric }) => `的${beforeWord(curveMetricZh(metric))}在这些规模上不服从幂律，因此不外推`,
};

const factor = (x: number): string => (x >= 10 ? String(Math.round(x)) : String(Number(x.toFixed(1))));

/** “后者是前者的 2 到 9 倍” */
const timesRows: Readonly<Record<TimesSentence, (ratio: TimesAsMany) => string>> = {
  "one value": ({ times }) => `；后者是前者的 ${factor(times!)} 倍`,
  none: () => "",
  "may save none": () => "；迁移可能什么也没有省下",
  "at least": ({ ci95 }) => `；后者至少是前者的 ${factor(ci95![0])} 倍`,
  range: ({ ci95 }) => `；后者是前者的 ${factor(ci95![0])} 到 ${factor(ci95![1]!)} 倍`,
};

const spread = ({ metric }: CurveResult): string =>
  `${beforeWord(curveMetricZh(metric))}的 ± 只针对随机种子。`;

const noteRows: Readonly<Record<CurveNote, (result: CurveResult) => string>> = {
  "same validation": ({ unit, validation_items: n }) =>
    `每种规模都用同样的 ${itemsZh.validationCount(n, item(unit))}选择轮次：自己的${many(unit)}很少时，可用来选择的也会更少。`,
  "few validation": () => "每次训练的验证样本，每类至多与训练样本同样多；训练样本数不包括它们。",
  draws: ({ metric, unit }) =>
    `${beforeWord(curveMetricZh(metric))}的 ± 包含另抽标签、另取随机权重和换一批测试${many(unit)}的差异。各次抽取来自同一训练集，数目越大，重叠越多。`,
  "one seed": () => "只有一个随机种子：没有范围能包含再训练一次会得到的结果。",
  "few groups": spread,
  "few groups of draws": ({ metric, unit }) =>
    `${beforeWord(curveMetricZh(metric))}没有 ±：测试${many(unit)}的组太少，至少需要 10 组。`,
  spread: (result) =>
    `${spread(result)}所需${many(result.unit)}数的范围包含再训练一次和换一批测试${many(result.unit)}的差异。`,
  "own tests": ({ unit }) =>
    `每个随机种子从同一批${many(unit)}中取自己的测试集：范围已考虑这些测试集的重叠。`,
  machines: ({ runs }) => machinesZh(runs),
};

export const curveZh = {
  words: (result: CurveResult): string => result.sentences.map((sentence) => rows[sentence](result)).join(""),
  notes: (result: CurveResult): readonly string[] => result.note_codes.map((code) => noteRows[code](result)),
};
