/** 中文：预测数值或表格行类别的报告。 */

import { factsOf, isTaskWith } from "../../../core/results/task.js";
import { integer } from "../../charts/numbers.js";
import type { taskEn } from "../en/task.js";

const inputs = { audio: "声音", image: "图像", table: "表格", text: "文本", several: "多模态", either: "" };
const heads = {
  ...{ classes: "分类", numbers: "回归", labels: "多标签分类" },
  ...{
    tags: "命名实体识别",
    boxes: "目标检测",
    masks: "图像分割",
    transcript: "语音识别",
    sequence: "文本生成",
  },
};

/** 任务的中文名称；没有名称的任务保留原名。 */
export function taskNameZh(task: string): string {
  if (!isTaskWith(task, {})) return task;
  const { input, head } = factsOf(task);
  return head === "classes" || head === "numbers" ? `${inputs[input]}${heads[head]}` : heads[head];
}

export const taskZh: typeof taskEn = {
  takenWords: (matched, adapted, numbers, skipped) =>
    `：${integer(matched)} 个权重原样继承，${integer(adapted)} 个部分按名称对应，共 ${numbers} 个参数；${skipped} 个没有继承。`,
  head: "输出头",
  everyPart: "每个部分",
  moved: "已继承",
  left: "未继承",
};
