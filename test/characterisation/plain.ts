// What stays of a result, a file or a page when times, paths, memory and versions are taken out.
import { createHash } from "node:crypto";
import { nodePlatform } from "../../src/platform/node.js";
import { detailsEn } from "../../src/report/words/en/details.js";
import { detailsZh } from "../../src/report/words/zh/details.js";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export const sha = (data: string | Uint8Array, digits = 16): string =>
  createHash("sha256").update(data).digest("hex").slice(0, digits);

/** Fields that hold a time, an amount of memory, a version, or a place. */
const leftOut = new Set([
  "seconds",
  "seconds_left",
  "seconds_per_step",
  "peak_rss_mb",
  "rss_mb",
  "per_second",
  "forecast",
  "versions",
  "version",
  "machine",
  "threads",
  "started",
  "ms",
]);

/** A number with a unit of time or memory, in English or Chinese. */
const measured =
  /[+−-]?\d[\d.,]*(?:\s|&nbsp;|\u00a0|\u202f)*(?:ms|s|sec|seconds?|min|minutes?|h|hours?|[kKMG]i?B|毫秒|秒|分钟|分|小时)(?![A-Za-z])/g;

/** Several measured values side by side, and the ratio of two of them: `under 2 s 1.4 s 0.70 ×`. */
const measuredRow =
  /(?:(?:under|about|不到|约) ?)?MEASURED(?:[^\S\n]*(?:(?:under|about|不到|约) ?)?MEASURED)*(?:[^\S\n]+\d[\d.]*\s×)?/g;

/** Returns a text without measured times, amounts of memory, versions, the machine, and the test's folder. */
export const plainText = (text: string, root: string): string =>
  text
    .replaceAll(root, "ROOT")
    .replaceAll(encodeURI(root), "ROOT")
    .replaceAll(nodePlatform.machine(), "MACHINE")
    .replace(/\b20\d\d-\d\d-\d\d(?:T[\d:.]+Z)?/g, "DATE")
    .replace(/\b\d+\.\d+\.\d+\b/g, "VERSION")
    .replace(measured, "MEASURED")
    .replace(measuredRow, "MEASURED");

/** A forecast names only the parts of a run that take long on this machine. */
const forecast = /MEASURED.*(?:of memory|内存)|(?:of memory|内存).*MEASURED/;

/** Numbers are kept to 6 significant digits: the rest is noise of rounding. */
const rounded = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(6)));

/** Longer texts, and lists with more elements, are stored as a hash. */
const longest = { text: 800, list: 4 };

/** Returns a value without what differs between two equal runs. */
export function plainValue(value: unknown, root: string): Json {
  if (typeof value === "number") return Number.isFinite(value) ? rounded(value) : String(value);
  if (typeof value === "string") return plainText(value, root);
  if (Array.isArray(value)) return value.map((one) => plainValue(one ?? null, root));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key, one]) => one !== undefined && !leftOut.has(key))
        .map(([key, one]) => [key, plainValue(one, root)]),
    );
  return typeof value === "boolean" ? value : null;
}

/** Returns a value with a hash in place of each long text and each long list. */
export function shortened(value: Json): Json {
  if (typeof value === "string") return value.length > longest.text ? `#${sha(value)}` : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const text = JSON.stringify(value);
    const isLong = value.length > longest.list && text.length > longest.text / 4;
    return isLong ? `#${sha(text)} of ${value.length}` : value.map(shortened);
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shortened(one)]));
}

/** Tags that begin a new line of a page. */
const block =
  /<\/?(?:p|div|section|header|footer|main|nav|h[1-6]|li|ul|ol|dl|dt|dd|tr|table|caption|figure|figcaption|details|summary|pre|text|svg|title|body|html)\b[^>]*>/gi;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

/** Charts by step: a run that is too quick to tell of its steps has none. */
const stepCharts = new RegExp(
  `<details><summary>(?:${[detailsEn, detailsZh].map(({ steps }) => steps).join("|")})</summary>[\\s\\S]*?</details>`,
  "g",
);

/** Returns the visible lines of a page, without what depends on time. */
export function visibleLines(page: string, root: string): string[] {
  const text = page
    .replace(stepCharts, "")
    .replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, "\n")
    .replace(/\s+/g, " ")
    .replace(block, "\n")
    .replace(/<[^>]*>/g, " ")
    .replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  return (
    plainText(text, root)
      .split("\n")
      .map((line) => (forecast.test(line) ? "FORECAST" : line.replace(/\s+/g, " ").trim()))
      // Axes of charts over time have as many ticks as the times ask for.
      .filter((line) => line !== "" && line !== "MEASURED")
  );
}
