import { EngraftError } from "../../core/errors.js";

/** Meaning of quotes in a CSV or TSV: "standard" quotes enclose values, with "none" quotes are text. */
export const quoteForms = ["standard", "none"] as const;
export type Quotes = (typeof quoteForms)[number];

/** @throws OptionError if a meaning of quotes is given for files of which none is a CSV or TSV */
export function requireQuotes(quotes: Quotes | undefined, names: readonly string[]): void {
  if (quotes === undefined || names.some((name) => /\.[ct]sv$/i.test(name))) return;
  throw new EngraftError(
    "OptionError",
    `quotes is for CSV and TSV files, and ${JSON.stringify(names[0])} is none`,
    {
      help: "leave --quotes out",
      details: { option: "quotes", value: quotes },
    },
  );
}
