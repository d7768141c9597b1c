import { type SeedScores, seedScores } from "../../core/results/seeds.js";
import type { Interval } from "../../core/results/task.js";
import { formatInRun } from "../charts/score-format.js";
import { type Lang, wordsIn } from "../words/index.js";

type AnySeeds = Parameters<typeof seedScores>[0];

const written = ({ score }: SeedScores, value: number): string => formatInRun(score).score(value);
const range = ({ score }: SeedScores, interval: Interval, lang: Lang): string =>
  formatInRun(score).range(interval, wordsIn(lang).page);

/** Sentences about the seeds of a run. */
interface SeedsWords {
  readonly name: string;
  /** "seed 0: 81.2 % (from scratch 65.0 %) · seed 1: …; mean 80.5 % (95 % interval 70.0 to 91.0 %)" */
  readonly words: (by: AnySeeds) => string;
  /** Returns which runs the confidence intervals of a report are over. */
  readonly foot: (by: Runs) => string;
  /** The last sentence of a report. @param more said of the intervals */
  readonly footer: (samples: string, more: string | undefined, by: Runs) => string;
}
type Runs = { readonly runs: readonly unknown[] } | undefined;

const en: SeedsWords = {
  name: "By seed",
  words: (by) => {
    const all = seedScores(by);
    const text = ({ mean, ci95 }: SeedScores["mean"]): string =>
      `${written(all, mean)}${ci95 === null ? "" : ` (95 % interval ${range(all, ci95, "en")})`}`;
    const each = all.runs.map(
      ({ seed, value, scratch }) =>
        `seed ${seed}: ${written(all, value)}${scratch === undefined ? "" : ` (from scratch ${written(all, scratch)})`}`,
    );
    return `${each.join(" · ")}; mean ${text(all.mean)}${all.scratch ? `; from scratch ${text(all.scratch)}` : ""}`;
  },
  foot: (by) =>
    by === undefined
      ? "one run of one seed"
      : `the scores above are of the first of ${by.runs.length} seeds; "By seed" has all of them`,
  footer: (samples, more, by) =>
    `The 95 % confidence intervals are over the test ${samples}, or their groups; ${more === undefined ? "" : `${more}; `}${en.foot(by)}.`,
};

const zh: SeedsWords = {
  name: "各随机种子",
  words: (by) => {
    const all = seedScores(by);
    const text = ({ mean, ci95 }: SeedScores["mean"]): string =>
      `${written(all, mean)}${ci95 === null ? "" : `（95 % 区间 ${range(all, ci95, "zh")}）`}`;
    const each = all.runs.map(
      ({ seed, value, scratch }) =>
        `种子 ${seed}：${written(all, value)}${scratch === undefined ? "" : `（从头训练 ${written(all, scratch)}）`}`,
    );
    return `${each.join(" · ")}；平均 ${text(all.mean)}${all.scratch ? `；从头训练 ${text(all.scratch)}` : ""}`;
  },
  foot: (by) =>
    by === undefined
      ? "一次训练，一个随机种子"
      : `以上分数属于 ${by.runs.length} 个随机种子中的第一个；“各随机种子”一行有全部`,
  footer: (samples, more, by) =>
    `95 % 置信区间按测试${samples}（有分组时按组）计算${more === undefined ? "" : `，${more}`}；${zh.foot(by)}。`,
};

export const seedsWords: Readonly<Record<Lang, SeedsWords>> = { en, zh };
