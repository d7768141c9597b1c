/** 中文：领域自适应页面的句子。 */
import { html } from "../../html.js";
import type { adaptEn } from "../en/adapt.js";
import { itemsZh } from "../items.js";

export const adaptZh: typeof adaptEn = {
  kind: "领域自适应",
  footer: "准确率的置信区间是 95 % 的 Wilson 区间，只针对一次训练的测试样本：换一个随机种子，结果可能不同。",

  noLabelsTitle: "目标领域的准确率未知",
  noLabels: (items) =>
    html`目标领域没有标签。使用这样的模型之前，先给目标领域的一些${items}加上标签，再对它们运行 <code>engraft eval</code>。`,
  onTarget: "目标领域准确率",
  over: (n, unit) => html`目标领域测试集中的 ${itemsZh.count(n, unit)}；其标签只在一切选定之后看过一次。`,
  accuracy: "准确率",
  byScore: "源领域验证和一个不需要标签的得分",
  byValidation: "源领域验证",
  oracle: "oracle：按目标标签所能做的最好选择",
  oracleBy: (epoch, tradeOff) => `第 ${epoch} 轮，权衡系数 ${tradeOff}；实际中得不到`,
  points: (gain) => `${gain} 个百分点`,
  gainNote: (range, items) =>
    html`。${
      range
        ? html`就这两个模型而言，换一批${items}的 95 % 置信区间为 ${range[0]} 至 ${range[1]}。`
        : range === null && html`这两个模型答对的${items}完全相同。`
    }两者都只训练了一次：换一个随机种子结果可能不同，所以还不能说明差别是方法带来的。`,

  apart: "两个领域的距离",
  distances: "距离",
  featuresOf: "特征来自",
  aDistance: "A 距离（95 %）",
  before: "source-only（自适应前）",
  after: (method) => `${method}（自适应后）`,
  tooFew: "样本太少",
  range: (value, low, high) => `${value}（${low} 至 ${high}）`,
  distanceNote: (items) =>
    html`A 距离：线性分类器完全分不开两个领域时为 0，总能分开时为 2。MMD²：同一分布时为 0；p 由随机划分得出。两者都在留出的${items}上计算。距离小并不能证明什么：类别可能已经互换。`,

  chosenTitle: "模型的选择",
  chosen: (epoch, tradeOff, by, score) =>
    html`第 ${String(epoch)} 轮${tradeOff === undefined ? "" : `，权衡系数 ${tradeOff}`}，依据${by}：${score}。没有用到目标领域的任何标签。`,
  everyState: "全部候选",
  states: "候选",
  markChosen: "选定：",
  markOracle: "oracle：",
  epoch: (n) => `第 ${n} 轮`,
  stateHead: ["候选", "权衡系数", "源领域验证", "信息量", "得分", "目标领域准确率（事后得知）"],

  parts: (train, validation, test) => `：训练 ${train}，验证 ${validation}，测试 ${test}`,
  source: "源领域",
  target: "目标领域",
  labelsOnce: "；标签只在最后用过一次",
  unlabelled: "；没有标签",
  method: "方法",
  recipe: "训练方法",
  weights: "样本权重",
  weightWords: (n, effective, largest) => `${n} 个源样本相当于 ${effective} 个；最大的权重是 ${largest}`,
  timeWords: (total, forecast, training, memory) =>
    `${total}（预测 ${forecast}），其中训练 ${training}；内存峰值 ${memory}`,
  seedWords: (seed) => `随机种子 ${seed}`,
};
