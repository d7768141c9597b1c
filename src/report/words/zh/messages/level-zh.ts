/** 中文：模型的某个值为何是特征层级。 */
import type { levelEn } from "../../../../core/messages/level-en.js";

export const levelZh: typeof levelEn = {
  "level-predictions": ({ convolution, maps }) =>
    maps === 1 ? `预测卷积“${convolution}”读取它` : `“${convolution}”和这一步幅的其他预测卷积读取它们`,
  "level-way-out": ({ stride }) => `步幅 ${stride} 的特征图由它计算得出`,
  "level-widest": "它是最后一个阶段中通道最多的特征图",
  "level-tokens": "它是所有数据都经过的最后一个特征图",
  "level-decoder": "解码器的最后一个卷积读取它",
  "level-named": "由用户指定",
};
