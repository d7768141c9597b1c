/** The sentences of reports: one table a language, and none compiles with a hole. */
import { chartsEn } from "./charts-en.js";
import { chartsZh } from "./charts-zh.js";
import { doneEn } from "./done-en.js";
import { doneZh } from "./done-zh.js";
import { insideEn } from "./inside-en.js";
import { insideZh } from "./inside-zh.js";
import { itemsEn, itemsZh } from "./items.js";
import type { Lang } from "./langs.js";
import { pageEn } from "./page-en.js";
import { pageZh } from "./page-zh.js";
import { recordZh } from "./record-zh.js";
import { sideEn } from "./side-en.js";
import { sideZh } from "./side-zh.js";
import { trustEn } from "./trust-en.js";
import { trustZh } from "./trust-zh.js";

export type { Lang } from "./langs.js";

/** As `<html lang>` says them. */
const english = {
  tag: "en",
  page: pageEn,
  done: doneEn,
  trust: trustEn,
  charts: chartsEn,
  inside: insideEn,
  items: itemsEn,
  side: sideEn,
  /** What a run recorded in English; undefined: as it was recorded. */
  record: (_text: string): string | undefined => undefined,
};

/** What every language has to say. */
export type Words = typeof english;

const tables: Readonly<Record<Lang, Words>> = {
  en: english,
  zh: {
    tag: "zh-Hans",
    page: pageZh,
    done: doneZh,
    trust: trustZh,
    charts: chartsZh,
    inside: insideZh,
    items: itemsZh,
    side: sideZh,
    record: recordZh,
  },
};

/** The sentences of a language. */
export const wordsIn = (lang: Lang): Words => tables[lang];
