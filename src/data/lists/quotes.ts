/** Meaning of quotes in a CSV or TSV: "standard" quotes enclose values, with "none" quotes are text. */
export const quoteForms = ["standard", "none"] as const;
export type Quotes = (typeof quoteForms)[number];
