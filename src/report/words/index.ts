/** The sentences of reports: one table a language, and none compiles with a hole. */
import { english } from "../../core/messages/english.js";
import { chartsEn } from "./en/charts.js";
import { doneEn } from "./en/done.js";
import { insideEn } from "./en/inside.js";
import { pageEn } from "./en/page.js";
import { sideEn } from "./en/side.js";
import { trustEn } from "./en/trust.js";
import { itemsEn, itemsZh } from "./items.js";
import type { Lang } from "./langs.js";
import { chartsZh } from "./zh/charts.js";
import { doneZh } from "./zh/done.js";
import { insideZh } from "./zh/inside.js";
import { messagesZh } from "./zh/messages/index.js";
import { pageZh } from "./zh/page.js";
import { sideZh } from "./zh/side.js";
import { trustZh } from "./zh/trust.js";

export type { Lang } from "./langs.js";

/** As `<html lang>` says them. */
const tableEn = {
  tag: "en",
  page: pageEn,
  done: doneEn,
  trust: trustEn,
  charts: chartsEn,
  inside: insideEn,
  items: itemsEn,
  side: sideEn,
  /** What a run recorded. */
  messages: english,
};

/** What every language has to say. */
export type Words = typeof tableEn;

const tables: Readonly<Record<Lang, Words>> = {
  en: tableEn,
  zh: {
    tag: "zh-Hans",
    page: pageZh,
    done: doneZh,
    trust: trustZh,
    charts: chartsZh,
    inside: insideZh,
    items: itemsZh,
    side: sideZh,
    messages: messagesZh,
  },
};

/** The sentences of a language. */
export const wordsIn = (lang: Lang): Words => tables[lang];
