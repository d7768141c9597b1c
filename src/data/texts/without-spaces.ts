/** Letters of scripts without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}]/gu;

/** True if most letters of the texts belong to a script without spaces between words. */
export function isWithoutSpaces(texts: readonly string[]): boolean {
  const all = texts.join("");
  const letters = all.match(/\p{L}/gu)?.length ?? 0;
  return 2 * (all.match(unspaced)?.length ?? 0) > letters;
}
