// How the values of a sheet are written.
import type { Interval } from "../../core/results/task.js";
import { integer } from "../charts/numbers.js";
import { scoreFormats } from "../charts/score-format.js";
import { type Lang, wordsIn } from "../words/index.js";
import {
  type Estimate,
  type Figure,
  type Format,
  isEstimate,
  isWritten,
  type NumberFormat,
  plainText,
  type Text,
  type Value,
} from "./sheet.js";

/** Returns the scale of a score's axis. */
export const scaleOf = (as: NumberFormat): "share" | "number" => (as === "share" ? "share" : "number");

/** -1.23456 -> "−1.235" */
const shortText = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))).replace("-", "\u2212") : "–";

/** 0.8734 -> "87.3 %", "0.873"; "–" if there is no value. */
export function writtenNumber(as: NumberFormat, value: number | null): string {
  if (value === null) return "–";
  return as === "short" ? shortText(value) : scoreFormats[scaleOf(as)].score(value);
}

/** "83.0 to 91.0 %"; "–" if there is none. */
export function writtenInterval(as: NumberFormat, ci95: Interval | null | undefined, lang: Lang): string {
  if (!ci95) return "–";
  const { page } = wordsIn(lang);
  return as === "short"
    ? page.to(shortText(ci95[0]), shortText(ci95[1]))
    : scoreFormats[scaleOf(as)].range(ci95, page);
}

/** "precision 84.2 % (80.1 to 88.0 %)" */
export function writtenFigure({ name, as, value, ci95 }: Figure, lang: Lang): string {
  const { page } = wordsIn(lang);
  const number = `${plainText(name, lang)} ${writtenNumber(as, value)}`;
  return ci95 ? page.inBrackets(number, writtenInterval(as, ci95, lang)) : number;
}

/** Returns a score and its interval as texts. */
export const writtenEstimate = (as: Format, { value, ci95 }: Estimate, lang: Lang) => ({
  number: writtenValue(as, value, lang),
  interval: ci95 && isNumberFormat(as) ? writtenInterval(as, ci95, lang) : "",
});

const isNumberFormat = (as: Format): as is NumberFormat =>
  as === "share" || as === "decimal" || as === "short";

/** Returns true for a column of texts or names. */
export const isLeftAligned = (as: Format): boolean => as === "text" || as === "name" || as === "names";

/** Returns a value of a table without markup. */
export function writtenValue(as: Format, value: Value, lang: Lang): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return isNumberFormat(as) ? writtenNumber(as, value) : integer(value);
  if (isEstimate(value)) {
    const { number, interval } = writtenEstimate(as, value, lang);
    return interval === "" ? number : wordsIn(lang).page.inBrackets(number, interval);
  }
  if (isWritten(value)) {
    const text = plainText(value.text, lang);
    const { small } = value;
    return small === undefined ? text : wordsIn(lang).page.inBrackets(text, plainText(small, lang));
  }
  if (as === "share interval") return writtenInterval("share", value as Interval, lang);
  if (as === "names") return (value as readonly string[]).join(", ") || wordsIn(lang).page.nothing;
  return plainText(value as Text, lang) || "–";
}
