// The names alone: the checks of options load no base.

/** How the tokens' features become one row a text. */
export const poolings = ["mean", "cls", "max", "last"] as const;
export type TextPooling = (typeof poolings)[number];

/** What sentence-transformers' `1_Pooling/config.json` calls them. */
export const poolingFields: Readonly<Record<TextPooling, string>> = {
  mean: "pooling_mode_mean_tokens",
  cls: "pooling_mode_cls_token",
  max: "pooling_mode_max_tokens",
  last: "pooling_mode_lasttoken",
};

/** That file's content. */
export function poolingFile(pooling: TextPooling): Readonly<Record<string, boolean>> {
  return Object.fromEntries(poolings.map((name) => [poolingFields[name], name === pooling]));
}
