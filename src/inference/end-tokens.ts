import type { Tokenizer } from "../data/texts/tokenizer.js";

/** Returns the tokens that end a text, by the first settings that name some, or by the tokenizer. */
export function endTokens(
  settings: readonly unknown[],
  { end }: Pick<Tokenizer, "end">,
): ReadonlySet<number> {
  for (const one of settings) {
    const named = [(one as { eos_token_id?: unknown } | null)?.eos_token_id].flat();
    const ids = named.filter((id): id is number => Number.isInteger(id));
    if (ids.length > 0) return new Set(ids);
  }
  return new Set(end === undefined ? [] : [end]);
}
