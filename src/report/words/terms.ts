/** The terms that reports explain: name and meaning in each language. docs/guide/glossary.md has the same meanings. */
import { html, type Markup } from "../html.js";
import type { Lang } from "./langs.js";

type Entry = Readonly<Record<Lang, readonly [name: string, meaning: string]>>;

const table = {
  accuracy: {
    en: ["accuracy", "Share of samples whose predicted class is right."],
    zh: ["准确率", "预测类别正确的样本所占的比例。"],
  },
  "confidence-interval": {
    en: ["confidence interval", "Range that holds the true value in 95 of 100 cases."],
    zh: ["置信区间", "在 100 次中有 95 次包含真实值的范围。"],
  },
  baseline: {
    en: ["baseline", "A simpler method, to compare with."],
    zh: ["基线", "用来对照的较简单的方法。"],
  },
  "from-scratch": {
    en: ["from scratch", "The same network, trained from random weights."],
    zh: ["从头训练", "同一网络，从随机权重开始训练。"],
  },
  "linear-probe": {
    en: ["linear probe", "A linear head on the features of the frozen base; nothing else is trained."],
    zh: ["线性探针（probe）", "在冻结的基础模型的特征上训练线性分类头，其他都不训练。"],
  },
  "tf-idf": {
    en: ["TF-IDF", "Counts of words, weighted by how rare a word is; needs no network."],
    zh: ["TF-IDF", "按词的稀有程度加权的词频，不需要网络。"],
  },
  "confusion-matrix": {
    en: ["confusion matrix", "A table: true classes in rows, predicted classes in columns."],
    zh: ["混淆矩阵", "行为真实类别、列为预测类别的表格。"],
  },
  precision: {
    en: ["precision", "Share of the samples predicted as a class that belong to it."],
    zh: ["精确率", "被预测为某类的样本中，确实属于该类的比例。"],
  },
  recall: {
    en: ["recall", "Share of the samples of a class that are predicted as it."],
    zh: ["召回率", "某类的样本中，被预测为该类的比例。"],
  },
  f1: {
    en: ["F1", "Harmonic mean of precision and recall; 1 is best."],
    zh: ["F1", "精确率与召回率的调和平均；1 为最好。"],
  },
  "macro-f1": {
    en: ["macro F1", "Mean of F1 over the classes: each class counts the same."],
    zh: ["宏平均 F1", "各类别 F1 的平均，每个类别同样重要。"],
  },
  "micro-f1": {
    en: ["micro F1", "F1 over all decisions together: frequent labels count more."],
    zh: ["微平均 F1", "对全部判断合起来计算的 F1，常见的标签影响更大。"],
  },
  auroc: {
    en: [
      "AUROC",
      "Probability that a sample of the class gets a higher score than one of another class; 0.5 is guessing.",
    ],
    zh: ["AUROC", "该类样本的得分高于其他类样本的概率；0.5 相当于猜测。"],
  },
  "average-precision": {
    en: ["average precision (AP)", "Area under the curve of precision over recall; 1 is best."],
    zh: ["平均精确率（AP）", "精确率对召回率曲线下的面积；1 为最好。"],
  },
  threshold: {
    en: ["threshold", "Probability from which a label is predicted."],
    zh: ["阈值", "概率达到此值才给出该标签。"],
  },
  "log-loss": {
    en: [
      "log loss",
      "Cross-entropy: minus the mean log probability of the true class, in nats; lower is better, ln(number of classes) is guessing.",
    ],
    zh: ["对数损失", "交叉熵：真实类别概率的对数的平均，取负，单位 nat；越低越好，猜测时为 ln（类别数）。"],
  },
  calibration: {
    en: ["calibration", "Whether a stated probability is the share that is right."],
    zh: ["校准", "模型给出的概率是否等于实际答对的比例。"],
  },
  "calibration-error": {
    en: [
      "calibration error",
      "Expected calibration error (ECE): mean distance between confidence and accuracy; 0 is best.",
    ],
    zh: ["校准误差", "期望校准误差：置信度与准确率之差的平均；0 为最好。"],
  },
  temperature: {
    en: [
      "temperature",
      "The number that divides the logits to calibrate them; above 1 it lowers the confidence.",
    ],
    zh: ["温度", "为校准而除 logits 的数；大于 1 时降低置信度。"],
  },
  brier: {
    en: ["Brier score", "Mean squared difference between probabilities and truth; lower is better."],
    zh: ["Brier 分数", "概率与真实情况之差的平方的平均；越低越好。"],
  },
  "prediction-set": {
    en: ["prediction set", "Classes that hold the true one as often as promised."],
    zh: ["预测集", "按承诺的比例包含真实类别的一组类别。"],
  },
  abstention: {
    en: ["abstention", "No prediction if the confidence is below a threshold."],
    zh: ["弃答", "置信度低于阈值时不作预测。"],
  },
  energy: {
    en: ["energy", "−log Σ exp of the logits; high for unusual inputs."],
    zh: ["能量", "logits 的 −log Σ exp；输入不寻常时较高。"],
  },
  r2: {
    en: ["R²", "Share of the variance that is explained; 1 is best, 0 is always the mean."],
    zh: ["R²", "得到解释的方差的比例；1 为最好，0 相当于总是预测均值。"],
  },
  mae: {
    en: ["MAE", "Mean absolute error, in the unit of the target."],
    zh: ["MAE", "平均绝对误差，单位与目标相同。"],
  },
  rmse: {
    en: ["RMSE", "Root of the mean squared error, in the unit of the target; large errors count more."],
    zh: ["RMSE", "均方误差的平方根，单位与目标相同；大的误差影响更大。"],
  },
  "prediction-interval": {
    en: ["prediction interval", "Range around a prediction that holds the true value as often as promised."],
    zh: ["预测区间", "按承诺的比例包含真实值的、预测值周围的范围。"],
  },
  "learning-curves": {
    en: ["learning curves", "Loss and score of the training and the validation split after each epoch."],
    zh: ["学习曲线", "每一轮之后训练集和验证集的损失与得分。"],
  },
  epoch: {
    en: ["epoch", "One pass over the training split."],
    zh: ["轮次", "把训练集完整过一遍。"],
  },
  "learning-rate": {
    en: ["learning rate", "The size of a step of the training."],
    zh: ["学习率", "训练中每一步的大小。"],
  },
  base: {
    en: ["base", "The pretrained model that training starts from."],
    zh: ["基础模型", "训练所依据的预训练模型。"],
  },
  strategy: {
    en: ["strategy", "Which weights train, and how."],
    zh: ["策略", "训练哪些权重，以及怎样训练。"],
  },
  seed: {
    en: ["seed", "The number from which every random draw follows."],
    zh: ["随机种子", "决定一切随机抽取的数。"],
  },
  split: {
    en: ["split", "The parts of the data: to train, to validate (choose), and to test."],
    zh: ["划分", "数据分成的部分：训练、验证（用于选择）和测试。"],
  },
  margin: {
    en: ["margin", "A difference that small counts as none."],
    zh: ["容差", "小于它的差别视为没有差别。"],
  },
  "p-value": {
    en: ["p", "Probability of a difference at least this large if there were none."],
    zh: ["p 值", "如果其实没有差别，出现至少这么大差别的概率。"],
  },
  holm: {
    en: ["Holm's correction", "Makes p stricter when several differences are tested."],
    zh: ["Holm 校正", "同时检验多个差别时，使 p 值更严格。"],
  },
  "grad-cam": {
    en: ["Grad-CAM", "A map of the picture's regions that a prediction depends on."],
    zh: ["Grad-CAM", "标出预测所依据的图片区域的热力图。"],
  },
  occlusion: {
    en: ["occlusion", "Hides a patch of the picture and measures how the score changes."],
    zh: ["遮挡法", "盖住图片的一小块，看得分怎样变化。"],
  },
  pca: {
    en: ["PCA", "Principal component analysis: the directions of most variance."],
    zh: ["PCA", "主成分分析：方差最大的方向。"],
  },
  umap: {
    en: ["UMAP", "A map in two dimensions that keeps neighbours together."],
    zh: ["UMAP", "保持近邻关系的二维分布图。"],
  },
  cka: {
    en: ["CKA", "How similar two sets of features are, 0 to 1."],
    zh: ["CKA", "两组特征的相似程度，0 至 1。"],
  },
  shapley: {
    en: ["Shapley value", "What a feature adds to a prediction, on average over all orders of the features."],
    zh: ["Shapley 值", "一个特征对预测的贡献，在所有特征顺序上取平均。"],
  },
  "a-distance": {
    en: [
      "A-distance",
      "Distance of two datasets: 0 if a classifier cannot tell them apart, 2 if it always can.",
    ],
    zh: ["A 距离", "两个数据集的距离：分类器完全分不开时为 0，总能分开时为 2。"],
  },
  mmd: {
    en: ["MMD", "Maximum mean discrepancy, a distance of two sets of features; 0 for one distribution."],
    zh: ["MMD", "最大均值差异，两组特征的距离；同一分布时为 0。"],
  },
} as const satisfies Record<string, Entry>;

/** A term that reports explain. */
export type Term = keyof typeof table;

const terms: Readonly<Record<Term, Entry>> = table;
const names = Object.keys(table) as readonly Term[];

const anchor = (term: Term): string => `term-${term}`;

/**
 * Returns a term with its meaning as a tooltip. It links to the glossary of the page.
 * @param text default: the term's name
 */
export function term(id: Term, lang: Lang, text: string | Markup = terms[id][lang][0]): Markup {
  return html`<a class="term" href="#${anchor(id)}" title="${terms[id][lang][1]}">${text}</a>`;
}

/** Returns the glossary of a page: the terms that `page` links to, by name; undefined without terms. */
export function glossary(page: string, lang: Lang): Markup | undefined {
  const used = names.filter((id) => page.includes(`href="#${anchor(id)}"`));
  if (used.length === 0) return undefined;
  const rows = used.map((id) => ({ id, name: terms[id][lang][0], meaning: terms[id][lang][1] }));
  rows.sort((a, b) => a.name.localeCompare(b.name, lang));
  return html`<dl class="facts">${rows.map(({ id, name, meaning }) => html`<dt id="${anchor(id)}">${name}</dt><dd>${meaning}</dd>`)}</dl>`;
}
