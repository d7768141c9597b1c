/** 中文：一句话的结论。 */
import type { Verdict } from "../../../core/events/events.js";
import { savedTime } from "../../../core/results/baseline.js";
import type { ScoreName } from "../../../core/results/metric.js";
import { integer } from "../../charts/numbers.js";
import type { VerdictSubject, verdictEn } from "../en/verdict.js";
import { baselineZh } from "./baseline.js";
import { measuredZh } from "./metrics.js";
import { type SidesZh, verdictZh } from "./verdict.js";

const subjects: Readonly<Record<VerdictSubject, readonly [subject: string, other: string]>> = {
  transfer: ["迁移", "从头训练"],
  teacher: ["教师模型", "没有教师模型的同一学生"],
  alone: ["共享的网络", "单独训练"],
};

const amount: typeof verdictEn.amount = (value, metric) => measuredZh(metric).amount(value);

const range: typeof verdictEn.range = ([low, high], metric) => {
  const { signed } = measuredZh(metric);
  return `${signed(low)} 至 ${signed(high)}`;
};

const sidesOf = ({ against }: Verdict, topic: VerdictSubject): SidesZh => {
  const [subject, over] = subjects[topic];
  return against === undefined ? { subject, over } : { subject: "这个模型", over: baselineZh(against) };
};

function line(v: Verdict, metric: ScoreName, topic: VerdictSubject): string {
  const pretrained = v.against === undefined;
  const { subject, over: other } = sidesOf(v, topic);
  const { name, unit } = measuredZh(metric);
  const by =
    v.gain === 0
      ? `${name}与${other}相同`
      : `${name}比${other}${v.gain > 0 ? "高" : "低"} ${amount(v.gain, metric)}`;
  const interval = v.ci95 ? `（95 % 置信区间 ${range(v.ci95, metric)}）` : "";
  const rival = v.ahead && `${baselineZh(v.ahead.name)}比本模型高 ${amount(v.ahead.gain, metric)}`;
  switch (v.kind ?? v.transfer) {
    case "better":
    case "positive":
      return `${subject}${pretrained ? "有帮助" : "更好"}：${by}${interval}。`;
    case "worse":
    case "negative":
      return `${subject}${pretrained ? "造成了损害" : "更差"}：${by}${interval}。`;
    case "equivalent":
    case "neutral":
      return `没有值得注意的差别：${name}与${other}相差不到 ${amount(v.margin, metric)}。`;
    case "baseline better":
      return `请先不要使用这个模型：${rival}${pretrained ? "，而且不需要预训练模型" : ""}。`;
    case "baseline ahead":
      return `尚无定论：${rival}，这可能只是偶然。`;
    case "scratch not learnt":
      return savedTime(v)
        ? `${subject}节省了训练时间；最终能帮助多少尚不清楚。`
        : `${subject}帮助了多少尚不清楚：${other} ${integer(v.scratch_steps ?? 0)} 步之后什么也没有学到。`;
    case "scratch improving":
      return savedTime(v)
        ? `${subject}节省了训练时间：${by}，而后者当时仍在提高。`
        : `${subject}帮助了多少尚不清楚：${other}在最后一步时仍在提高。`;
    case "one training":
      return `尚无定论：${by}，但各训练 ${v.seeds} 次还不能说明${pretrained ? `${subject}是否有帮助` : "它是否更好"}。`;
    case "no interval":
      return noInterval(v, by, other);
    default:
      return v.ci95
        ? `尚无定论：${by}，但 ${range(v.ci95, metric)}${unit}之间的任何差别都与数据相符（95 % 置信区间）。`
        : `尚无定论：${by}，这可能只是偶然。`;
  }
}

function noInterval({ why }: Verdict, by: string, other: string): string {
  if (why === "undefined") return "尚无定论：真实值全部相同，R² 没有定义。";
  if (why === "identical") return `本模型与${other}在每个测试样本上的得分都相同。`;
  if (why === "no variance") return `尚无定论：${by}，而且每个测试样本都差同样多。`;
  if (why === "few groups") return `尚无定论：${by}，但测试样本的组太少，无法给出置信区间。`;
  return `尚无定论：${by}，但测试样本太少，无法给出置信区间。`;
}

export const verdictLineZh: typeof verdictEn = {
  line,
  full: (v, metric, topic) => verdictZh(v, metric, sidesOf(v, topic)),
  amount,
  range,
};
