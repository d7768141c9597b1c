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
  return text === "" || (text.length <= mostLetters && missingWords.has(text.toLowerCase()));
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
  if (written === "" || written.length > 40) return undefined;
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

/** A whole number, which may have a point behind it, as pandas writes a column with missing values: 7.0 is 7. */
const wholeText = /^([+-]?\d+)(?:\.0*)?$/;

/** Returns a whole number without a point: "7.0" is "7"; undefined for other texts. */
export const wholeOf = (text: string): string | undefined => wholeText.exec(text)?.[1];

/** How the numbers of a column are written, if not with a decimal point: "1.234,5" has commas, "1.234" for 1234 dots. */
export type NumberForm = "commas" | "dots";

/** A number with a decimal comma, as in German and French exports: 1.234,56. */
const commaNumber = /^[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/;
/** A number whose comma may separate thousands, as in English exports: 1,234. */
const maybeThousands = /^[+-]?\d{1,3},\d{3}$/;
/** A whole number whose dots may separate thousands: 1.234, or 567. */
const maybeDots = /^[+-]?([1-9]\d{0,2}(\.\d{3})+|[1-9]\d{0,2}|0)$/;
/** Fewest values with dots that show how dots are meant. */
const fewestDots = 3;

const bare = (text: string): string => unmarked(text) ?? text;

/** Returns a number of a form with a decimal point. */
const pointed: Readonly<Record<NumberForm, (text: string) => string>> = {
  commas: (text) => bare(text).replaceAll(".", "").replace(",", "."),
  dots: (text) => text.replaceAll(".", ""),
};

/** What the file of a column says about commas and dots in its numbers. */
export interface CellSource {
  /** Separator of values: exports have semicolons because commas are decimal. */
  readonly separator?: string | undefined;
  /** Returns true if another number of the file has a decimal comma. Default: none has. */
  readonly hasCommas?: () => boolean;
}

/** Form of the numbers of a column, which may be unclear. */
interface FoundForm {
  readonly form: NumberForm;
  readonly isClear: boolean;
}

/** Returns the form of numbers with commas, or with dots that may separate thousands; undefined for points, and for other values. */
function formOf(cells: readonly string[], { separator, hasCommas }: CellSource): FoundForm | undefined {
  const between = separator === ";";
  if (cells.some((cell) => cell.includes(","))) {
    let areThousands = true;
    for (const cell of cells) {
      if (isMissing(cell)) continue;
      const text = bare(cell);
      if (!commaNumber.test(text)) return undefined;
      if (text.includes(",") && !maybeThousands.test(text)) areThousands = false;
    }
    return { form: "commas", isClear: between || !areThousands };
  }
  // Each dot is followed by three digits, and values below 1000 have none. Numbers with three decimals would all have them, or some with fewer.
  let [dotted, plain] = [0, 0];
  for (const cell of cells) {
    if (isMissing(cell)) continue;
    if (!maybeDots.test(cell)) return undefined;
    if (cell.includes(".")) dotted++;
    else plain++;
  }
  if (dotted < fewestDots || (plain === 0 && !between)) return undefined;
  return { form: "dots", isClear: between && (plain > 0 || hasCommas?.() === true) };
}

/**
 * Returns what gives the cells of a few rows decimal points, as the column of a model wrote its numbers; undefined if not all are in its form.
 * @param form undefined for points: commas are decimal ones if nothing else is possible
 */
export function pointsOf(
  cells: readonly string[],
  form: NumberForm | undefined,
): ((text: string) => string) | undefined {
  const present = cells.map(bare).filter((cell) => !isMissing(cell) && !isNoValue(cell));
  const found = form === undefined ? formOf(present, {}) : { form, isClear: true };
  if (present.length === 0 || !found?.isClear) return undefined;
  const fits = found.form === "dots" ? maybeDots : commaNumber;
  return present.every((cell) => fits.test(cell)) ? pointed[found.form] : undefined;
}

/** Returns an example of a form: the longest number with a comma, or the first one with a dot, as it is written and with a decimal point. */
function exampleOf(
  cells: readonly string[],
  form: NumberForm,
): { readonly from: string; readonly to: string } {
  const marked = cells.filter((cell) => cell.includes(form === "dots" ? "." : ","));
  const isBefore = (a: string, b: string) => a.length > b.length || (a.length === b.length && a < b);
  const from = form === "dots" ? marked[0]! : marked.reduce((a, b) => (isBefore(b, a) ? b : a));
  return { from, to: pointed[form](from) };
}

/** Largest share of values such as "-" and "inf". In a target of numbers their rows are left out; in an input they are missing. */
const maxNoValues = { target: 0.1, input: 0.5 };
/** Largest share of other values, such as "sold", in a column of numbers. */
const maxStray = 0.05;
/** Largest number of different whole numbers that count as classes. */
const maxNumericClasses = 20;
/** Names of columns of classes. All whole numbers from 0 or 1 to the largest there are class ids. */
const classNames = /^(fine_|coarse_)?(label|class|category)(_?(id|name|index))?$/i;

/** Counts over the values of a column. */
export interface ColumnCounts {
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
  /** True if there is one value. */
  readonly constant: boolean;
  /** True if all numbers are whole. */
  readonly whole: boolean;
}

function countsOf(cells: readonly string[], values: readonly (number | undefined)[]): ColumnCounts {
  let [missing, numbers, without, most] = [0, 0, 0, -1];
  let largest: string | undefined;
  let [whole, constant] = [true, true];
  let first: string | undefined;
  const others = new Set<string>();
  for (const [i, cell] of cells.entries()) {
    const value = values[i];
    if (value === undefined && isMissing(cell)) {
      missing++;
      continue;
    }
    first ??= cell;
    if (cell !== first) constant = false;
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
    ...{ missing, present: cells.length - missing, numbers, others: [...others], without, largest, whole },
    constant: constant && first !== undefined,
  };
}

/**
 * A column of a list: the one place that decides what its cells are. A list of any task, and a page, reads its cells with it.
 * @example new Column("score", ["3,5", "NA", "12"], { separator: ";" }).values  // [3.5, undefined, 12]
 */
export class Column {
  /** The cells with decimal points, if another form is clear. */
  readonly cells: readonly string[];
  /** Form that the numbers had, if it is clear and not with points. */
  readonly form: NumberForm | undefined;
  /** Form that the numbers may have. The cells stay unchanged. */
  readonly unclear: NumberForm | undefined;
  /** A cell in that form, and its number with a decimal point. Missing: all have points, or are no numbers. */
  readonly example?: { readonly from: string; readonly to: string };
  #values: readonly (number | undefined)[] | undefined;
  #counts: ColumnCounts | undefined;
  #distinct: number | undefined;

  /** @param source says that the cells are as the file has them. Missing: they have decimal points */
  constructor(
    readonly name: string,
    cells: readonly string[],
    source?: CellSource,
  ) {
    const { form, isClear } = (source && formOf(cells, source)) ?? {};
    this.form = isClear ? form : undefined;
    this.unclear = isClear ? undefined : form;
    this.cells = this.form ? cells.map(pointed[this.form]) : cells;
    if (form !== undefined) this.example = exampleOf(cells, form);
  }

  /** The number of each cell; undefined for a missing one, and for one that is no number. */
  get values(): readonly (number | undefined)[] {
    this.#values ??= this.cells.map((cell) => (cell === "" ? undefined : numberOf(cell)));
    return this.#values;
  }

  get counts(): ColumnCounts {
    this.#counts ??= countsOf(this.cells, this.values);
    return this.#counts;
  }

  /** Number of different values. */
  get distinct(): number {
    this.#distinct ??= new Set(this.cells.filter((cell) => !isMissing(cell))).size;
    return this.#distinct;
  }

  /** True if all values are numbers. */
  get areNumbers(): boolean {
    return this.counts.numbers > 0 && this.counts.others.length === 0;
  }

  /** True for an input of numbers: the few other values count as missing. */
  get holdsNumbers(): boolean {
    return this.#hasNumbers("input") && this.#stray <= maxStray * this.counts.present;
  }

  /**
   * True for a target of numbers: they have fractions, or more than 20 are different. The few rows with other values are left out. A column
   * called "label" with all numbers from 0 to 29 has 30 classes.
   */
  get isQuantity(): boolean {
    const { present, whole, others } = this.counts;
    if (!this.#hasNumbers("target")) return false;
    if (this.#stray === 0 && !whole) return true;
    if (classNames.test(this.name) && this.#isConsecutive()) return false;
    return this.#stray <= maxStray * present && this.distinct - others.length > maxNumericClasses;
  }

  /** True for a target that could be classes or numbers: at least half are numbers, more than classes have, and too many are none. */
  get couldBeQuantity(): boolean {
    const { numbers, present } = this.counts;
    return 2 * numbers >= present && this.distinct > 2 * maxNumericClasses && !this.isQuantity;
  }

  /** True for a column whose values are as many as numbers have, and nearly none of which is one. */
  get couldHaveNumbers(): boolean {
    const { numbers, present } = this.counts;
    return numbers <= maxStray * present && this.distinct > maxNumericClasses;
  }

  /** Number of values that are no numbers and do not stand for none. */
  get #stray(): number {
    const { present, numbers, without } = this.counts;
    return present - numbers - without;
  }

  #hasNumbers(as: keyof typeof maxNoValues): boolean {
    const { numbers, present } = this.counts;
    return numbers > 0 && present - numbers <= maxNoValues[as] * present;
  }

  /** True if the values are all whole numbers from 0 or 1 to the largest, each twice on average at least. */
  #isConsecutive(): boolean {
    const { whole, others, numbers } = this.counts;
    const values = new Set(this.values.filter((value) => value !== undefined));
    if (!whole || others.length > 0 || numbers < 2 * values.size) return false;
    const from = values.has(0) ? 0 : 1;
    return Array.from(values.keys()).every((_, i) => values.has(from + i));
  }
}
