/** What csv-parse says of a problem. */
export interface CsvProblem {
  readonly code?: string;
  readonly lines?: number;
  readonly column?: number | string;
  readonly record?: readonly string[];
  /** Rows before it. */
  readonly records?: number;
}

/** Which value of the line it is. */
export function wherein(
  code: string | undefined,
  column: CsvProblem["column"],
  record: CsvProblem["record"],
): string {
  if (code === "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH") return record ? `: ${record.length}` : "";
  return typeof column === "number" ? ` (column ${column + 1})` : "";
}

export const csvProblems: Readonly<Record<string, readonly [what: string, help: string]>> = {
  CSV_QUOTE_NOT_CLOSED: ["opens a quote that is never closed", 'close it, or write "" for a quote inside'],
  CSV_INVALID_CLOSING_QUOTE: ["goes on after a closing quote", 'write "" for a quote inside a quoted value'],
  INVALID_OPENING_QUOTE: ["has a quote in the middle of a value", "quote the whole value"],
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: [
    "goes on after a closing quote",
    'write "" for a quote inside a quoted value',
  ],
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: [
    "has another number of values than the header",
    "quote values that contain the separator",
  ],
};
