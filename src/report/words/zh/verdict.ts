/** 中文：由数字说出的结论，与谁相比可以指定。 */

import type { Verdict } from "../../../core/events/events.js";
import { type Effort, savedTime } from "../../../core/results/baseline.js";
import type { ScoreName } from "../../../core/results/metric.js";
import { duration, integer } from "../../charts/numbers.js";
import { baselinesZh, rivalZh } from "./baseline.js";
import { measuredZh } from "./metrics.js";

/** 怎样才能得出结论。 */
function neededWords({ needed, seeds }: Verdict, metric: ScoreName): string {
  if (needed?.worth === undefined) return "";
  const worth = measuredZh(metric).amount(needed.worth);
  const ways = [
    ...(needed.seeds === null ? [] : [`在同样的测试样本上各训练 ${needed.seeds} 次`]),
    ...(needed.items === null ? [] : [`${integer(needed.items)} 个测试样本、各训练 ${seeds} 次`]),
  ];
  return ways.length === 0
    ? `在这里无法发现 ${worth}的差别：请按成本选择。`
    : `大约${ways.join("，或者")}，五次中有四次能发现 ${worth}的差别。`;
}

/** 结论所说的两方：训练方法，以及与谁相比。 */
export interface SidesZh {
  /** “迁移” */
  readonly subject: string;
  /** “从头训练” */
  readonly over: string;
}

export function verdictZh(v: Verdict, metric: ScoreName, sides: SidesZh): string {
  const few = v.few ? "测试样本太少（有的类别不足 10 个），能说明的很少。" : "";
  return `${few}${sentenceZh(v, metric, sides)}${scratchZh(v, sides)}${baselinesZh(v, metric)}`;
}

const stepsZh = (n = 0): string => `${integer(n)} 步`;
const effortZh = ({ steps, seconds }: Effort): string => `${stepsZh(steps)}（${duration(seconds)}）`;

/** 从头训练用了多少步，或是否被提前结束。 */
function scratchZh(
  { kind, scratch_ended: ended, scratch_steps, effort }: Verdict,
  { subject, over }: SidesZh,
): string {
  if (kind === "scratch not learnt" || kind === "scratch improving" || ended === undefined) return "";
  if (ended === "budget") return `${stepsZh(scratch_steps)}用完时，${over}仍在提高。`;
  if (ended === "diverged" || kind !== "better" || !effort) return "";
  const own = effort.transfer ? `${subject}用了 ${stepsZh(effort.transfer.steps)}，` : "";
  return `${own}${over}用了 ${stepsZh(effort.scratch.steps)}，直到不再提高。`;
}

function savedTimeZh(
  { effort, seeds, values }: Verdict,
  metric: ScoreName,
  { subject, over }: SidesZh,
): string {
  const { transfer, scratch } = effort!;
  const lead = seeds === 1 ? `在这一次训练中，${subject}节省了时间` : `${subject}节省了训练时间`;
  const nothing = metric === "accuracy" ? "不比总是回答最多的类别更好" : "什么也没有学到";
  const { scored } = measuredZh(metric);
  const own = `${subject}用 ${effortZh(transfer!)}达到 ${scored(values!.a)}`;
  return `${lead}：${own}；${over}用 ${effortZh(scratch)}，${nothing}（${scored(values!.b)}）。最终能帮助多少尚不清楚：可以用 --scratch-steps 给${over}更多步数。`;
}

/** 在相同或更短的时间内更好；最终能差多少尚不清楚。 */
function improvingZh(v: Verdict, { subject, over }: SidesZh, difference: string): string {
  const { transfer, scratch } = v.effort ?? {};
  const lead = savedTime(v) ? `${subject}节省了训练时间。` : `${subject}帮助了多少尚不清楚。`;
  const took =
    transfer && scratch
      ? `${subject}用了 ${effortZh(transfer)}，${over}用了 ${effortZh(scratch)}且仍在提高。`
      : `${over}仍在提高。`;
  return `${lead}与${over}相比，${difference}。${took}更多的步数（--scratch-steps）会使差距变小。`;
}

function sentenceZh(v: Verdict, metric: ScoreName, sides: SidesZh): string {
  const { subject, over } = sides;
  const { name, amount, scored, signed } = measuredZh(metric);
  const trainings = v.items === undefined ? "" : `；各训练 ${v.seeds} 次，${integer(v.items)} 个测试样本`;
  const range = v.ci95 ? `（95 % 置信区间 ${signed(v.ci95[0])} 至 ${signed(v.ci95[1])}${trainings}）` : "";
  const difference = v.gain === 0 ? `${name}相同` : `${name}${v.gain > 0 ? "高" : "低"} ${amount(v.gain)}`;
  const ahead = v.ahead && `${rivalZh(v.ahead, metric, v.against)}，却比本模型高 ${amount(v.ahead.gain)}`;
  switch (v.kind ?? v.transfer) {
    case "better":
    case "positive":
      return `${v.against === undefined ? `${subject}有帮助` : "这个模型更好"}。与${over}相比，${name}提高 ${amount(v.gain)}${range}。`;
    case "worse":
    case "negative":
      return `${v.against === undefined ? `${subject}造成了损害` : "这个模型更差"}。与${over}相比，${name}降低 ${amount(v.gain)}${range}。`;
    case "equivalent":
    case "neutral":
      return `与${over}相比，${name}的差别不超过 ${amount(v.margin)}${range}。`;
    case "baseline better":
      return `请先不要使用这个模型：${ahead}${rivalRange(v, metric)}。${gainOverScratch(v, over, difference)}`;
    case "baseline ahead":
      return `与${over}相比，${name}提高 ${amount(v.gain)}${range}，但${ahead}，这可能只是偶然。`;
    case "scratch not learnt":
      if (savedTime(v)) return savedTimeZh(v, metric, sides);
      return `${subject}帮助了多少尚不清楚。本模型的${name}高 ${amount(v.gain)}，但${over} ${v.scratch_steps} 步之后什么也没有学到${metric === "accuracy" ? "（不比总是回答最多的类别更好）" : ""}。可以用 --scratch-steps 给它更多步数。`;
    case "scratch improving":
      return improvingZh(v, sides, `${name}提高 ${amount(v.gain)}${range}`);
    case "one training":
      return `在这 ${v.seeds} 次训练中，与${over}相比，${difference}${range}。${ahead ? `${ahead}。` : ""}再次训练的结果可能不同，所以还不能说明${v.against === undefined ? `${subject}是否有帮助` : "这个模型是否更好"}。`;
    case "no interval":
      if (v.why === "undefined")
        return `这里的 R² 没有定义：${integer(v.items ?? 0)} 个测试样本的真实值全部相同。请在测试集中加入其他值的样本。`;
      if (v.why === "no variance")
        return `尚无定论：与${over}相比，${difference}，每个测试样本都差同样多，因此无法估计置信区间。`;
      return v.why === "identical"
        ? `与${over}相比，每个测试样本的得分都相同${v.values ? `：${scored(v.values.a)}` : ""}。`
        : `尚无定论：与${over}相比，${difference}。${v.why === "few groups" ? `测试样本只来自 ${v.groups} 个组，不足以给出置信区间。` : ""}`;
    default:
      return `尚无定论：与${over}相比，${difference}${range}，可能只是偶然。${neededWords(v, metric)}`;
  }
}

function rivalRange({ ahead, seeds, items }: Verdict, metric: ScoreName): string {
  if (!ahead?.ci95) return "";
  const { signed } = measuredZh(metric);
  const trainings = items === undefined ? "" : `；各训练 ${seeds} 次，${integer(items)} 个测试样本`;
  return `（95 % 置信区间 ${signed(ahead.ci95[0])} 至 ${signed(ahead.ci95[1])}${trainings}）`;
}

/** 与从头训练相比，以及只训练一次时还缺什么。 */
function gainOverScratch(
  { scratch_learnt, scratch_steps, seeds }: Verdict,
  over: string,
  difference: string,
): string {
  const scratch =
    scratch_learnt === false
      ? `${over} ${scratch_steps} 步之后什么也没有学到。`
      : `与${over}相比，${difference}。`;
  return seeds > 1 ? scratch : `${scratch}再次训练的结果可能不同。`;
}
