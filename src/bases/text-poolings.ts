// The names alone: the checks of options load no base.

/** How the tokens' features become one row a text. */
export const poolings = ["mean", "cls", "max", "last"] as const;
export type TextPooling = (typeof poolings)[number];
