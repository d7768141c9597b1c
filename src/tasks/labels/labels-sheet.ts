// The results of a run on several labels: scores, facts and tables for the screen, the page and the card.
import type { LabelScores, LabelsResultEvent } from "../../core/events/events.js";
import { type BaseModality, modalityOf } from "../../core/modalities.js";
import { classificationOf } from "../../core/results/task.js";
import {
  pipelineSnippet,
  scriptBegin,
  soundLogitsSnippet,
  soundTensors,
  twoEncoderTensors,
  withoutPipeline,
} from "../../report/cards/transformers-js.js";
import { count, integer } from "../../report/charts/numbers.js";
import { cardLines, madeFacts } from "../../report/sheet/made-facts.js";
import {
  type Fact,
  intervalOf,
  names,
  type Sheet,
  say,
  type Text,
  tableOf,
  termed,
  type Usage,
} from "../../report/sheet/sheet.js";
import { itemsEn, itemsZh } from "../../report/words/items.js";

type About = Pick<LabelsResultEvent, "unit">;
type LabelsResult = Pick<
  LabelsResultEvent,
  "test" | "unit" | "classes" | "thresholds" | "task" | "base" | "hidden"
>;

const one = ({ unit }: About): string => unit.slice(0, -1);
const averagePrecision = termed("average-precision", "average precision", "平均精确率");

export const labelsSheet: Sheet<LabelScores, About, LabelsResult> = {
  kind: () => ({ en: "multi-label classification", zh: "多标签分类" }),
  sample: one,
  intervals: { en: "those of shares are Wilson's", zh: "比例用 Wilson 区间" },
  figures: (test) => [
    {
      name: { en: "micro F1", zh: "微平均 F1" },
      title: termed("micro-f1", "Micro F1", "微平均 F1"),
      as: "share",
      value: test.micro_f1,
      ci95: intervalOf(test, test.micro_f1_ci95),
    },
    {
      name: termed("macro-f1", "macro F1", "宏平均 F1"),
      as: "share",
      value: test.macro_f1,
      ci95: intervalOf(test, test.macro_f1_ci95 ?? null),
    },
    {
      name: { en: "all labels right", zh: "标签全部正确" },
      as: "share",
      value: test.subset_accuracy,
      ci95: intervalOf(test, test.subset_accuracy_ci95),
    },
    {
      name: { en: "wrong decisions (Hamming loss)", zh: "错误判断（汉明损失）" },
      as: "share",
      value: test.hamming_loss,
      ci95: intervalOf(test, test.hamming_loss_ci95),
    },
    { name: { en: "micro precision", zh: "微平均精确率" }, as: "share", value: test.micro_precision },
    { name: { en: "micro recall", zh: "微平均召回率" }, as: "share", value: test.micro_recall },
    {
      name: { en: "mean average precision", zh: "平均精确率均值（mAP）" },
      as: "decimal",
      value: test.mean_average_precision,
    },
    { name: { en: "mean AUROC", zh: "平均 AUROC" }, as: "decimal", value: test.macro_auroc },
  ],
  scores: (test, about) => ({
    n: test.n,
    notes: [allRight(test, one(about))],
    facts: [withoutLabels(test, one(about))],
    tables: [worstTable(test), labelsTable(test)],
  }),
  run: (result) => ({
    facts: [
      { label: { en: "Labels", zh: "标签" }, value: names(result.classes) },
      { label: { en: "Thresholds", zh: "阈值" }, value: thresholdWords(result) },
      ...madeFacts(result),
    ],
    made: cardLines(result),
    drawings: [],
    usage: usageOf(result),
  }),
};

function allRight({ n, subset_accuracy: share }: LabelScores, sample: string): Text {
  const right = Math.round(share * n);
  return {
    en: `All labels are right for ${integer(right)} of ${itemsEn.testCount(n, sample)}.`,
    zh: `${itemsZh.testCount(n, sample)}中有 ${integer(right)} 个的标签全部正确。`,
  };
}

function withoutLabels({ without_labels: { n, predicted } }: LabelScores, sample: string): Fact {
  return {
    label: { en: "No label", zh: "无标签" },
    value: {
      en: `${count(n, sample)} of the test split ${n === 1 ? "has" : "have"} no label; the model predicts none for ${integer(predicted)}`,
      zh: `测试集中有 ${itemsZh.count(n, sample)}没有标签，模型对 ${integer(predicted)} 个没有预测任何标签`,
    },
  };
}

const thresholdWords = ({ thresholds: { rule, values } }: LabelsResult) =>
  rule === "validation"
    ? {
        en: "for each label the one with the highest F1 on the validation split",
        zh: "每个标签取验证集上 F1 最高的阈值",
      }
    : { en: `${values[0]} for each label`, zh: `每个标签都是 ${values[0]}` };

const labelsTable = ({ per_label: labels }: LabelScores) =>
  tableOf(labels, {
    section: "scores",
    title: { en: "Scores by label", zh: "各标签的得分" },
    note: {
      en: "Weakest first. A label is predicted from its threshold on. Average precision and AUROC depend on the probabilities alone.",
      zh: "最弱的在前。概率达到阈值才预测该标签；平均精确率和 AUROC 只看概率。",
    },
    weakest: 6,
    columns: [
      { name: { en: "label", zh: "标签" }, as: "name", of: (t) => t.label },
      { name: { en: "true", zh: "真实" }, short: "n", as: "count", of: (t) => t.n },
      { name: { en: "predicted", zh: "预测" }, as: "count", of: (t) => t.predicted },
      { name: { en: "correct", zh: "正确" }, short: "right", as: "count", of: (t) => t.correct },
      { name: termed("precision", "precision", "精确率"), as: "decimal", of: (t) => t.precision },
      { name: termed("recall", "recall", "召回率"), as: "decimal", of: (t) => t.recall },
      { name: termed("f1", "F1", "F1"), as: "decimal", of: (t) => t.f1 },
      { name: averagePrecision, short: "AP", as: "decimal", of: (t) => t.average_precision },
      { name: termed("auroc", "AUROC", "AUROC"), as: "decimal", of: (t) => t.auroc },
      {
        name: termed("threshold", "threshold", "阈值"),
        short: "from",
        as: "decimal",
        of: (t) => t.threshold,
      },
    ],
  });

const worstTable = ({ worst }: LabelScores) =>
  tableOf(worst, {
    section: "worst",
    empty: { en: "Every label is right.", zh: "所有标签都正确。" },
    sample: (t) => t.item,
    columns: [
      { name: { en: "wrong decisions", zh: "错误判断" }, as: "count", of: (t) => t.mistakes },
      { name: { en: "missed", zh: "漏报的" }, as: "names", of: (t) => t.missed },
      { name: { en: "wrongly predicted", zh: "误报的" }, as: "names", of: (t) => t.wrong },
    ],
  });

/** What a card says of the inputs of a model. */
const inputs: Readonly<
  Record<BaseModality, Pick<Usage, "script" | "example" | "note"> & { tensors: string }>
> = {
  text: {
    tensors: "`input_ids`, `attention_mask` int64[batch, length]",
    example: '"a text"',
    script: pipelineSnippet(
      classificationOf.text,
      "classify",
      'console.log(await classify("a text", { top_k: null })); // every label with its probability',
    ),
  },
  image: {
    tensors: "`pixel_values` float32[batch, 3, H, W]",
    example: "picture.jpg",
    script: `${scriptBegin("AutoModel, AutoProcessor, RawImage")}
const options = { local_files_only: true };
const [model, processor] = [await AutoModel.from_pretrained(folder, options), await AutoProcessor.from_pretrained(folder, options)];
const { logits } = await model(await processor(await RawImage.read("picture.jpg")));
console.log(logits.sigmoid().tolist()); // a probability for each label; the pipeline would take a softmax`,
  },
  audio: {
    tensors: soundTensors,
    example: "sound.wav",
    script: soundLogitsSnippet("console.log(logits.sigmoid().tolist()); // a probability for each label"),
    note: withoutPipeline,
  },
};

function usageOf({ unit, classes, base }: LabelsResult): Usage {
  const modality = modalityOf(unit);
  const { tensors, ...usage } =
    base.encoders === undefined
      ? inputs[modality]
      : { ...inputs[modality], tensors: twoEncoderTensors, script: undefined };
  return {
    ...usage,
    does: say`Says which of ${names(classes)} a ${one({ unit })} has: none, one or several. \`onnx/model.onnx\` uses standard ONNX operators:
${[{ own: tensors }]} in, \`logits\` float32[batch, ${String(classes.length)}] out, raw scores; the sigmoid of each is the label's probability.`,
    hub: { task: classificationOf[modality], metrics: ["f1"], tags: ["multi-label-classification"] },
  };
}
