/** 中文：语音识别的报告。 */
import type { transcriptsEn } from "../en/transcripts.js";

export const transcriptsZh: typeof transcriptsEn = {
  kind: "语音识别",
  footer: (seeds) => `95 % 置信区间以说话人为单位；没有说话人信息时以片段为单位；${seeds}。`,
  rates: { words: "词错误率", characters: "字错误率" },
  ways: { frequent: "总是最常见的文本", scratch: "从头训练" },
  units: { words: "词", characters: "字" },
  more: (rate, right, clips) => `字错误率 ${rate}。${clips} 个测试片段中有 ${right} 个没有错误。`,
  fewClips: (needed) => `计算区间至少需要 ${needed} 个片段。`,

  edits: "错误",
  editsNote: "错误率是所有错误之和除以所有文本的长度。",
  unit: "单位",
  rate: "错误率",
  substitutions: "替换",
  deletions: "漏字",
  insertions: "多字",
  length: "总数",
  byDecoder: "各解码方式",
  decoder: "解码方式",
  decoders: { greedy: "贪心，与网页服务相同", beam: "束搜索" },
  languageModel: (order, weight, bonus) => `用 ${order} 元字符模型，权重 ${weight}，每个字符加 ${bonus}`,
  byGroup: "各说话人",
  speaker: "说话人",
  clips: "片段",

  worst: "错误最多的片段",
  errorCount: (n) => `${n} 个错误`,
  alignedNote: "上面是文本，下面是识别结果及其时间（秒）。",
  clickNote: "点击一个词即可播放。",
  kinds: { substitution: "替换", deletion: "漏字", insertion: "多字" },
  allRight: "所有片段都识别无误。",

  items: "个片段",
  vocabulary: "字符",
  normalizer: "规范化",
  normalizers: { none: "无", basic: "基本：小写，去掉标点" },
  decoding: "解码",
};
