import type { Interval, SeedsF1Result } from "../core/events.js";
import { decimal } from "./numbers.js";
import type { Lang } from "./words/index.js";

/** The same seeds in two languages: a row of facts, and the foot of the page. */
interface SeedsWords {
  readonly name: string;
  /** "seed 0: 0.812 (from scratch 0.650) · seed 1: …; mean 0.805 (95 % interval 0.700 to 0.910)" */
  readonly words: (by: SeedsF1Result) => string;
  /** How much the intervals of a report hold. */
  readonly foot: (by: SeedsF1Result | undefined) => string;
}

const range = ([a, b]: Interval, between: string): string => `${decimal(a)}${between}${decimal(b)}`;

const en: SeedsWords = {
  name: "By seed",
  words: ({ runs, f1, scratch }) => {
    const told = ({ mean, ci95 }: SeedsF1Result["f1"]): string =>
      `${decimal(mean)}${ci95 === null ? "" : ` (95 % interval ${range(ci95, " to ")})`}`;
    const each = runs.map(
      (r) =>
        `seed ${r.seed}: ${decimal(r.f1)}${r.scratch === undefined ? "" : ` (from scratch ${decimal(r.scratch)})`}`,
    );
    return `${each.join(" · ")}; mean ${told(f1)}${scratch ? `; from scratch ${told(scratch)}` : ""}`;
  },
  foot: (by) =>
    by === undefined
      ? "one run of one seed"
      : `the scores above are of the first of ${by.runs.length} seeds; "By seed" has all of them`,
};

const zh: SeedsWords = {
  name: "各随机种子",
  words: ({ runs, f1, scratch }) => {
    const told = ({ mean, ci95 }: SeedsF1Result["f1"]): string =>
      `${decimal(mean)}${ci95 === null ? "" : `（95 % 区间 ${range(ci95, " 至 ")}）`}`;
    const each = runs.map(
      (r) =>
        `种子 ${r.seed}：${decimal(r.f1)}${r.scratch === undefined ? "" : `（从头训练 ${decimal(r.scratch)}）`}`,
    );
    return `${each.join(" · ")}；平均 ${told(f1)}${scratch ? `；从头训练 ${told(scratch)}` : ""}`;
  },
  foot: (by) =>
    by === undefined
      ? "一次训练，一个随机种子"
      : `以上分数属于 ${by.runs.length} 个随机种子中的第一个；“各随机种子”一行有全部`,
};

export const seedsWords: Readonly<Record<Lang, SeedsWords>> = { en, zh };
