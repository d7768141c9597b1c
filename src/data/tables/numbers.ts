/** Words that stand for a missing value in tables, in lower case; pandas' list without "none", which may be a category. */
const missingWords = new Set(["", "?", "na", "n/a", "#n/a", "nan", "null", "<na>"]);

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Is there no value? */
export function isMissing(text: string): boolean {
  return missingWords.has(text.toLowerCase());
}

/** Returns why a cell cannot be learnt as a number. */
export const unusableCell = (column: string, text: string): string =>
  isMissing(text) ? `has no "${column}"` : `"${column}" is ${JSON.stringify(text)}, no number`;

/** The number that a text is, undefined for any other text: "1,5", "0x10" and "Infinity" are none. */
export function numberOf(text: string): number | undefined {
  if (!numberText.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** From so many different whole numbers on, a column of labels is taken for a quantity. */
const mostClasses = 20;

/** What a column holds. */
export interface ColumnSummary {
  readonly missing: number;
  readonly numbers: number;
  /** Values that are there and no numbers, at most three, as examples. */
  readonly others: readonly string[];
  readonly distinct: number;
  readonly whole: boolean;
}

export function summarizeColumn(cells: readonly string[]): ColumnSummary {
  let [missing, numbers] = [0, 0];
  let whole = true;
  const others = new Set<string>();
  const distinct = new Set<string>();
  for (const cell of cells) {
    if (isMissing(cell)) missing++;
    else {
      distinct.add(cell);
      const value = numberOf(cell);
      if (value === undefined) {
        if (others.size < 3) others.add(cell);
      } else {
        numbers++;
        if (!Number.isInteger(value)) whole = false;
      }
    }
  }
  return { missing, numbers, others: [...others], distinct: distinct.size, whole };
}

/** Are these values to be learnt as a quantity, not as classes? Numbers with fractions, or more than twenty different ones. */
export function isQuantity({ numbers, others, distinct, whole }: ColumnSummary): boolean {
  return numbers > 0 && others.length === 0 && (!whole || distinct > mostClasses);
}
