/** 中文：分层诊断的句子。 */
import {
  type DiagnosedGroup,
  type DiagnosedVariant,
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
import { itemsZh } from "../items.js";
import { machinesZh } from "./comparison.js";

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
  machines: ({ runs }) => machinesZh(runs),
};

export const diagnosisZh = {
  words: (result: DiagnosisResult): string =>
    result.sentences.map((sentence) => rows[sentence](result)).join(""),
  notes: (result: DiagnosisResult): readonly string[] =>
    result.note_codes.map((code) => noteRows[code](result)),
  groupWords,
  variant: (variant: DiagnosedVariant, of: number): string =>
    variantRows[variantSentence(variant, of)](variant.groups, of),
  sourceWords: (source: SourceDiagnosis): string =>
    source.sentences.map((sentence) => sourceRows[sentence](source)).join(""),
};
