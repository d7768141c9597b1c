// Only the names: the checks of options load no base.

/** How the features of tokens become one row per text. */
export const poolings = ["mean", "cls", "max", "last"] as const;
export type TextPooling = (typeof poolings)[number];

/** Their fields in sentence-transformers' `1_Pooling/config.json`. */
export const poolingFields: Readonly<Record<TextPooling, string>> = {
  mean: "pooling_mode_mean_tokens",
  cls: "pooling_mode_cls_token",
  max: "pooling_mode_max_tokens",
  last: "pooling_mode_lasttoken",
};

/** Returns the content of that file. */
export function poolingFile(pooling: TextPooling): Readonly<Record<string, boolean>> {
  return Object.fromEntries(poolings.map((name) => [poolingFields[name], name === pooling]));
}
