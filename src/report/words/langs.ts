/** Languages that reports are written in. */
export const langs = ["en", "zh"] as const;
export type Lang = (typeof langs)[number];
