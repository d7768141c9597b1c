/** 中文：分层诊断的报告。 */
import {
  type DiagnosedGroup,
  type DiagnosedVariant,
  type DiagnosisResult,
  isHarmful,
  type SourceDiagnosis,
  type WorthOfLayers,
} from "../../../core/results/diagnosis.js";
import { fewestSeeds } from "../../../statistics/index.js";
import { decimal, gain, integer } from "../../charts/numbers.js";
import { html } from "../../html.js";
import type { diagnosisEn } from "../en/diagnosis.js";
import { itemsZh } from "../items.js";

type Unit = DiagnosisResult["unit"];
const many = (unit: Unit): string => itemsZh.many(unit.slice(0, -1));

const pWords = (p: number | null): string =>
  p === null || p >= 0.05 ? "" : `p ${p < 0.001 ? "小于 0.001" : `= ${decimal(p)}`}`;
function interval({ ci95, p_adjusted: p, finding, few_groups: few }: WorthOfLayers): string {
  if (few) return "组太少，无法给出区间";
  if (!ci95) return "答对的样本完全相同";
  const range = `95 % 区间 ${gain(ci95[0])} 至 ${gain(ci95[1])}`;
  if (finding === "no difference") return range;
  return `${range}，${(finding !== "undecided" && pWords(p)) || "未能证实"}`;
}
const worth = (one: WorthOfLayers): string => `${gain(one.gain)} 个百分点（${interval(one)}）`;

/** 少于此数的验证样本几乎什么都说明不了。 */
const fewItems = 20;
/** 少于此数只能看出大的效应。 */
const fewToJudge = 50;

function words({ groups, all, split }: DiagnosisResult): string {
  const named = (is: (worth: WorthOfLayers) => boolean): string =>
    groups
      .filter(({ from_output, from_input }) => is(from_output) || is(from_input))
      .map(({ group }) => group)
      .join("、");
  const whole = {
    helps: "基础模型的全部权重合起来有帮助",
    hurts: "基础模型的全部权重合起来造成损害",
    "no difference": "基础模型的全部权重合起来没有带来值得注意的差别",
    undecided: "基础模型的全部权重合起来是否有帮助，尚无定论",
  }[all.finding];
  const [help, hurt] = [named(({ finding }) => finding === "helps"), named(isHarmful)];
  const single = [
    ...(help ? [`有帮助的层：第 ${help} 组`] : []),
    ...(hurt ? [`造成损害的层：第 ${hurt} 组`] : []),
  ];
  const few = split.validation < fewItems ? `只有 ${split.validation} 个验证样本，几乎什么都说明不了。` : "";
  return `${few}${whole}：与重新初始化相比，准确率相差 ${worth(all)}；${single.length > 0 ? single.join("；") : "没有哪一组能单独与偶然区分开"}。`;
}

function groupWords({ group, from_output: output, from_input: input }: DiagnosedGroup, of: number): string {
  const both = [output.finding, input.finding];
  const place = group === 1 ? "（紧靠输入）" : group === of ? "（紧靠输出头）" : "";
  const beside = [output, input].some(isHarmful) ? undefined : (output.beside ?? input.beside);
  const finding =
    beside !== undefined
      ? `${both.includes("helps") ? "有帮助，" : ""}只在与损害更大的第 ${beside} 组一起保留时造成损害`
      : both.includes("helps") && both.includes("hurts")
        ? "一侧有帮助，另一侧造成损害"
        : both.includes("helps")
          ? "有帮助"
          : both.includes("hurts")
            ? "造成损害"
            : both.every((one) => one === "no difference")
              ? "没有差别"
              : "尚无定论";
  return `第 ${group} 组，共 ${of} 组${place}：${finding}。保留其权重与重新初始化相比：其后各层重新初始化时相差 ${worth(output)}，其前各层重新初始化时相差 ${worth(input)}。`;
}

function variant({ side, groups }: DiagnosedVariant, of: number): string {
  if (groups === 0) return "全部保留";
  if (groups === of) return "全部重新初始化";
  return `${side === "output" ? "最后" : "最前"} ${groups} 组（共 ${of} 组）重新初始化`;
}

/** 权重是源数据平均值的两倍或一半，才叫近或远。 */
const near = 2;

function sourceWords({ classes, n, effective }: SourceDiagnosis): string {
  const listed = (all: readonly string[]): string =>
    all.length > 8 ? `${all.slice(0, 8).join("，")} 等 ${all.length} 类` : all.join("，");
  const hurt = classes.filter((c) => c.worth?.finding === "hurts").map(({ label }) => label);
  const far = classes.filter(({ weight_ci95 }) => weight_ci95[1] < 1 / near).map(({ label }) => label);
  return [
    `按与你的数据的接近程度加权，源数据的 ${integer(n)} 个样本相当于 ${integer(effective)} 个。`,
    hurt.length > 0
      ? `${listed(hurt)} 的样本造成损害：不要使用它们。`
      : classes.some((c) => c.worth)
        ? "没有哪一类的样本被证明造成损害。"
        : "源数据中没有你的类别，因此无法检验其样本是否造成损害，只能说明有多接近。",
    ...(far.length > 0 ? [`与你的数据相距很远：${listed(far)}。`] : []),
  ].join("");
}

export const diagnosisZh: typeof diagnosisEn = {
  kind: "分层诊断",
  footer:
    "每次训练的划分、做法和输出头都相同，只有哪些组重新初始化不同。差别按随机种子和验证样本配对，p 值按本页的全部比较做了 Holm 校正。没有看过测试集。",
  groups: (n) => `${n}\u00a0组层`,
  seeds: (n) => `${n}\u00a0个随机种子`,
  parts: (train, validation, unit) => `训练${many(unit)} ${train}，验证${many(unit)} ${validation}`,
  worthTitle: html`基础模型的权重值多少`,
  words,
  notes: ({ seeds, split, epochs, unit }) => [
    `训练很短（每次 ${epochs} 轮）：训练更久时，重新初始化的层会追上来，所以这里有帮助的，到那时可能帮助较小。`,
    `每次训练都用评判它的那 ${itemsZh.validationCount(split.validation, unit.slice(0, -1))}保留最好的一轮：准确率因此偏高，差别受的影响较小。`,
    ...(split.validation < fewToJudge
      ? [`验证集只有 ${itemsZh.count(split.validation, unit.slice(0, -1))}：只有很大的效应才能与偶然区分开。`]
      : []),
    ...(seeds.length < fewestSeeds
      ? [
          `只有 ${seeds.length} 个随机种子：再训练一次结果可能不同，因此不作结论；至少需要 ${fewestSeeds} 个。`,
        ]
      : []),
  ],
  groupWords,
  variant,
  sourceWords,
  findings: { helps: "有帮助", hurts: "有损害", "no difference": "无差别", undecided: "无定论" },
  notesLabel: "说明",
  notesTitle: "这些数字的局限",

  byGroup: "从输入起逐组",
  chartNote: (unit) =>
    `保留一组的权重与重新初始化相比，准确率提高多少个百分点；横线：对随机种子和验证${many(unit)}的 95 % 区间。上面的点：该组之后全部重新初始化；下面的点：该组之前全部重新初始化。绿色有帮助，红色有损害，灰色无法断定。`,
  chartAlt: "各组权重的价值及区间；表中有同样的数字",
  groupNumber: (n) => `第 ${n} 组`,

  table: "表格",
  tableLabel: "各组",
  group: "组",
  weights: "第一个和最后一个权重",
  numbers: "参数数",
  behind: "其后重新初始化",
  before: "其前重新初始化",
  all: "全部",
  worth: (low, high, p, finding) => `${low} 至 ${high}，${p}${p ? "，" : ""}${finding}`,
  p: pWords,
  alike: "答对的样本完全相同",

  trainings: "各次训练",
  trainingsLabel: "各次训练",
  beginsWith: "起始权重",
  accuracyOn: (unit) => `验证${many(unit)}上的准确率`,

  source: "源数据的类别",
  examples: (n, effective) =>
    `：${n} 个样本，加权后相当于 ${effective} 个。权重：在该类样本处，你的数据比源数据密集多少，平均为 1。`,
  class: "类别",
  exampleCount: "样本数",
  weight: "权重",
  toProbe: "对线性探测的价值",

  how: "做法",
  recipe: "训练方法",
  time: "用时",
  timeWords: (took, forecast) => `${took}；预测 ${forecast}`,
  base: "基础模型",
  folder: "文件夹",
};
