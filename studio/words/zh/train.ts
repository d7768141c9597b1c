import type { Words } from "../en/index.js";
import { stageParts } from "../en/train.js";

const time = (seconds: number): string => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} 秒`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} 分钟` : `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分钟`;
};

export const trainWords: Words["train"] = {
  ways: {
    quick: { name: "快速", help: "只学习新的最后一层，通常几秒钟。" },
    thorough: { name: "全面", help: "调整基础模型的全部权重，可能更准确，耗时更长。" },
    verdict: { name: "迁移有用吗？", help: "另外训练一个不用基础模型的版本并比较，耗时最长。" },
  },
  strategies: { probe: "快速", finetune: "全面" },
  ownBase: (name) => `基础模型是您的文件 ${name}。`,
  usualBase: "改用常用的基础模型",
  withoutBase: "用这些数据训练一个模型。",
  decoder: {
    title: "基础模型",
    help: "Hugging Face hub 上的一个解码器，例如 hf:HuggingFaceTB/SmolLM2-135M-Instruct。训练需要它。",
    thorough: "训练基础模型按您的数据的方式写作。大型基础模型使用适配器。",
  },
  lastTime: (seconds) => `上次用时 ${time(seconds)}。`,
  unknownTime: "开始几秒后才能知道所需时间。",
  noSamples: "还没有可以学习的样本。",
  addSamples: "添加样本",
  starting: "正在开始……",
  options: "选项",
  moreOptions: "更多选项",
  optionsHelp: "默认值适合大多数项目。",
  groups: {
    ...{ training: "训练", evidence: "评估", data: "数据", base: "基础模型" },
    ...{ output: "输出", command: "其他" },
  },
  byDefault: (value) => `默认值：${value}`,
  needs: (what) => `没有 ${what} 时不起作用。`,
  allowed: ({ kind, word, ...limits }) => {
    const values = {
      ...{ whole: "整数", number: "数字", seconds: "时间，例如 90s、10m 或 1h30m" },
      ...{ memory: "大小，例如 4GB", numbers: "一至三个数字，用逗号分隔" },
    } as Readonly<Record<string, string>>;
    const range = "min" in limits && kind !== "seconds" ? ` ${limits.min} 至 ${limits.max} 的` : "";
    return `请输入${range}${values[kind] ?? "文字"}${word === undefined ? "" : `，或 ${word}`}。`;
  },
  otherOptions: "engraft train 命令还可以使用其他选项：其他基础模型、您自己的文件和策略的选项。",
  on: "开",
  automatic: "默认",
  reset: "重置所有选项",
  phases: {
    download: "正在下载基础模型",
    upload: "正在上传",
    scan: "正在读取样本",
    features: "正在计算特征",
    head: "正在拟合最后一层",
    rate: "正在选择学习率",
    forms: "正在测量这台电脑的速度",
    training: "正在训练",
    scratch: "正在训练不用基础模型的版本",
    evaluation: "正在测试",
    insights: "正在写报告",
  },
  progress: (done, total) => `${done} / ${total}`,
  timeLeft: (seconds) => `大约还需 ${time(seconds)}`,
  forecast: (seconds) => `总共大约需要 ${time(seconds)}。`,
  run: (date) => `${date} 的训练`,
  status: {
    running: "训练中",
    waiting: "等待中",
    stopped: "已停止：没有丢失任何内容",
    done: "已完成",
    damaged: "已损坏",
  },
  waits: (ahead) => `等待中，前面还有 ${ahead} 个训练。训练会依次进行。`,
  otherSamples: "这次训练开始之后，样本有了改动。",
  otherSamplesHelp: "撤销改动后再继续，或者开始新的训练。",
  failed: "训练因错误停止。样本和最近保存的状态都还在。",
  resume: "继续",
  moreMinutes: "再训练十分钟",
  bestKept: "保留验证损失最低的一轮，也可能是较早的一轮。",
  seeResult: "查看结果",
  allRuns: "所有训练",
  epoch: "轮次",
  epochs: "所有轮次",
  stage: "训练",
  stageName: (stage) => {
    const [, part = "", rate, alone, seed] = stageParts.exec(stage) ?? [];
    const names = {
      ...{ finetune: "全部权重", scratch: "不用基础模型", head: "最后一层", probe: "最后一层" },
      ...{ distill: "有教师模型", "without teacher": "没有教师模型", together: "所有任务" },
    } as Readonly<Record<string, string>>;
    const words = [names[part] ?? part, rate && `学习率 ${rate}`, alone && "单独"];
    return [...words, seed && `种子 ${seed}`].filter(Boolean).join("，");
  },
  trainLoss: "训练损失",
  validationLoss: "验证损失",
  seconds: "秒",
  best: "最佳",
  curve: (first, last, epochs) => `${epochs} 轮的验证损失：从 ${first} 到 ${last}。越低越好。`,
  noneKept: "保留的模型不来自这些轮次：在验证集上，没有一轮明显更好。",
  warnings: "注意",
  oneThread: "这次训练只用一个处理器核心。下次训练前请重新加载页面，可能会更快。",
};
