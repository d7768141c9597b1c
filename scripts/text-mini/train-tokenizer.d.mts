export const special: readonly string[];
export function trainVocabulary(
  counts: ReadonlyMap<string, number>,
  options: { readonly size: number; readonly rare: { readonly chinese: number; readonly other: number } },
): string[];
export function tokenizerFiles(
  vocabulary: readonly string[],
  positions: number,
): Record<"tokenizer.json" | "tokenizer_config.json", object>;
