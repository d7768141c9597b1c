// Names of baselines in tables.
import { baselineNames } from "../../core/results/baseline-names.js";
import type { Lang } from "./langs.js";
import { baselineZh } from "./zh/baseline.js";

/** Returns the name of each baseline by its key in a result, without an article. */
export const baselineLabels = (lang: Lang): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(baselineNames).map(([key, name]) => [
      key,
      lang === "zh" ? baselineZh(name) : name.replace(/^the (?=word|linear|network)/, ""),
    ]),
  );
