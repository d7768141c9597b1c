/** 中文：模型内部的观察。 */
import { html, type Markup } from "../../html.js";
import type { insightsEn } from "../en/insights.js";

export const insightsZh: typeof insightsEn = {
  looksTitle: "模型看哪里",
  looksPictures: html`图片的哪些部分决定了回答，分别取错得最厉害的和最有把握答对的样本。<strong>Grad-CAM</strong>（Selvaraju 等，2017）把回答得分的梯度追溯到最后一层特征图：越亮的位置越支持该回答。<strong>遮挡法</strong>用灰色小块盖住一处再重新打分：<span class="for">橙色</span>处支持该回答，<span class="against">蓝色</span>处反对它。两种方法可能不一致，也都不代表人会看的地方。`,
  looksTexts: html`每个词（每个汉字或日文字符）依次去掉一次，再对文本重新打分：<span class="for">橙色</span>的词支持该回答，<span class="against">蓝色</span>的词反对它，颜色越深作用越大。几个词合在一起才有的意思，这种方法看不到。`,
  worstOf: "错得最厉害的回答",
  leastSureOf: "最没有把握的回答，全部答对",
  bestOf: "最有把握的正确回答",
  gradCam: "Grad-CAM",
  occlusion: "遮挡法",
  noPreview: "无预览",
  said: "回答",
  is: "实为",
  strongest: (what: string): string => `作用最大：${what}`,
  leftOut: {
    "grad-cam": (why: Markup): Markup => html`没有 Grad-CAM：${why}。`,
    occlusion: (why: Markup): Markup => html`有些回答没有解释：${why}。`,
    map: (why: Markup): Markup => html`没有测试集的分布图：${why}。`,
    layers: (why: Markup): Markup => html`没有比较训练前后的特征：${why}。`,
  },
  mapTitle: "模型眼中的测试集",
  mapIntro: (shown: string, width: string): Markup =>
    html`${shown}画成点：训练后的模型据以回答的 ${width} 个特征，投影到二维。颜色是真实类别，圆环标出答错的样本。指向或轻触一个点，可以看到它是哪个样本。`,
  ofAll: (shown: string, all: string): string => `${all}中的 ${shown}`,
  pcaTitle: "PCA",
  pcaNote: (first: string, second: string): string =>
    `方差最大的两个方向，分别占 ${first} 和 ${second}；图上画出的距离是真实的`,
  umapTitle: "UMAP",
  umapNote: (neighbours: number): string =>
    `近邻仍是近邻（各取 ${neighbours} 个）；各群的大小和群间距离没有意义`,
  mapAlt: (kind: string): string => `测试集特征的 ${kind} 图`,
  wrong: "答错",
  pointSays: (item: string, truth: string, predicted: string): string =>
    truth === predicted ? `${item}：${truth}` : `${item}：实为 ${truth}，回答 ${predicted}`,
  moreClasses: (n: number): string => `另有 ${n} 个类别`,
  layersTitle: "训练改动了什么",
  layersStayed: "主体保持原样：只学习了分类头。",
  firstMoved: (share: string): string => `最前面的层改动了其权重大小的 ${share}，`,
  firstStayed: "最前面的层保持原样，",
  lastMoved: (share: string): string => `最后面的层改动了 ${share}。`,
  mostMoved: (name: string, share: string): string => `改动最大的是 ${name}，为 ${share}。`,
  sameFeatures: (cka: string): string => `对分类头来说，主体的输出与训练前大致相同（CKA ${cka}）。`,
  otherFeatures: (cka: string): string =>
    `主体的输出已经变成另一种样子（CKA ${cka}）：分类头依据的特征不再是基础模型的特征。`,
  layersNote:
    "从输入到特征依次排列。改动：一个块权重变化的长度除以训练前权重的长度，不含 BatchNormalization 的均值和方差。",
  ckaLong: (items: string): string =>
    `CKA（Kornblith 等，2019）：在${items}上，该块的输出在训练前后有多相似；1 表示除旋转和缩放外完全相同。`,
  blockNumber: "块",
  movedTitle: "改动",
  movedNote: "按块从输入起，占其权重的百分比",
  ckaTitle: "与基础模型的相似度（CKA）",
  ckaNote: "按块；1 表示输出与训练前相同",
  everyBlock: "每个块的数值表",
  block: "块（到此为止）",
  parameters: "权重数",
  moved: "改动",
  cka: "CKA",
};
