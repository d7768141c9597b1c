/** The sentences of reports: one table a language, and none compiles with a hole. */
import { english } from "../../core/messages/english.js";
import { chartsEn } from "./en/charts.js";
import { detailsEn } from "./en/details.js";
import { insightsEn } from "./en/insights.js";
import { pageEn } from "./en/page.js";
import { sideBySideEn } from "./en/side-by-side.js";
import { trustEn } from "./en/trust.js";
import { itemsEn, itemsZh } from "./items.js";
import type { Lang } from "./langs.js";
import { chartsZh } from "./zh/charts.js";
import { detailsZh } from "./zh/details.js";
import { insightsZh } from "./zh/insights.js";
import { messagesZh } from "./zh/messages/index.js";
import { pageZh } from "./zh/page.js";
import { sideBySideZh } from "./zh/side-by-side.js";
import { trustZh } from "./zh/trust.js";

export type { Lang } from "./langs.js";

/** As `<html lang>` says them. */
const tableEn = {
  tag: "en",
  page: pageEn,
  details: detailsEn,
  trust: trustEn,
  charts: chartsEn,
  insights: insightsEn,
  items: itemsEn,
  sideBySide: sideBySideEn,
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
    details: detailsZh,
    trust: trustZh,
    charts: chartsZh,
    insights: insightsZh,
    items: itemsZh,
    sideBySide: sideBySideZh,
    messages: messagesZh,
  },
};

/** The sentences of a language. */
export const wordsIn = (lang: Lang): Words => tables[lang];
