import type { SeedsF1Result } from "../core/events.js";
import { percent, percentRange } from "./numbers.js";
import type { Lang } from "./words/index.js";

/** The same seeds in two languages: a row of facts, and the foot of the page. */
interface SeedsWords {
  readonly name: string;
  /** "seed 0: 81.2 % (from scratch 65.0 %) · seed 1: …; mean 80.5 % (95 % interval 70.0 to 91.0 %)" */
  readonly words: (by: SeedsF1Result) => string;
  /** How much the intervals of a report hold. */
  readonly foot: (by: SeedsF1Result | undefined) => string;
}

const en: SeedsWords = {
  name: "By seed",
  words: ({ runs, f1, scratch }) => {
    const told = ({ mean, ci95 }: SeedsF1Result["f1"]): string =>
      `${percent(mean)}${ci95 === null ? "" : ` (95 % interval ${percentRange(ci95)})`}`;
    const each = runs.map(
      (r) =>
        `seed ${r.seed}: ${percent(r.f1)}${r.scratch === undefined ? "" : ` (from scratch ${percent(r.scratch)})`}`,
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
      `${percent(mean)}${ci95 === null ? "" : `（95 % 区间 ${percentRange(ci95).replace(" to ", " 至 ")}）`}`;
    const each = runs.map(
      (r) =>
        `种子 ${r.seed}：${percent(r.f1)}${r.scratch === undefined ? "" : `（从头训练 ${percent(r.scratch)}）`}`,
    );
    return `${each.join(" · ")}；平均 ${told(f1)}${scratch ? `；从头训练 ${told(scratch)}` : ""}`;
  },
  foot: (by) =>
    by === undefined
      ? "一次训练，一个随机种子"
      : `以上分数属于 ${by.runs.length} 个随机种子中的第一个；“各随机种子”一行有全部`,
};

export const seedsWords: Readonly<Record<Lang, SeedsWords>> = { en, zh };
