/** Words for a missing value, in lower case: pandas' list without "none", which may be a category, and the \\N of SQL. */
const missingWords = new Set(["", "?", "na", "n/a", "#n/a", "nan", "null", "<na>", "\\n"]);
const mostLetters = Math.max(...[...missingWords].map((word) => word.length));

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Digits, points and commas, which may have a sign of percent or of a currency. */
const currency = "(?:[$€£¥₹]|USD|EUR|GBP|JPY|CNY|RMB|CHF|INR|CAD|AUD)";
const anyMarked = new RegExp(
  `^([+-]?)(?:${currency}\\s?)?([\\d.,]+(?:e[+-]?\\d+)?)(?:\\s?(?:%|${currency}))?$`,
  "i",
);
/** Thousands that can be nothing else: several groups, or groups and a fraction behind the other sign. */
const thousandsOf: readonly (readonly [form: RegExp, between: string, decimal: string])[] = [
  [/^\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})$/, ",", "."],
  [/^\d{1,3}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,})$/, ".", ","],
];
/** Texts in a column of numbers that stand for no value. */
const noValue =
  /^(nat|0000-00-00|[-–—.]{1,3}|[+-]?inf(inity)?|[+-]?∞|none|n\.a\.?|unknown|missing|tbd|#(div\/0!|ref!|value!|name\?|num!))$/i;

/** Returns true for a missing value. */
export function isMissing(text: string): boolean {
  return text.length <= mostLetters && missingWords.has(text.toLowerCase());
}

/** Returns why a cell is no numeric target. */
export const unusableCell = (column: string, text: string): string =>
  isMissing(text) ? `has no "${column}"` : `"${column}" is ${JSON.stringify(text)}, no number`;

/** True for what stands for no value in a column of numbers or dates: "inf", "-", "NaT". */
export const isNoValue = (text: string): boolean => text.length <= 12 && noValue.test(text);

/** Returns the sign or code of a currency in a cell, in capital letters; undefined without one. */
export const currencyOf = (text: string): string | undefined =>
  new RegExp(currency, "i").exec(text)?.[0].toUpperCase();

/** Returns a number without its sign of percent or of a currency; undefined for other texts. */
export function unmarked(text: string): string | undefined {
  const [, sign, digits] = text.length <= 40 ? (anyMarked.exec(text) ?? []) : [];
  return digits === undefined ? undefined : `${sign}${digits}`;
}

/**
 * Parses a decimal number, with or without a sign of percent or of a currency: "2.5 %" is 2.5, "(5)" is -5.
 * @returns undefined for any other text, such as "1,5", "0x10" and "Infinity"
 */
export function numberOf(text: string): number | undefined {
  const plain = numberText.test(text) ? text : withoutMark(text);
  if (plain === undefined) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

/** 12'525.60, 12 525,60. Behind a common space the fraction must follow: 555 123 may be no number. */
const spacedThousands = /^(-?)(\d{1,3}(?:(?:['’\u00a0\u202f]\d{3})+|(?: \d{3})+(?=[.,]\d)))([.,]\d+)?$/;

/**
 * Returns a number in JavaScript's form: without a sign of percent or of a currency, and without what separates thousands. A negative one may
 * have a typographic minus, or brackets as in accounts.
 */
function withoutMark(written: string): string | undefined {
  if (written.length > 40) return undefined;
  const inBrackets = /^\(([^()+-]+)\)$/.exec(written)?.[1];
  const text = inBrackets === undefined ? written.replace(/^\u2212/, "-") : `-${inBrackets}`;
  const [, minus, whole, fraction = ""] = spacedThousands.exec(text) ?? [];
  if (whole !== undefined) return `${minus}${whole.replace(/\D/g, "")}${fraction.replace(",", ".")}`;
  const bare = unmarked(text);
  if (bare === undefined || numberText.test(bare)) return bare;
  const [sign, digits] = /^[+-]/.test(bare) ? [bare[0]!, bare.slice(1)] : ["", bare];
  const found = thousandsOf.find(([form]) => form.test(digits));
  if (found === undefined) return undefined;
  const [, between, decimal] = found;
  return `${sign}${digits.replaceAll(between, "").replace(decimal, ".")}`;
}

/** Largest share of cells such as "-" and "inf" in a target of numbers. Their rows are left out. */
const maxNoValues = 0.1;
/** Largest share of other cells, such as "sold". */
const maxStray = 0.05;
/** Largest number of different whole numbers that count as classes. */
const maxNumericClasses = 20;

/** Counts over the values of a column. */
export interface ColumnSummary {
  /** Number of missing values. */
  readonly missing: number;
  /** Number of other values. */
  readonly present: number;
  /** Number of numeric values. */
  readonly numbers: number;
  /** Up to three examples of values that are no numbers. */
  readonly others: readonly string[];
  /** Number of values that stand for no number, such as "inf", "-" and "#DIV/0!". */
  readonly without: number;
  /** The number farthest from 0, as it is written. */
  readonly largest: string | undefined;
  /** Number of different values. Counted when it is read: for a column of many numbers that takes long. */
  readonly distinct: number;
  /** True if there is one value. */
  readonly constant: boolean;
  /** True if all numbers are whole. */
  readonly whole: boolean;
  /** True if the values are all whole numbers from 0 or 1 to the largest, each twice on average at least. Counted when it is read. */
  readonly consecutive: boolean;
}

/** Summarizes the values of a column. */
export function summarizeColumn(cells: readonly string[]): ColumnSummary {
  let [missing, numbers, without, most] = [0, 0, 0, -1];
  let largest: string | undefined;
  let [whole, constant] = [true, true];
  let first: string | undefined;
  const others = new Set<string>();
  for (const cell of cells) {
    if (isMissing(cell)) {
      missing++;
      continue;
    }
    first ??= cell;
    if (cell !== first) constant = false;
    const value = numberOf(cell);
    if (value === undefined) {
      if (others.size < 3) others.add(cell);
      if (isNoValue(cell)) without++;
    } else {
      numbers++;
      if (Math.abs(value) > most) [most, largest] = [Math.abs(value), cell];
      if (!Number.isInteger(value)) whole = false;
    }
  }
  return {
    missing,
    present: cells.length - missing,
    numbers,
    others: [...others],
    without,
    largest,
    constant: constant && first !== undefined,
    whole,
    get distinct() {
      return new Set(cells.filter((cell) => !isMissing(cell))).size;
    },
    get consecutive() {
      const values = new Set(cells.flatMap((cell) => numberOf(cell) ?? []));
      if (!whole || others.size > 0 || numbers < 2 * values.size) return false;
      const from = values.has(0) ? 0 : 1;
      return Array.from(values.keys()).every((_, i) => values.has(from + i));
    },
  };
}

/** Names of columns of classes. All whole numbers from 0 or 1 to the largest there are class ids. */
const classNames = /^(fine_|coarse_)?(label|class|category)(_?(id|name|index))?$/i;

/**
 * Returns true for a numeric target: numbers with fractions, or more than 20 different numbers. Their rows are left out if a few cells are no
 * numbers.
 * @param name of the column: "label" with all numbers from 0 to 29 has 30 classes
 */
export function isQuantity(summary: ColumnSummary, name: string): boolean {
  const { numbers, present, without, whole } = summary;
  const rest = present - numbers;
  if (numbers === 0 || rest > maxNoValues * present) return false;
  if (rest === without && !whole) return true;
  if (classNames.test(name) && summary.consecutive) return false;
  return rest - without <= maxStray * present && summary.distinct - summary.others.length > maxNumericClasses;
}

/** True for a column that could be classes or numbers: at least half are numbers, more than classes have, and too many are none. */
export const couldBeQuantity = (summary: ColumnSummary, name: string): boolean =>
  2 * summary.numbers >= summary.present &&
  summary.distinct > 2 * maxNumericClasses &&
  !isQuantity(summary, name);

/** True for a column whose values are as many as numbers have, and nearly none of which is one. */
export const couldHaveNumbers = ({ numbers, present, distinct }: ColumnSummary): boolean =>
  numbers <= maxStray * present && distinct > maxNumericClasses;
