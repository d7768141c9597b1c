import type { LinearHead } from "../heads.js";

/** The start of a head on frames. */
export interface ReusedHead extends LinearHead {
  /** Characters of the new head that the base knows, and all of them. */
  readonly known: number;
  readonly of: number;
}

/** Special tokens in front of the characters of a vocabulary: the blank and `<unk>`. */
const special = 2;

/**
 * Returns a head on frames whose rows are those of the same characters of a base's head. A character that the base writes in the other
 * case counts as the same. Other rows are zeros.
 * @param tokens vocabulary of the new head
 * @returns undefined if the base knows fewer than half of the characters, or not the blank
 */
export function reuseFrameHead(
  old: LinearHead & { readonly classes: readonly string[] },
  tokens: readonly string[],
): ReusedHead | undefined {
  const exact = new Map(old.classes.map((token, i) => [token, i]));
  const anyCase = new Map(old.classes.map((token, i) => [token.toLowerCase(), i]));
  const rows = tokens.map((token) => exact.get(token) ?? anyCase.get(token.toLowerCase()));
  const characters = rows.slice(special);
  const known = characters.filter((row) => row !== undefined).length;
  if (rows[0] === undefined || 2 * known < characters.length) return undefined;
  const width = old.weight.length / old.classes.length;
  const weight = new Float32Array(tokens.length * width);
  const bias = new Float32Array(tokens.length);
  rows.forEach((row, i) => {
    if (row === undefined) return;
    weight.set(old.weight.subarray(row * width, (row + 1) * width), i * width);
    bias[i] = old.bias[row]!;
  });
  return { weight, bias, known, of: characters.length };
}
