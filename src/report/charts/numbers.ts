// Numbers as text. A number that is not finite is a dash.
import { formatDuration } from "../../core/duration.js";
import type { Interval } from "../../core/events/events.js";
import { fixed, fixedRange } from "../../core/fixed.js";

const none = "–";

/** Returns a text: 0.8734 -> "87.3 %" */
export function percent(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${fixed(100 * share, digits)}\u00a0%` : none;
}

/** Returns a text: [0.83, 0.91] -> "83.0 to 91.0 %" */
export function percentRange([low, high]: Interval, digits = 1, to = "to"): string {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return none;
  return `${rangeEnds([100 * low, 100 * high], digits).join(` ${to} `)}\u00a0%`;
}

/** Returns both ends of a range: [0.83, 0.91] -> "0.830", "0.910" */
export function rangeEnds([low, high]: Interval, digits = 3): readonly [string, string] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [decimal(low), decimal(high)];
  const [first, last] = fixedRange(low, high, digits);
  return [withMinus(first), withMinus(last)];
}

/** Returns a text: 0.084 -> "+8.4", -0.02 -> "−2.0": percentage points. */
export function gain(difference: number): string {
  if (!Number.isFinite(difference)) return none;
  const text = points(difference, 1);
  return text.startsWith("\u2212") ? text : `+${text}`;
}

const withMinus = (number: string): string => number.replace("-", "\u2212");

const points = (share: number, digits: number): string => withMinus(fixed(100 * share, digits));

/** Returns a text: 0.1234 -> "0.123" */
export function decimal(value: number, digits = 3): string {
  return Number.isFinite(value) ? withMinus(fixed(value, digits)) : none;
}

/** Returns a text: 1234567 -> "1,234,567" */
export function integer(value: number): string {
  // Not toLocaleString, whose tables take as long to load as a page to be written.
  return Number.isFinite(value) ? String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ",") : none;
}

/** Returns a text: 0.00123456 -> "0.00123" */
export function rate(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : none;
}

/** Returns a text: 3725 -> "1 h 2 min", 75 -> "1 min 15 s", 4.21 -> "4.2 s" */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return none;
  return formatDuration(seconds).replace(/ (?=[a-z])/g, "\u00a0");
}

/** Returns a text: 512 -> "512 MB", 2048 -> "2.0 GB" (megabytes in) */
export function megabytes(mb: number): string {
  if (!Number.isFinite(mb)) return none;
  return mb < 1000 ? `${Math.round(mb)}\u00a0MB` : `${(mb / 1000).toFixed(1)}\u00a0GB`;
}

/** Returns a text: "1 picture", "2 pictures" */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${integer(n)}\u00a0${n === 1 ? one : many}`;
}
