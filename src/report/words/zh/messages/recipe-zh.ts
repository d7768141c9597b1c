/** 中文：训练的做法。 */
import {
  type LinearModel,
  type recipeEn,
  shownGain,
  signedGain,
} from "../../../../core/messages/recipe-en.js";
import type { ScheduleName } from "../../../../optim/names.js";
import { integer } from "../../../charts/numbers.js";

const inputsZh = ({ inputs, features, terms = 0, side }: LinearModel): string =>
  ({
    features: "冻结的特征",
    "word features": "词的冻结特征",
    columns: "标准化的数值列和独热编码的类别列",
    pixels: `缩小到 ${side} × ${side} 的像素`,
    "log-mel statistics": `对数梅尔帧的 ${features} 个统计量`,
    "tf-idf": `${integer(terms)} 个词和词对的 TF-IDF`,
    "tf-idf with characters": `${integer(terms)} 个词、词对和 2 到 5 个字符的序列的 TF-IDF`,
    "features and tf-idf": `${features} 个冻结的特征，以及 ${integer(terms)} 个词和词对的 TF-IDF`,
    "features and token n-grams": `${features} 个冻结的特征，以及 ${integer(terms)} 个一元、二元词元组合的 TF-IDF`,
    "token n-grams and characters": `${integer(terms)} 个一元、二元词元组合和 2 到 5 个字符的序列的 TF-IDF`,
  })[inputs];

const schedules: Readonly<Record<ScheduleName, string>> = {
  constant: "固定学习率",
  cosine: "余弦退火学习率",
  "cosine-restarts": "带重启的余弦退火学习率",
  linear: "线性衰减学习率",
  "one-cycle": "单周期学习率",
  polynomial: "多项式衰减学习率",
  "slanted-triangular": "斜三角学习率",
  step: "阶梯衰减学习率",
  "warmup-stable-decay": "预热—稳定—衰减学习率",
};

export const recipeZh: typeof recipeEn = {
  "input-gain": (values) => {
    const { inputs, best, metric, gain, low, high } = values;
    const signed = (value: number): string => signedGain(value, metric);
    const range = low === undefined ? "没有区间" : `${signed(low)} 至 ${signed(high!)}`;
    const unit = metric === "r2" ? "（R²）" : " 个百分点";
    const shown = shownGain(values);
    const added = `在 ${best} 之外加入 ${inputs.join("、")}`;
    return shown === "chance"
      ? `${added}，区间内看不出增益：${signed(gain)}${unit}（${range}）`
      : `${added}：${signed(gain)}${unit}（${range}）${shown === "loss" ? "，宜将其去掉" : ""}`;
  },
  "always-the-same": "对每个样本给出同样的预测",
  "always-mean": "总是回答训练集的均值",
  "mapped-features": ({ map, self_trained }) =>
    `${{ none: "源领域特征不变", moments: "源领域特征取目标领域的均值和标准差", transport: "源领域特征经线性最优传输", adabn: "每个领域各自的 BatchNormalization 统计量" }[map]}${self_trained ? "，并在目标领域上自训练" : ""}`,
  "with-source-rows": ({ source, rows }) => `另有“${source}”的 ${integer(rows)} 行，并加一列区分两张表`,
  "fitted-on-source": ({ residual }) =>
    residual ? "源表的模型，加上在目标表上对其残差的岭回归" : "在目标表上对源表模型的对数几率做逻辑回归",
  "last-value": "已知的最近时刻的目标均值",
  "last-season": ({ season }) => `${season} 个时刻之前的目标均值，未知时再往前推一个周期`,
  "always-majority": "总是回答训练集中最常见的类别",
  "always-frequent-labels": ({ labels }) => `总是回答训练集中最常见的 ${labels} 个标签`,
  "tag-lookup": "每个词取其在训练集中最常见的标签",
  "guess-frequent-token": "总是回答训练集中最常见的词元，概率为其频率",
  "base-as-it-came": "原样的基础模型",
  "frame-head": "每一帧上新的线性输出头，从零开始",
  "context-head": "新的输出头：相邻帧上的卷积（随机初始化）和从零开始的线性层",
  "reused-frame-head": ({ known, characters }) =>
    `沿用基础模型在每一帧上的线性输出头：${characters} 个字符中已知 ${known} 个`,
  "constant-boxes": ({ boxes }) => `每张图像都给出同样的 ${boxes} 个框`,

  "colour-regression": "对每个像素的颜色、邻域和位置做逻辑回归",
  "otsu-threshold": "每张图像的 Otsu 灰度阈值",
  "head-on-mask-cells": ({ others, passes }) =>
    `在单个格子的特征上的小网络：每张图像至多 ${others} 个格子，稀有类别更多，共 ${passes} 遍`,
  "head-on-cells": ({ others, passes }) =>
    `在单个位置的特征上训练的小网络：全部有目标的位置，每个层级每张图像另取 ${others} 个位置，共 ${passes} 遍`,

  "linear-model": (values) =>
    `${values.model === "ridge" ? "岭回归" : "逻辑回归"}：${inputsZh(values)}${values.each_label ? "，每个标签一个模型" : ""}`,
  "from-feature-sums": ({ model, samples }) =>
    `${model === "ridge" ? "岭回归" : "线性判别分析"}：用 ${integer(samples)} 个样本的特征之和求解`,
  "some-sentences": ({ some, all }) => `${all} 个句子中的 ${some} 个`,
  "inverse-regularisation": ({ strength }) => `正则强度的倒数 ${strength}`,
  "boosted-trees": ({ rounds }) => `数值列和类别列上的梯度提升，${rounds} 轮`,
  "chosen-by-folds": ({ folds }) => `由 ${folds} 折交叉验证选出`,
  refitted: "再用训练集和验证集的样本一起拟合",
  "ridge-alpha": ({ alpha }) => `正则系数 ${alpha}`,
  "old-rows-of-all-classes": ({ classes }) => `沿用原模型输出头中全部 ${classes} 个类别的权重`,

  "frozen-head": "原模型的输出头，冻结",
  "head-from-probe": "输出头从线性探测的解开始",
  "head-with-hidden-layer": ({ units }) =>
    `新的输出头，含 ${integer(units)} 个单元的隐藏层（ReLU），从随机权重开始`,
  "random-weights": "随机权重",

  "head-alone": "只训练输出头",
  "all-weights": "以同一学习率训练全部权重",
  "all-weights-early-slower": ({ factor }) => `训练全部权重，靠前的层用 1/${factor} 的学习率`,
  "some-weights-early-slower": ({ some, all, factor }) =>
    `训练主干 ${all} 个权重中的 ${some} 个，${factor === 1 ? "用同一学习率" : `靠前的层用 1/${factor} 的学习率`}`,
  "layer-groups-slower": ({ groups, factor }) =>
    `训练全部权重，分为 ${groups} 组层，每组的学习率是后一组的 1/${factor}`,
  "gradual-unfreezing": ({ groups }) => `${groups} 组层，从输出端起逐组解冻`,
  "last-layers": ({ last, layers, from }) => `${layers} 层中的最后 ${last} 层（从“${from}”起）`,
  "biases-only": ({ weights }) => `只训练主干的 ${weights} 个偏置和平移，其余权重冻结`,
  "norms-only": ({ weights }) => `只训练归一化层的 ${weights} 个缩放和平移，主干的其余权重冻结`,
  "l2-sp": ({ alpha, beta }) => `训练全部权重，惩罚其偏离初始值的距离（α ${alpha}，输出头 β ${beta}）`,
  delta: ({ maps, alpha, beta }) =>
    `训练全部权重，使 ${maps} 个特征图接近基础模型的特征图（α ${alpha}，输出头 β ${beta}）`,
  "co-tuning": ({ classes, lambda }) =>
    `训练全部权重，同时学习基础模型原有的 ${classes} 个类别（λ ${lambda}）`,
  lwf: ({ lambda, temperature }) =>
    `训练全部权重，惩罚基础模型原分类器预测的改变（λ ${lambda}，T ${temperature}）`,
  bss: ({ singular, eta }) => `训练全部权重，惩罚每批特征最小的 ${singular} 个奇异值（η ${eta}）`,
  lora: ({ rank, places, all, scale }) =>
    `LoRA，秩 ${rank}，用于 ${all} 个权重中的 ${places} 个（缩放 ${scale}），基础模型冻结`,
  dora: ({ rank, places, all, scale }) =>
    `DoRA，秩 ${rank}，用于 ${all} 个权重中的 ${places} 个（缩放 ${scale}），基础模型冻结`,
  bottlenecks: ({ width, places }) => `在 ${places} 处之后加入宽度 ${width} 的瓶颈适配器，基础模型冻结`,
  ia3: ({ outputs, inputs }) =>
    `(IA)³：${outputs} 个权重的输出和 ${inputs} 个权重的输入各乘一个系数，基础模型冻结`,
  setfit: ({ pairs, epochs, per_step }) =>
    `SetFit：主干从样本对学习，每个样本每轮 ${pairs} 对，其中一半属于同一类，共 ${epochs} 轮，每步 ${per_step} 对，然后用逻辑回归求解输出头`,

  optimizer: ({ name }) => `优化器 ${name}`,
  "learning-rate": ({ rate }) => `学习率 ${rate}`,
  schedule: ({ name }) => schedules[name as ScheduleName] ?? name,
  "until-no-improvement": ({ steps, batch }) =>
    `固定学习率，直到验证结果不再提高，最多 ${steps} 步，批大小 ${batch}`,
  "epochs-of-batches": ({ epochs, batch }) => `${epochs} 轮，批大小 ${batch}`,
  "batch-norm": ({ mode }) =>
    ({
      frozen: "冻结 BatchNorm",
      train: "BatchNorm 使用批统计量",
      adapt: "BatchNorm 先适应训练图片，然后冻结",
    })[mode],
  "label-smoothing": ({ value }) => `标签平滑 ${value}`,
  "class-weights": ({ weights }) => `类别权重 ${weights}`,
  "focal-loss": ({ gamma }) => `焦点损失 γ ${gamma}`,
  "weight-ema": ({ decay }) => `权重的指数移动平均，衰减 ${decay}`,
  "early-stopping": ({ patience }) => `连续 ${patience} 轮没有改进后提前停止`,
  "last-epoch-kept": "保留最后一轮",
  mixup: ({ alpha }) => `mixup α ${alpha}`,
  cutmix: ({ alpha }) => `cutmix α ${alpha}`,
  mosaic: ({ share }) => `四图马赛克，占样本的比例 ${share}`,
  "gradient-accumulation": ({ batches }) => `梯度累积 ${batches} 批`,
  "sharpness-aware": ({ rho }) => `锐度感知最小化（SAM），ρ ${rho}`,
  "weight-average": ({ from }) => `从训练进度 ${from} 起对各轮的权重取平均`,
  "greedy-soup": ({ size }) => `最好的 ${size} 轮的贪心权重平均（greedy soup）`,
  "balanced-sampling": "按类别均衡采样",
  "fresh-and-kept-rates": ({ fresh, kept }) =>
    `重新初始化的层和输出头的学习率最高 ${fresh}，保留的层 ${kept}`,

  "teacher-soft": ({ alpha, temperature }) => `教师模型的软标签（α ${alpha}，T ${temperature}）`,
  "teacher-hints": ({ from, beta }) =>
    `教师模型${from === "middle" ? "中间特征图" : "特征"}的提示（β ${beta}）`,
  "teacher-attention": ({ stages, beta, power }) =>
    `教师模型在 ${stages} 个阶段末尾的注意力图（β ${beta}，p ${power}）`,
  "teacher-answers-cached": ({ pictures, unit }) =>
    `教师模型对全部 ${unit ? `${pictures} 个训练样本` : `${pictures} 张训练图片`}的预测已在缓存中`,
  "teacher-answers-before": ({ some, pictures, unit }) =>
    unit
      ? `训练开始前，教师模型对 ${pictures} 个训练样本中的 ${some} 个预测了一次`
      : `训练开始前，教师模型对 ${pictures} 张训练图片中的 ${some} 张预测了一次`,
  "teacher-answers-augmented": ({ augmentation }) =>
    `训练过程中，教师模型对学生所见的每张训练图片进行预测（数据增强 ${augmentation}）`,
  "teacher-relations": ({ distance, angle }) =>
    `教师模型特征在一批之内的关系（距离 ${distance}，角度 ${angle}）`,
};
