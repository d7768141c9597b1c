import type { Warning } from "./found.js";

/** Code of the warning that data support no score. */
export const noScoreCode = "no_score";

/** Returns why data support no score; undefined if they have a test split. */
export const whyUnscored = (warnings: readonly Warning[] = []): Warning | undefined =>
  warnings.find(({ code }) => code === noScoreCode);
