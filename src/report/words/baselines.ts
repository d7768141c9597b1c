// Names of baselines in tables.
import { baselineNames } from "../../core/results/baseline-names.js";
import { itemsEn, itemsZh } from "./items.js";
import type { Lang } from "./langs.js";
import { baselineZh } from "./zh/baseline.js";

/** Trainings beside a student's: no verdict about a transfer names them. */
const besideStudent: Readonly<Record<Lang, Readonly<Record<string, string>>>> = {
  en: { without_teacher: "same student without the teacher", teacher: "teacher itself" },
  zh: { without_teacher: "没有教师模型的同一学生模型", teacher: "教师模型本身" },
};

/** Returns the name of each baseline by its key in a result, without an article. */
export const baselineLabels = (lang: Lang): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(baselineNames).map(([key, name]) => [
      key,
      lang === "zh" ? baselineZh(name) : name.replace(/^the (?=word|linear|network)/, ""),
    ]),
  ),
  ...besideStudent[lang],
});

/** Returns the name of the teacher's row, with the number of its test samples if the student has others. */
export function teacherLabel(tested: number, all: number, sample: string, lang: Lang): string {
  const label = baselineLabels(lang).teacher!;
  if (tested === all) return label;
  return lang === "zh"
    ? `${label}（${itemsZh.testCount(tested, sample)}）`
    : `${label} (${itemsEn.testCount(tested, sample)})`;
}
