/** 中文：预测数值或表格行类别的报告。 */

import type { Task } from "../../../core/results/task.js";
import { integer } from "../../charts/numbers.js";
import type { taskEn } from "../en/task.js";

const names: Readonly<Record<Task, string>> = {
  "audio-classification": "声音分类",
  "audio-regression": "声音回归",
  "automatic-speech-recognition": "语音识别",
  "image-classification": "图像分类",
  "image-regression": "图像回归",
  "image-segmentation": "图像分割",
  "multi-label-classification": "多标签分类",
  "multimodal-classification": "多模态分类",
  "multimodal-regression": "多模态回归",
  "object-detection": "目标检测",
  "tabular-classification": "表格分类",
  "tabular-regression": "表格回归",
  "text-classification": "文本分类",
  "token-classification": "命名实体识别",
};

/** 任务的中文名称；没有名称的任务保留原名。 */
export const taskNameZh = (task: string): string => names[task as Task] ?? task;

export const taskZh: typeof taskEn = {
  takenWords: (matched, adapted, numbers, skipped) =>
    `：${integer(matched)} 个权重原样继承，${integer(adapted)} 个部分按名称对应，共 ${numbers} 个参数；${skipped} 个没有继承。`,
  head: "输出头",
  everyPart: "每个部分",
  moved: "已继承",
  left: "未继承",
};
