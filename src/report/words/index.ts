/** The sentences of reports: one table for each language. A table with a missing sentence does not compile. */
import { english } from "../../core/messages/english.js";
import { chartsEn } from "./en/charts.js";
import { detailsEn } from "./en/details.js";
import { insightsEn } from "./en/insights.js";
import { metricsEn } from "./en/metrics.js";
import { pageEn } from "./en/page.js";
import { shownEn } from "./en/shown.js";
import { verdictEn } from "./en/verdict.js";
import { itemsEn, itemsZh } from "./items.js";
import type { Lang } from "./langs.js";
import { chartsZh } from "./zh/charts.js";
import { detailsZh } from "./zh/details.js";
import { insightsZh } from "./zh/insights.js";
import { messagesZh } from "./zh/messages/index.js";
import { metricsZh } from "./zh/metrics.js";
import { pageZh } from "./zh/page.js";
import { reasonZh } from "./zh/reasons.js";
import { shownZh } from "./zh/shown.js";
import { verdictZh } from "./zh/verdict.js";

export type { Lang } from "./langs.js";

const tableEn = {
  lang: "en" as Lang,
  /** Language as in `<html lang>`. */
  tag: "en",
  verdict: verdictEn,
  shown: shownEn,
  page: pageEn,
  details: detailsEn,
  charts: chartsEn,
  metrics: metricsEn,
  insights: insightsEn,
  items: itemsEn,
  /** Messages that runs record. */
  messages: english,
  /** Returns a text that a run records without a code, in this language; undefined if the table does not know it. */
  uncoded: (text: string): string | undefined => text,
};

/** The table that every language has. */
export type Words = typeof tableEn;

const tables: Readonly<Record<Lang, Words>> = {
  en: tableEn,
  zh: {
    lang: "zh",
    tag: "zh-Hans",
    verdict: verdictZh,
    shown: shownZh,
    page: pageZh,
    details: detailsZh,
    charts: chartsZh,
    metrics: metricsZh,
    insights: insightsZh,
    items: itemsZh,
    messages: messagesZh,
    uncoded: reasonZh,
  },
};

/** Returns the sentences of a language. */
export const wordsIn = (lang: Lang): Words => tables[lang];
