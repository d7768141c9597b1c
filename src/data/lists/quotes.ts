/** How quotes of a CSV or TSV are read: "standard" encloses values with them, "none" takes them as text. */
export const quoteForms = ["standard", "none"] as const;
export type Quotes = (typeof quoteForms)[number];
