/** 中文：预测的依据，以及训练改变了什么。 */
import { html, type Markup } from "../../html.js";
import type { insightsEn } from "../en/insights.js";
import { term } from "../terms.js";

export const insightsZh: typeof insightsEn = {
  looksPictures: html`预测取决于图片的哪些区域。${term("grad-cam", "zh")}（Selvaraju 等，2017）把预测类别的梯度追溯到最后一层特征图：越亮的区域越支持该类别。${term("occlusion", "zh")}用灰色小块盖住一处再重新打分：<span class="for">橙色</span>区域支持该类别，<span class="against">蓝色</span>区域反对它。两种方法可能不一致。`,
  looksTexts: html`每个词（每个汉字或日文字符）依次去掉一次，再对文本重新打分：<span class="for">橙色</span>的词支持预测的类别，<span class="against">蓝色</span>的词反对它，颜色越深作用越大。几个词合在一起的作用没有测量。`,
  worstOf: "错得最厉害的预测",
  leastSureOf: "置信度最低的预测，全部正确",
  bestOf: "置信度最高的正确预测",
  gradCam: "Grad-CAM",
  occlusion: "遮挡法",
  noPreview: "无预览",
  predicted: "预测",
  labelled: "标签",
  strongest: (what: string): string => `作用最大：${what}`,
  leftOut: {
    "grad-cam": (why: Markup): Markup => html`没有 Grad-CAM：${why}。`,
    occlusion: (why: Markup): Markup => html`有些预测没有解释：${why}。`,
    map: (why: Markup): Markup => html`没有测试样本的分布图：${why}。`,
    layers: (why: Markup): Markup => html`没有比较训练前后的特征：${why}。`,
  },
  mapIntro: (shown: string, width: string): Markup =>
    html`${shown}画成点：分类头之前的 ${width} 个特征，投影到二维。颜色是真实类别，圆环标出预测错误的样本。指向或轻触一个点，可以看到它是哪个样本。`,
  ofAll: (shown: string, all: string): string => `${all}中的 ${shown}`,
  pcaTitle: "PCA",
  pcaNote: (first: string, second: string): string => `方差最大的两个方向，分别占 ${first} 和 ${second}`,
  umapTitle: "UMAP",
  umapNote: (neighbours: number): string =>
    `近邻仍是近邻（各取 ${neighbours} 个）；各群的大小和群间距离没有意义`,
  mapAlt: (kind: string): string => `测试集特征的 ${kind} 图`,
  wrong: "预测错误",
  pointSays: (item: string, truth: string, predicted: string): string =>
    truth === predicted ? `${item}：${truth}` : `${item}：标签 ${truth}，预测 ${predicted}`,
  moreClasses: (n: number): string => `另有 ${n} 个类别`,
  layersStayed: "主干网络没有变化：只训练了分类头。",
  firstMoved: (share: string): string => `最前面的层的权重改变了 ${share}，`,
  firstStayed: "最前面的层没有变化，",
  lastMoved: (share: string): string => `最后面的层改变了 ${share}。`,
  mostMoved: (name: string, share: string): string => `变化最大的是 ${name}：${share}。`,
  sameFeatures: (cka: string): string => `特征与训练前大致相同（CKA ${cka}）。`,
  otherFeatures: (cka: string): string => `特征与基础模型的不同（CKA ${cka}）。`,
  layersNote:
    "从输入到特征依次排列。变化：一个块的权重的 ‖w − w₀‖ / ‖w₀‖，不含 BatchNormalization 的均值和方差。",
  ckaLong: (items: string): string =>
    `CKA（Kornblith 等，2019）：在${items}上，该块的输出在训练前后有多相似；1 表示除旋转和缩放外完全相同。`,
  blockNumber: "块",
  movedTitle: "权重的变化",
  movedNote: "按块从输入起，百分比",
  ckaTitle: "与基础模型的相似度（CKA）",
  ckaNote: "按块；1 表示输出与训练前相同",
  everyBlock: "每个块的数值表",
  block: "块（到此为止）",
  parameters: "权重数",
  moved: "变化",
  cka: "CKA",
};
