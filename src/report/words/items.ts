// Counts of samples in words: "picture", "text", "row".
import type { Interval } from "../../core/events/events.js";
import { itemZh } from "../../core/messages/item-zh.js";
import { modalities, sentence, textPair } from "../../core/modalities.js";
import { count, integer, percentRange, rangeEnds } from "../charts/numbers.js";

export const itemsEn = {
  /** Name of a sample: a path, or "houses.csv, line 3". */
  item: (name: string): string => name,
  one: (kind: string): string => kind,
  many: (kind: string): string => `${kind}s`,
  count: (n: number, kind: string): string => count(n, kind),
  testCount: (n: number, kind: string): string => count(n, `test ${kind}`),
  trainingCount: (n: number, kind: string): string => count(n, `training ${kind}`),
  validationCount: (n: number, kind: string): string => count(n, `validation ${kind}`),
  classCount: (n: number): string => count(n, "class", "classes"),
  threads: (n: number): string => count(n, "thread"),
  range: (interval: Interval, digits = 1): string => percentRange(interval, digits),
  decimals: (interval: Interval): string => rangeEnds(interval).join(" to "),
};

const named = (kind: string): readonly [measure: string, name: string] =>
  [...Object.values(modalities), sentence, textPair].find(({ one }) => one === kind)?.zh ?? ["个", "样本"];
const counted = (n: number, kind: string, part = ""): string => {
  const [measure, name] = named(kind);
  return `${integer(n)}\u00a0${measure}${part}${name}`;
};

export const itemsZh: typeof itemsEn = {
  item: itemZh,
  one: (kind) => named(kind)[1],
  many: (kind) => named(kind)[1],
  count: (n, kind) => counted(n, kind),
  testCount: (n, kind) => counted(n, kind, "测试"),
  trainingCount: (n, kind) => counted(n, kind, "训练"),
  validationCount: (n, kind) => counted(n, kind, "验证"),
  classCount: (n) => `${integer(n)}\u00a0个类别`,
  threads: (n) => `${integer(n)}\u00a0个线程`,
  range: (interval, digits = 1) => percentRange(interval, digits, "至"),
  decimals: (interval) => rangeEnds(interval).join(" 至 "),
};
