/** 中文：策略比较的句子。 */
import {
  type ComparisonNote,
  type ComparisonResult,
  type Difference,
  type DifferenceSentence,
  fewestToChooseBy,
  mostSeeds,
  rangeOf,
  scoreOver,
  type WinnerSentence,
} from "../../../core/results/comparison.js";
import { machinesOf, type OnMachine } from "../../../core/results/counts.js";
import { choosingMetric, metrics, type ScoreName } from "../../../core/results/metric.js";
import { fewestGroups, fewestSamples, fewestSeeds, levelOfRepeatedTest } from "../../../statistics/index.js";
import { comparedZh, metricsZh, spaced } from "./metrics.js";

/** 0.95 写作 “95 %”。 */
const percentOf = (level: number): string => `${Number((100 * level).toFixed(2))} %`;

/** “训练在 2 种机器上运行” */
export function machinesZh(runs: readonly OnMachine[]): string {
  const machines = [...machinesOf(runs)];
  return `训练在 ${machines.length} 种机器上运行，因此不比较用时：${machines.map(([machine, n]) => `${machine}（${n} 次）`).join("；")}。`;
}

/** 一个差别，从 label 一方来看。 */
interface DifferenceFacts {
  readonly one: Difference;
  readonly label: string;
  readonly metric: ScoreName;
}

const difference = (one: Difference, label: string, metric: ScoreName): string =>
  differenceRows[one.sentence]({ one, label, metric });

const counts = ({ one: { seeds, samples = 0 } }: DifferenceFacts): string =>
  `各训练 ${seeds} 次，${samples} 个测试样本`;

/** “+1.2 个百分点” */
function amountOf({ one, metric }: DifferenceFacts): string {
  const { signed, unit } = comparedZh(metric);
  return `${signed(one.gain)}${unit}`;
}

function position(facts: DifferenceFacts): string {
  const { one, label, metric } = facts;
  return `${label} 与 ${one.to} 相比，${comparedZh(metric).name}${one.gain === 0 ? "相同" : `相差 ${amountOf(facts)}`}`;
}

function range({ one, metric }: DifferenceFacts): string {
  const { signed, unit } = comparedZh(metric);
  const [low, high] = rangeOf(one).interval!;
  return `${signed(low)} 至 ${signed(high)}${unit}`;
}

const detail = (facts: DifferenceFacts): string =>
  `${percentOf(rangeOf(facts.one).level)} 区间 ${range(facts)}；${counts(facts)}`;

const apart = (facts: DifferenceFacts): string =>
  `${comparedZh(facts.metric).name}相差 ${amountOf(facts)}（${detail(facts)}）。`;

const differenceRows: Readonly<Record<DifferenceSentence, (facts: DifferenceFacts) => string>> = {
  better: (facts) => `${facts.label} 好于 ${facts.one.to}：${apart(facts)}`,
  worse: (facts) => `${facts.label} 差于 ${facts.one.to}：${apart(facts)}`,
  same: (facts) => `${facts.label} 与 ${facts.one.to} 没有值得注意的差别：${apart(facts)}`,
  undecided: (facts) =>
    `未能分出高下：${position(facts)}，但 ${range(facts)} 之间的任何值都符合所见（${percentOf(rangeOf(facts.one).level)} 区间；${counts(facts)}）。`,
  identical: (facts) =>
    `${facts.label} 与 ${facts.one.to} 在每个测试样本上的得分都相同（${counts(facts)}）。`,
  "no interval": (facts) => `${position(facts)}（${counts(facts)}）：数据太少，无法给出区间。`,
  "one training": (facts) =>
    `各只训练了一次：${position(facts)}（${detail(facts)}）。再训练一次结果可能不同；3 个随机种子才能说明哪种策略更好。`,
  "few trainings": (facts) =>
    `未能分出高下：${position(facts)}；各训练 ${facts.one.seeds} 次太少，至少需要 ${fewestSeeds} 次（${detail(facts)}）。`,
  "few samples": (facts) =>
    `未能分出高下：${position(facts)}；${facts.one.samples} 个测试样本太少，至少需要 ${fewestSamples} 个（${detail(facts)}）。`,
  "many comparisons": (facts) =>
    `未能分出高下：${position(facts)}；同时比较 ${facts.one.comparisons} 个差别时，这可能只是偶然（${detail(facts)}）。`,
};

type WinnerFacts = ComparisonResult & { readonly winner: NonNullable<ComparisonResult["winner"]> };

const othersOf = ({ better, worse, same, undecided }: NonNullable<WinnerFacts["winner"]["others"]>): number =>
  better + worse + same + undecided;

const rowOf = ({ rows, winner }: WinnerFacts) => rows.find(({ label }) => label === winner.label)!;

/** 谁胜出，与下一名差多少，选哪一个。 */
const winnerRows: Readonly<Record<WinnerSentence, (facts: WinnerFacts) => string>> = {
  "best by validation": (facts) => {
    const { label, shared_seeds: shared } = facts.winner;
    const { seeds } = rowOf(facts);
    const over = seeds.length > 1 ? `（${seeds.length} 个随机种子平均）` : "";
    const ranked = shared === undefined ? "" : `，排名只看都有的 ${shared} 个种子`;
    const metric = choosingMetric(facts.metric);
    const best = metrics[metric].better === "higher" ? "最高" : "最低";
    return `${label} 的${spaced("验证", metricsZh.names[metric])}${best}${over}${ranked}。`;
  },
  "test score": (facts) =>
    `它的${spaced("测试", metricsZh.names[facts.metric])}为 ${comparedZh(facts.metric).score(scoreOver(rowOf(facts))!.mean)}。`,
  "no other": () => "没有其他策略可以与它比较。",
  "no shared seed": ({ winner }) => `它与下一名 ${winner.next} 没有共同的随机种子。`,
  "to the next": ({ winner, metric }) => difference(winner.difference!, winner.label, metric),
  "parts disagree": () => "验证与测试不一致：验证集太小，不足以据此选择，或者需要更多随机种子。",
  "quicker loses nothing": ({ winner }) => `选用其中较快的 ${winner.quicker!.label}，没有值得注意的损失。`,
  "quicker could cost": ({ winner, metric }) => {
    const { name, amount } = comparedZh(metric);
    return `选用其中较快的 ${winner.quicker!.label}，${name}最多可能损失 ${amount(winner.quicker!.cost)}。`;
  },
  "others counted": ({ winner }) => {
    const { worse, better, same, undecided } = winner.others!;
    const found = [
      ["差于它", worse],
      ["好于它", better],
      ["没有差别", same],
      ["未能分出高下", undecided],
    ] as const;
    const counted = found.filter(([, n]) => n > 0).map(([what, n]) => `${n} 种${what}`);
    return `其余 ${othersOf(winner.others!)} 种与 ${winner.label} 相比：${counted.join("，")}。`;
  },
  "none told apart": ({ winner }) => `其余 ${othersOf(winner.others!)} 种都不能与 ${winner.label} 区分开。`,
  "none told apart above": ({ rows, winner, metric }) => {
    const { name, amount } = comparedZh(metric);
    return `其余 ${othersOf(winner.others!)} 种都不能与 ${winner.label} 区分开：各训练 ${mostSeeds(rows)} 次，${name}相差小于约 ${amount(winner.others!.smallest!)}的差别在这里看不出来。`;
  },
};

const winner = (result: ComparisonResult): string =>
  result.winner ? result.winner.sentences.map((one) => winnerRows[one](result as WinnerFacts)).join("") : "";

const noteRows: Readonly<Record<ComparisonNote, (result: ComparisonResult) => string>> = {
  "one seed": () => "只有一个随机种子：没有针对随机种子的区间，再训练一次名次可能不同。",
  "same test": ({ metric }) =>
    `${metricsZh.names[metric]}的 ± 和差别的区间针对训练方式：包含随机种子和测试样本的运气。`,
  "own tests": ({ split, seeds }) =>
    `每个随机种子在同样的 ${split.train + split.validation + split.test} 个样本中有自己的测试集。这些测试集相互重叠，所以每行的 ± 和差别的区间比 ${seeds.length} 次独立测试的更宽（Nadeau 与 Bengio 2003）。`,
  "few groups": ({ test_groups: groups }) =>
    `测试样本属于 ${groups} 个组：组太少，无法给出区间，至少需要 ${fewestGroups} 个组。`,
  groups: ({ test_groups: groups }) => `测试样本属于 ${groups} 个组，区间按组计算。`,
  "later look": ({ look = 1 }) =>
    `第 ${look} 次查看这个比较：差别的区间取 ${percentOf(levelOfRepeatedTest(look))}，使所有各次查看合起来出错的机会不超过 6 %。`,
  "few to choose by": (result) =>
    `优胜者由每个种子的 ${fewestToChooseBy(result)} 个验证样本选出：数量很少，容易是偶然。`,
  machines: ({ runs }) => machinesZh(runs),
  failures: ({ failures }) =>
    `${failures.length} 次训练失败：${failures.map((f) => `${f.label}（种子 ${f.seed}）`).join("，")}。`,
};

const notes = (result: ComparisonResult): readonly string[] =>
  result.note_codes.map((code) => noteRows[code](result));

export const comparisonZh = { winner, notes, difference };
