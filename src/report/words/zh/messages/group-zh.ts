/** 中文：以同一学习率训练的权重组，以及比较页面对各组的说明。 */
import type { groupEn } from "../../../../core/messages/group-en.js";
import { integer } from "../../../charts/numbers.js";

export const groupZh: typeof groupEn = {
  "group-head": "输出头",
  "group-solved-head": "输出头（直接求解）",
  "group-everything": "全部权重",
  "group-half": ({ half }) => `主干的${half === "first" ? "前" : "后"}一半`,
  "group-part": ({ part, parts }) => `主干第 ${part} 组，共 ${parts} 组`,
  "group-last-layers": ({ layers }) => `主干的最后 ${layers} 层`,
  "group-biases": "主干的偏置和平移",
  "group-norms": "主干归一化层的缩放和平移",
  "group-pairs": "主干，按样本对",
  "group-adapters": "适配器",
  "group-discriminator": "判别器",
  "group-hint-regressor": "提示的回归层",
  "group-task-uncertainty": "各任务的不确定性",
  "group-fresh": "重新初始化的层",
  "group-kept": "保留的层",
  "group-base": "基础模型",
  "group-word-head": "预测词的输出头",

  "group-parameters": ({ parameters }) => `${integer(parameters)} 个参数`,
  "group-peak-rate": ({ rate }) => `学习率最高 ${rate}`,
  "group-from-epoch": ({ epoch }) => `从第 ${epoch} 轮起`,
  "best-epoch-kept": ({ epochs, best }) => `${epochs} 轮；保留验证结果最好的一轮，这里是第 ${best} 轮`,
  "last-of-epochs-kept": ({ epochs }) => `${epochs} 轮；保留最后一轮`,
  "solved-exactly": "没有轮次：直接求解",
};
