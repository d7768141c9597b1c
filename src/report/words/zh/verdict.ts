/** 中文：结论的各个句子。 */
import type {
  Verdict,
  VerdictDecision,
  VerdictSentence,
  VerdictSubject,
} from "../../../core/events/run-outcome.js";
import type { Effort } from "../../../core/results/baseline.js";
import type { ScoreName } from "../../../core/results/metric.js";
import type { Interval } from "../../../core/results/task.js";
import { duration, integer } from "../../charts/numbers.js";
import type { verdictEn } from "../en/verdict.js";
import { baselineZh } from "./baseline.js";
import { beforeWord, measuredZh } from "./metrics.js";

const subjects: Readonly<
  Record<Exclude<VerdictSubject, "model">, readonly [subject: string, other: string]>
> = {
  transfer: ["迁移", "从头训练"],
  teacher: ["教师模型", "没有教师模型的同一学生"],
  together: ["共享的网络", "单独训练"],
};

const sidesOf = ({ subject, against = "" }: Verdict): readonly [subject: string, other: string] =>
  subject === "model" ? ["这个模型", baselineZh(against)] : subjects[subject];

const amount: typeof verdictEn.amount = (value, metric) => measuredZh(metric).amount(value);

function range([low, high]: Interval, metric: ScoreName): string {
  const { signed } = measuredZh(metric);
  return `${signed(low)} 至 ${signed(high)}`;
}

const nameOf = ({ metric }: Verdict): string => measuredZh(metric).name;
const scored = (score: number, { metric }: Verdict): string => measuredZh(metric).scored(score);
const isModel = ({ subject }: Verdict): boolean => subject === "model";

/** “准确率比从头训练高 11.3 个百分点” */
function difference(v: Verdict): string {
  const [, other] = sidesOf(v);
  if (v.gain === 0) return `${nameOf(v)}与${other}相同`;
  return `${nameOf(v)}比${other}${v.gain > 0 ? "高" : "低"} ${amount(v.gain, v.metric)}`;
}

const shortInterval = ({ ci95, metric }: Verdict): string =>
  ci95 ? `（95 % 置信区间 ${range(ci95, metric)}）` : "";

/** 一句话的结论：决定和主要的数字。 */
const lines: Readonly<Record<VerdictDecision, (v: Verdict) => string>> = {
  better: (v) => `${sidesOf(v)[0]}${isModel(v) ? "更好" : "有帮助"}：${difference(v)}${shortInterval(v)}。`,
  worse: (v) =>
    `${sidesOf(v)[0]}${isModel(v) ? "更差" : "造成了损害"}：${difference(v)}${shortInterval(v)}。`,
  equivalent: (v) =>
    `没有值得注意的差别：${nameOf(v)}与${sidesOf(v)[1]}相差不到 ${amount(v.margin, v.metric)}。`,
  undecided: (v) =>
    `尚无定论：${difference(v)}，但 ${range(v.ci95!, v.metric)}${measuredZh(v.metric).unit}之间的任何差别都与数据相符（95 % 置信区间）。`,
  "baseline better": (v) =>
    `请先不要使用这个模型：${rivalLead(v)}${isModel(v) ? "" : "，而且不需要预训练模型"}。`,
  "baseline ahead": (v) => `尚无定论：${rivalLead(v)}，这可能只是偶然。`,
  "nothing learnt": (v) =>
    `${sidesOf(v)[0]}帮助了多少尚不清楚：${sidesOf(v)[1]} ${integer(v.scratch_steps!)} 步之后什么也没有学到。`,
  "nothing learnt, saved time": (v) => `${sidesOf(v)[0]}节省了训练时间；最终能帮助多少尚不清楚。`,
  "neither learnt": (v) => `${sidesOf(v)[0]}是否有帮助尚不清楚：两者都${noBetter}。`,
  improving: (v) => `${sidesOf(v)[0]}帮助了多少尚不清楚：${sidesOf(v)[1]}在最后一步时仍在提高。`,
  "improving, saved time": (v) => `${sidesOf(v)[0]}节省了训练时间：${difference(v)}，而后者当时仍在提高。`,
  "one training": (v) =>
    `尚无定论：${difference(v)}，但各训练 ${v.seeds} 次还不能说明${isModel(v) ? "它是否更好" : `${sidesOf(v)[0]}是否有帮助`}。`,
  "few samples": (v) => `尚无定论：${difference(v)}，但测试样本太少，无法给出置信区间。`,
  "few groups": (v) => `尚无定论：${difference(v)}，但测试样本的组太少，无法给出置信区间。`,
  identical: (v) => `本模型与${sidesOf(v)[1]}在每个测试样本上的得分都相同。`,
  "no variance": (v) => `尚无定论：${difference(v)}，而且每个测试样本都差同样多。`,
  untrained: () => "尚无定论：没有任何一轮优于起点，两者都是训练前的网络。",
  undefined: () => "尚无定论：真实值全部相同，R² 没有定义。",
};

const rivalLead = ({ ahead, metric }: Verdict): string =>
  `${baselineZh(ahead!.name)}比本模型高 ${amount(ahead!.gain, metric)}`;

const stepsOf = (n = 0): string => `${integer(n)} 步`;
const effortOf = (effort: Effort | undefined): string =>
  effort ? `（${stepsOf(effort.steps)}，${duration(effort.seconds)}）` : "";

/** “；各训练 3 次，20 个组的 300 个测试样本” */
function counts({ seeds, items, groups }: Verdict): string {
  const of = groups === undefined ? "" : `${integer(groups)} 个组的 `;
  return `；各训练 ${seeds} 次，${of}${integer(items)} 个测试样本`;
}

const intervalOf = (ci95: Interval | null, v: Verdict): string =>
  ci95 ? `（95 % 置信区间 ${range(ci95, v.metric)}${counts(v)}）` : "";

/** “迁移：准确率 73.3 %；从头训练：准确率 62.0 %” */
const both = (v: Verdict): string =>
  `${sidesOf(v)[0]}：${scored(v.values.a, v)}；${sidesOf(v)[1]}：${scored(v.values.b, v)}`;

/** “准确率提高 11.3 个百分点（95 % 置信区间 …）” @param how “提高”或“降低” */
const apart = (how: string, v: Verdict): string =>
  `${nameOf(v)}${how} ${amount(v.gain, v.metric)}${intervalOf(v.ci95, v)}`;

/** “落后 1.2 个百分点” */
const lead = (gain: number, { metric }: Verdict): string =>
  beforeWord(`${gain < 0 ? "落后" : "领先"} ${amount(gain, metric)}`);

/** “TF-IDF 加逻辑回归（准确率 80.7 %）不需要预训练模型，只用了 0.2 秒” */
function rival(v: Verdict): string {
  const { name, value, seconds = 0 } = v.ahead!;
  const took = seconds < 0.05 ? [] : [`只用了 ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} 秒`];
  const facts = [...(isModel(v) && !v.without_scratch ? [] : ["不需要预训练模型"]), ...took].join("，");
  return `${baselineZh(name)}（${scored(value, v)}）${facts}${facts === "" ? "" : "，却"}比本模型高 ${amount(v.ahead!.gain, v.metric)}`;
}

const question = (v: Verdict): string => (isModel(v) ? "这个模型是否更好" : `${sidesOf(v)[0]}是否有帮助`);

const probe = "只训练分类头的线性探针";
const noBetter = "不比总是回答最多的类别更好";

function stillImproving(v: Verdict): string {
  const { transfer, scratch } = v.effort ?? {};
  const [subject, other] = sidesOf(v);
  return `${subject}：${scored(v.values.a, v)}${effortOf(transfer)}；${other}：${scored(v.values.b, v)}${effortOf(scratch)}，仍在提高。${apart("提高", v)}；更多的步数（--scratch-steps）会使差距变小。`;
}

const rows: Readonly<Record<VerdictSentence, (v: Verdict) => string>> = {
  "nothing comparable": ({ items }) => `测试样本只有 ${items} 个，无法比较。`,
  "class without samples": ({ few }) => `类别“${few!.name}”没有测试样本，对它什么也说不了。`,
  "class with few samples": ({ few }) =>
    `类别“${few!.name}”的测试样本只有 ${few!.items} 个，对它能说明的很少。`,

  better: (v) =>
    `${isModel(v) ? "这个模型更好" : `${sidesOf(v)[0]}有帮助`}。${both(v)}，${apart("提高", v)}。`,
  worse: (v) =>
    `${isModel(v) ? "这个模型更差" : `${sidesOf(v)[0]}造成了损害`}。${both(v)}，${apart("降低", v)}。`,
  equivalent: (v) =>
    `与${sidesOf(v)[1]}相比，${nameOf(v)}的差别不超过 ${amount(v.margin, v.metric)}（90 % 置信区间 ${range(v.ci90!, v.metric)}${counts(v)}）。`,
  undecided: (v) => {
    const [low, high] = v.ci95!;
    return `尚无定论：${difference(v)}，但从${lead(low, v)}到${lead(high, v)}都与数据相符（95 % 置信区间${counts(v)}）。`;
  },
  study: (v) => {
    const { worth, seeds, items } = v.needed!;
    const ways = [
      ...(seeds === null ? [] : [`在同样的测试样本上各训练 ${seeds} 次`]),
      ...(items === null ? [] : [`${integer(items)} 个测试样本、各训练 ${v.seeds} 次`]),
    ];
    return `大约${ways.join("，或者")}，五次中有四次能发现 ${amount(worth, v.metric)}的差别。`;
  },
  "out of reach": (v) => `在这里无法发现 ${amount(v.needed!.worth, v.metric)}的差别：请按成本选择。`,

  "baseline better": (v) => `请先不要使用这个模型：${rival(v)}${intervalOf(v.ahead!.ci95, v)}。`,
  "it learnt nothing": (v) => `${sidesOf(v)[1]} ${v.scratch_steps} 步之后什么也没有学到。`,
  "ahead only of it": (v) => `${sidesOf(v)[0]}只领先于${sidesOf(v)[1]}，高 ${amount(v.gain, v.metric)}。`,
  "not ahead of it": (v) => `${sidesOf(v)[0]}也没有领先于${sidesOf(v)[1]}。`,
  "baseline ahead": (v) => `与${sidesOf(v)[1]}相比，${apart("提高", v)}，但${rival(v)}，这可能只是偶然。`,

  "nothing learnt": (v) =>
    `${sidesOf(v)[0]}帮助了多少尚不清楚。${sidesOf(v)[0]}：${scored(v.values.a, v)}。${sidesOf(v)[1]} ${stepsOf(v.scratch_steps)}之后什么也没有学到：${scored(v.values.b, v)}${v.metric === "accuracy" ? `，${noBetter}` : ""}。可以用 --scratch-steps 给它更多步数。`,
  "nothing learnt, saved time": (v) => {
    const [subject, other] = sidesOf(v);
    const saved = v.seeds === 1 ? `在这一次训练中，${subject}节省了时间` : `${subject}节省了训练时间`;
    const nothing = v.metric === "accuracy" ? noBetter : "什么也没有学到";
    return `${saved}：${scored(v.values.a, v)}${effortOf(v.effort?.transfer)}。${other}${nothing}：${scored(v.values.b, v)}${effortOf(v.effort?.scratch)}。最终能帮助多少尚不清楚：可以用 --scratch-steps 给${other}更多步数。`;
  },
  "neither learnt": (v) =>
    `${sidesOf(v)[0]}是否有帮助尚不清楚。${sidesOf(v)[0]}：${scored(v.values.a, v)}。${sidesOf(v)[1]}：${scored(v.values.b, v)}。两者都${noBetter}。请用 --epochs 训练更久。`,
  improving: (v) => `${sidesOf(v)[0]}帮助了多少尚不清楚。${stillImproving(v)}`,
  "improving, saved time": (v) => `${sidesOf(v)[0]}节省了训练时间。${stillImproving(v)}`,

  "one training": (v) => `在这 ${v.seeds} 次训练中，${difference(v)}${intervalOf(v.ci95, v)}。`,
  "rival ahead": (v) => `${rival(v)}。`,
  "seeds would tell": (v) => `再次训练的结果可能不同：--seeds 3 可以说明${question(v)}。`,
  "not known of others": (v) => `再次训练的结果可能不同，所以还不能说明${question(v)}。`,

  "few samples": (v) => `尚无定论：${difference(v)}，测试样本只有 ${integer(v.items)} 个。`,
  "few groups": (v) => `尚无定论：${difference(v)}。测试样本只来自 ${v.groups} 个组，不足以给出置信区间。`,
  identical: (v) =>
    `${sidesOf(v)[0]}与${sidesOf(v)[1]}在每个测试样本上的得分都相同（共 ${integer(v.items)} 个）：${scored(v.values.a, v)}。`,
  "no variance": (v) =>
    `尚无定论：${difference(v)}，而且每个测试样本都差同样多（共 ${integer(v.items)} 个），因此无法估计置信区间。`,
  untrained: (v) => `没有任何一轮优于起点：两者都是训练前的同一个网络，${scored(v.values.a, v)}。`,
  "kept start": (v) => `${sidesOf(v)[v.kept_start === "a" ? 0 : 1]}：没有任何一轮优于起点，得分是训练前的。`,
  undefined: (v) =>
    `这里的 R² 没有定义：${integer(v.items)} 个测试样本的真实值全部相同。请在测试集中加入其他值的样本。`,

  "scratch cut short": (v) => `${stepsOf(v.scratch_steps)}用完时，${sidesOf(v)[1]}仍在提高。`,
  "scratch steps": (v) => `${sidesOf(v)[1]}用了 ${stepsOf(v.effort?.scratch.steps)}，直到不再提高。`,
  "both steps": (v) =>
    `${sidesOf(v)[0]}用了 ${stepsOf(v.effort?.transfer?.steps)}，${sidesOf(v)[1]}用了 ${stepsOf(v.effort?.scratch.steps)}，直到不再提高。`,

  "no scratch": () => "这里没有从头训练（--baselines），所以迁移帮助了多少尚无定论。",

  "probe as good": (v) => {
    const { value, ci90 } = v.probe!;
    return `${probe}在 ${amount(v.margin, v.metric)}之内同样好：${scored(value, v)}（差别的 90 % 置信区间 ${range(ci90!, v.metric)}）。`;
  },
  "probe better": (v) => {
    const { value, gain, ci95 } = v.probe!;
    return `${probe}更好，高 ${amount(gain, v.metric)}：${scored(value, v)}（差别的 95 % 置信区间 ${range([-ci95![1], -ci95![0]], v.metric)}）。请使用 --strategy probe。`;
  },
  "best baseline": (v) =>
    `按验证集最好的基线：${baselineZh(v.best_baseline!.name)}，${scored(v.best_baseline!.value, v)}。`,
  "left out": ({ left_out: names = [] }) =>
    `没有比较的基线（分数不是有限的数）：${names.map(baselineZh).join("、")}。`,
};

export const verdictZh: typeof verdictEn = {
  heading: { transfer: "结论", teacher: "对教师模型的结论", together: "结论", model: "结论" },
  transfer: {
    positive: "迁移有帮助",
    neutral: "迁移没有带来值得注意的差别",
    negative: "迁移造成了损害",
    inconclusive: "尚无定论",
  },
  line: (v) => lines[v.decision](v),
  full: (v) => v.sentences.map((sentence) => rows[sentence](v)).join(""),
  gain: ({ gain, ci95, metric }) =>
    ci95 ? `增益 ${measuredZh(metric).signed(gain)}，95 % 置信区间 ${range(ci95, metric)} · ` : "",
  amount,
};
