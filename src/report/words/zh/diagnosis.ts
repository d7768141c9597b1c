/** 中文：分层诊断的报告。 */
import {
  type DiagnosedGroup,
  type DiagnosisNote,
  type DiagnosisResult,
  type DiagnosisSentence,
  farClasses,
  type GroupSentence,
  groupsThatHelp,
  groupsThatHurt,
  harmfulClasses,
  type SourceDiagnosis,
  type SourceSentence,
  type VariantSentence,
  variantSentence,
  type WorthOfLayers,
  type WorthSentence,
  worthSentence,
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
const range = ({ ci95 }: WorthOfLayers): string => `95 % 区间 ${gain(ci95![0])} 至 ${gain(ci95![1])}`;

const worthRows: Readonly<Record<WorthSentence, (worth: WorthOfLayers) => string>> = {
  "few groups": () => "组太少，无法给出区间",
  identical: () => "答对的样本完全相同",
  range,
  "not shown": (worth) => `${range(worth)}，未能证实`,
  shown: (worth) => `${range(worth)}，${pWords(worth.p_adjusted)}`,
};
const worth = (one: WorthOfLayers): string =>
  `${gain(one.gain)} 个百分点（${worthRows[worthSentence(one)](one)}）`;

/** “准确率相差 +3.1 个百分点（…）” */
const ofAll = ({ all }: DiagnosisResult): string => `与重新初始化相比，准确率相差 ${worth(all)}`;
const groupList = (groups: readonly number[]): string => `第 ${groups.join("、")} 组`;

const rows: Readonly<Record<DiagnosisSentence, (result: DiagnosisResult) => string>> = {
  "few samples": ({ split }) => `只有 ${split.validation} 个验证样本，几乎什么都说明不了。`,
  "all help": (result) => `基础模型的全部权重合起来有帮助：${ofAll(result)}。`,
  "all hurt": (result) => `基础模型的全部权重合起来造成损害：${ofAll(result)}。`,
  "all make no difference": (result) => `基础模型的全部权重合起来没有带来值得注意的差别：${ofAll(result)}。`,
  "all undecided": (result) => `基础模型的全部权重合起来是否有帮助，尚无定论：${ofAll(result)}。`,
  "groups that help": ({ groups }) => `有帮助的层：${groupList(groupsThatHelp(groups))}。`,
  "groups that hurt": ({ groups }) => `造成损害的层：${groupList(groupsThatHurt(groups))}。`,
  "no single group": () => "没有哪一组能单独与偶然区分开。",
};

const groupRows: Readonly<Record<GroupSentence, (beside: number | undefined) => string>> = {
  helps: () => "有帮助",
  hurts: () => "造成损害",
  "helps and hurts": () => "一侧有帮助，另一侧造成损害",
  "helps, hurts beside": (beside) => `有帮助，只在与损害更大的第 ${beside} 组一起保留时造成损害`,
  "hurts beside": (beside) => `只在与损害更大的第 ${beside} 组一起保留时造成损害`,
  "no difference": () => "没有差别",
  undecided: () => "尚无定论",
};

function groupWords(
  { group, from_output: output, from_input: input, sentence }: DiagnosedGroup,
  of: number,
): string {
  const place = group === 1 ? "（紧靠输入）" : group === of ? "（紧靠输出头）" : "";
  return `第 ${group} 组，共 ${of} 组${place}：${groupRows[sentence](output.beside ?? input.beside)}。保留其权重与重新初始化相比：其后各层重新初始化时相差 ${worth(output)}，其前各层重新初始化时相差 ${worth(input)}。`;
}

const variantRows: Readonly<Record<VariantSentence, (groups: number, of: number) => string>> = {
  "all kept": () => "全部保留",
  "all fresh": () => "全部重新初始化",
  "last fresh": (groups, of) => `最后 ${groups} 组（共 ${of} 组）重新初始化`,
  "first fresh": (groups, of) => `最前 ${groups} 组（共 ${of} 组）重新初始化`,
};

const listed = (all: readonly string[]): string =>
  all.length > 8 ? `${all.slice(0, 8).join("，")} 等 ${all.length} 类` : all.join("，");

const sourceRows: Readonly<Record<SourceSentence, (source: SourceDiagnosis) => string>> = {
  weighted: ({ n, effective }) =>
    `按与你的数据的接近程度加权，源数据的 ${integer(n)} 个样本相当于 ${integer(effective)} 个。`,
  "classes that hurt": ({ classes }) => `${listed(harmfulClasses(classes))} 的样本造成损害：不要使用它们。`,
  "none hurts": () => "没有哪一类的样本被证明造成损害。",
  "no shared class": () => "源数据中没有你的类别，因此无法检验其样本是否造成损害，只能说明有多接近。",
  "far classes": ({ classes }) => `与你的数据相距很远：${listed(farClasses(classes))}。`,
};

const noteRows: Readonly<Record<DiagnosisNote, (result: DiagnosisResult) => string>> = {
  brief: ({ epochs }) =>
    `训练很短（每次 ${epochs} 轮）：训练更久时，重新初始化的层会追上来，所以这里有帮助的，到那时可能帮助较小。`,
  "judged by the same": ({ split, unit }) =>
    `每次训练都用评判它的那 ${itemsZh.validationCount(split.validation, unit.slice(0, -1))}保留最好的一轮：准确率因此偏高，差别受的影响较小。`,
  "few to judge by": ({ split, unit }) =>
    `验证集只有 ${itemsZh.count(split.validation, unit.slice(0, -1))}：只有很大的效应才能与偶然区分开。`,
  "few seeds": ({ seeds }) =>
    `只有 ${seeds.length} 个随机种子：再训练一次结果可能不同，因此不作结论；至少需要 ${fewestSeeds} 个。`,
};

export const diagnosisZh: typeof diagnosisEn = {
  kind: "分层诊断",
  footer:
    "每次训练的划分、做法和输出头都相同，只有哪些组重新初始化不同。差别按随机种子和验证样本配对，p 值按本页的全部比较做了 Holm 校正。没有看过测试集。",
  groups: (n) => `${n}\u00a0组层`,
  seeds: (n) => `${n}\u00a0个随机种子`,
  parts: (train, validation, unit) => `训练${many(unit)} ${train}，验证${many(unit)} ${validation}`,
  worthTitle: html`基础模型的权重值多少`,
  words: (result) => result.sentences.map((sentence) => rows[sentence](result)).join(""),
  notes: (result) => result.note_codes.map((code) => noteRows[code](result)),
  groupWords,
  variant: (variant, of) => variantRows[variantSentence(variant, of)](variant.groups, of),
  sourceWords: (source) => source.sentences.map((sentence) => sourceRows[sentence](source)).join(""),
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
