/** 中文：训练之外出错的部分；训练本身会继续。 */
import type { runEn } from "../../../../core/messages/run-en.js";
import { baselineZh } from "../baseline.js";
import { reasonZh } from "../reasons.js";

/** 原因大多是错误的英文。 */
const because = (why: string): string => reasonZh(why) ?? why;

const adviceZh = {
  safe: "如果从头训练的模型更好，就保留它",
  baselines: "结论会说明；用 --safe 会保留验证集上更好的一个",
  none: "用 --baselines 可以知道是否有帮助，用 --safe 会保留验证集上更好的一个",
} as const;

export const runZh: typeof runEn = {
  "report-not-written": ({ why }) => `无法写入报告：${because(why)}`,
  "report-not-again": ({ why }) => `无法重新写入报告：${because(why)}`,
  "insights-stopped": "制作报告时停止：模型和得分是完整的，只是报告没有说明模型看哪里",
  "insights-failed": ({ why }) => `报告没有说明模型看哪里：${because(why)}`,
  "explanations-stopped": "制作报告时停止：模型和得分是完整的，只是报告没有解释预测",
  "explanations-failed": ({ why }) => `报告没有解释预测：${because(why)}`,
  "events-not-kept": ({ why }) => `训练的事件不再记录：${because(why)}`,
  "features-not-kept": ({ why }) => `本次训练不再缓存特征，下次训练会重新计算：${because(why)}`,
  "features-damaged": ({ removed, why }) =>
    `缓存的特征${removed ? "已损坏并被删除" : "无法读取"}，正在重新计算：${because(why)}`,
  "one-thread":
    "只使用一个线程：多线程需要跨源隔离的页面，其响应头含 Cross-Origin-Opener-Policy: same-origin 和 Cross-Origin-Embedder-Policy: require-corp",
  "other-machine": ({ machine }) => `训练是在 ${machine} 上开始的：在这里的结果不会逐位相同`,
  "other-threads": ({ before, now }) =>
    `训练开始时用 ${before} 个线程：用 ${now} 个线程，结果的最后几位可能不同`,
  "waits-for-run": ({ folder }) => `正在等待占用“${folder}”的进程释放它，最多 20 秒`,
  "test-usage-unknown": ({ why }) => `无法知道这个测试集此前被评分的次数：${because(why)}`,
  "no-scratch-baseline": ({ why }) => `没有从头训练的对照：${because(why)}`,
  "no-term-twice": ({ baseline }) => `基线中没有${baselineZh(baseline)}：没有任何词项在两个训练文本中出现`,
  "nothing-kept-in-tab": ({ why }) => `关闭此标签页后什么也不会保留，因此没有检查点：${because(why)}`,
  "low-transferability": (v) => {
    const { lead } = v;
    const found =
      v.finding === "little"
        ? `基础模型的特征对这些类别说明得很少：在 ${v.n} 个验证样本上，基于它们的线性探针有 ${v.probe} % 正确，总是预测最常见的类别有 ${v.majority} % 正确${v.pixels === undefined ? "" : `，只看像素有 ${v.pixels} % 正确`}`
        : `只看像素比用基础模型的特征更能区分这些类别：在 ${v.n} 个验证样本上，基于特征的线性探针有 ${v.probe} % 正确，基于像素的有 ${v.pixels} % 正确`;
    const gap =
      lead === undefined
        ? "两者答对的样本相同"
        : `相差 ${lead.gain} 个百分点，区间 ${lead.low} 至 ${lead.high}`;
    return `${found}（${gap}）：迁移在这里可能没有帮助；${adviceZh[v.advice]}`;
  },
  diverged: (v) =>
    `${v.stage} 发散（学习率 ${v.rate}；${v.words}），已在此结束；保留${v.epoch === 0 ? "训练开始时的权重" : `第 ${v.epoch} 轮的权重`}作为最好的结果；${v.suggested === undefined ? "试过的学习率都不能使损失保持有限：请检查基础模型、数据和标签" : `查找到的学习率建议为 --lr ${v.suggested}`}`,
  "features-alike": (v) =>
    `对基础模型来说，有 ${v.pictures} 张验证或测试图片与某张训练图片几乎没有差别（${v.other}，${v.first}）：如果它们是副本或裁剪，${v.test ? "测试" : "验证"}分数就会偏高；用分组（--group-from）可以把它们放在同一侧`,
};
