/** Numbers of n-grams of one order. */
export interface NgramMatches {
  /** n-grams of the prediction. */
  readonly predicted: number;
  /** n-grams of the reference; of several, of the first. */
  readonly reference: number;
  /** Σ min(count in the prediction, largest count in a reference) over the n-grams. */
  readonly matches: number;
}

/**
 * Counts the n-grams that a prediction and its references have in common, for each n from 1 to `orders`.
 *
 * Tokens are numbered, and an n-gram is the number of its first n − 1 tokens together with its last token. So time is proportional to
 * `orders` times the number of tokens, and memory to the number of tokens.
 *
 * @param references at least one
 * @returns one row for each n
 * @example matchNgrams(["a", "a"], [["a", "b"]], 1) // [{ predicted: 2, reference: 2, matches: 1 }]
 */
export function matchNgrams(
  prediction: readonly string[],
  references: readonly (readonly string[])[],
  orders: number,
): NgramMatches[] {
  const numbers = new Map<string, number>();
  const texts = references.map((tokens) =>
    Int32Array.from(tokens, (token) => {
      if (!numbers.has(token)) numbers.set(token, numbers.size);
      return numbers.get(token)!;
    }),
  );
  const own = Int32Array.from(prediction, (token) => numbers.get(token) ?? -1);
  const places = texts.reduce((sum, { length }) => sum + length, 0);
  // Number of the (n − 1)-gram that starts at each place; −1 if no reference has it.
  const starts = texts.map(({ length }) => new Int32Array(length));
  const ownStarts = new Int32Array(own.length);
  return Array.from({ length: orders }, (_, i) => {
    const grams = numberPairs(places);
    const most = new Int32Array(places);
    const counts = new Int32Array(places);
    for (const [t, tokens] of texts.entries()) {
      const begins = starts[t]!;
      for (let at = 0; at + i < tokens.length; at++) {
        begins[at] = grams.add(begins[at]!, tokens[at + i]!);
        counts[begins[at]!]!++;
      }
      for (let gram = 0; gram < grams.size(); gram++) most[gram] = Math.max(most[gram]!, counts[gram]!);
      counts.fill(0, 0, grams.size());
    }
    let matches = 0;
    for (let at = 0; at + i < own.length; at++) {
      const gram = grams.find(ownStarts[at]!, own[at + i]!);
      ownStarts[at] = gram;
      if (gram >= 0 && counts[gram]!++ < most[gram]!) matches++;
    }
    return {
      predicted: Math.max(0, own.length - i),
      reference: Math.max(0, texts[0]!.length - i),
      matches,
    };
  });
}

/** Numbers pairs of numbers from 0 on, in the order of their first occurrence: a hash table with linear probing, at most half full. */
function numberPairs(most: number) {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * most + 1)));
  const [firsts, seconds] = [new Int32Array(most), new Int32Array(most)];
  let size = 0;
  // Constants of MurmurHash3. A slot holds a number + 1, or 0.
  const slotOf = (first: number, second: number): number => {
    const mixed = Math.imul(Math.imul(first, 0xcc9e2d51) ^ second, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & (slots.length - 1);
    for (; slots[slot]! > 0; slot = (slot + 1) & (slots.length - 1)) {
      const number = slots[slot]! - 1;
      if (firsts[number] === first && seconds[number] === second) return slot;
    }
    return slot;
  };
  return {
    size: (): number => size,
    /** Returns the number of a pair, a new one if it is new. */
    add(first: number, second: number): number {
      const slot = slotOf(first, second);
      if (slots[slot] === 0) {
        [firsts[size], seconds[size]] = [first, second];
        slots[slot] = ++size;
      }
      return slots[slot]! - 1;
    },
    /** Returns the number of a pair, or −1. */
    find: (first: number, second: number): number => slots[slotOf(first, second)]! - 1,
  };
}
