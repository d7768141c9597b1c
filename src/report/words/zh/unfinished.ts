/** 中文：进行中或中途停止的训练。 */

import type { Phase, ProgressEvent } from "../../../core/events/events.js";
import { modalities, type SampleWords } from "../../../core/modalities.js";
import { duration, integer, megabytes, rate } from "../../charts/numbers.js";
import type { unfinishedEn } from "../en/unfinished.js";

const phases: Readonly<Record<Phase, string>> = {
  download: "下载",
  upload: "上传",
  scan: "扫描数据",
  features: "计算特征",
  head: "求解分类头",
  rate: "学习率搜索",
  forms: "测量梯度的各种算法",
  training: "训练",
  scratch: "从头训练",
  evaluation: "评估",
  insights: "查看模型内部",
};
const units: Readonly<Record<ProgressEvent["unit"], string>> = {
  ...(Object.fromEntries(Object.values(modalities).map(({ many, zh }) => [many, zh.join("")])) as Record<
    SampleWords["many"],
    string
  >),
  samples: "个样本",
  steps: "步",
  bytes: "字节",
  trials: "次试验",
  trees: "棵树",
};

export const unfinishedZh: typeof unfinishedEn = {
  notFinished: "Engraft 报告 · 尚未完成",
  state: "状态",
  warnings: "警告",
  knownSoFar: "目前已知",
  nothingMeasured: "还没有在测试集上测量。",

  goesOn: "训练正在进行。",
  stopped: (resume) => `训练在结束前停止。继续训练的命令：${resume}`,
  progress: ({ phase, stage, done, total, unit, seconds_left: left }) => {
    const name = stage === undefined || stage === phase ? phases[phase] : `${phases[phase]}（${stage}）`;
    return `${name}：共 ${integer(total)} ${units[unit]}，已完成 ${integer(done)}${left === undefined ? "" : `，还需 ${duration(left)}`}`;
  },
  broken: (lines) => `events.jsonl 有 ${integer(lines)} 行无法读取，已略去`,

  rate: "当前学习率",
  loss: "当前损失",
  throughput: "吞吐量",
  aSecond: ({ per_second: speed, items, unit }) => `每秒 ${rate(speed!)} ${units[items ?? unit]}`,
  memory: "内存",
  saved: "保存于第几步",
  forecast: "预测",
  forecastWords: ({ seconds, low = seconds, high = seconds, peak_rss_mb: memory }) =>
    `约 ${low < high ? `${duration(low)}至 ${duration(high)}` : duration(seconds)}，内存峰值约 ${megabytes(memory)}`,
  data: "数据",
  parts: (train, validation, test) => `训练 ${train}，验证 ${validation}，测试 ${test}`,
  base: "基础模型",
  strategy: "策略",
  trains: (strategy, some, all) => `${strategy}：${all} 个参数中的 ${some} 个`,
  machine: "机器",
  threads: (machine, n) => `${machine}，${n} 个线程`,
  started: "开始时间",
  folder: "运行文件夹",
  command: "命令",
};
