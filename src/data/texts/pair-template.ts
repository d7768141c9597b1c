/** A token's number with the segment that it is in: what tells the second text of a pair from the first. */
export const segmentUnit = 2 ** 22;

/** How a tokenizer puts two texts together: marks around and between them, each with its segment. */
export interface PairTemplate {
  readonly before: readonly number[];
  readonly between: readonly number[];
  readonly behind: readonly number[];
  /** Segment of the first and of the second text's tokens. */
  readonly segments: readonly [first: number, second: number];
}

/** What a tokenizer's own encoding of a pair says. */
interface Encoded {
  readonly ids: readonly number[];
  readonly token_type_ids?: readonly number[];
}

/**
 * The template by which a tokenizer joins two texts, read off one pair.
 * @param first,second tokens of two short texts, without marks @param both the same as a pair, with marks
 * @returns undefined where the tokens are not found there as they are
 */
export function pairTemplate(
  first: readonly number[],
  second: readonly number[],
  { ids, token_type_ids: types = [] }: Encoded,
): PairTemplate | undefined {
  const packed = ids.map((id, i) => id + segmentUnit * (types[i] ?? 0));
  const find = (part: readonly number[], from: number): number => {
    for (let at = from; at + part.length <= ids.length; at++)
      if (part.every((id, i) => ids[at + i] === id)) return at;
    return -1;
  };
  if (first.length === 0 || second.length === 0) return undefined;
  const one = find(first, 0);
  const two = one < 0 ? -1 : find(second, one + first.length);
  if (two < 0) return undefined;
  return {
    before: packed.slice(0, one),
    between: packed.slice(one + first.length, two),
    behind: packed.slice(two + second.length),
    segments: [types[one] ?? 0, types[two] ?? 0],
  };
}

/**
 * How many tokens of each text stay: the longer one gives first.
 * @param room tokens for both, without marks
 * @see Hugging Face's tokenizers, `truncate_encodings` with `LongestFirst`
 */
export function longestFirst(
  first: number,
  second: number,
  room: number,
): readonly [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const swapped = first > second;
  let short = Math.min(first, second);
  let long = short > room ? short : Math.max(short, room - short);
  if (short + long > room) {
    short = Math.floor(room / 2);
    long = short + (room % 2);
  }
  return swapped ? [long, short] : [short, long];
}

/** Two texts as one, at most `longest` tokens, each with its segment in it. */
export function joinedPair(
  first: readonly number[],
  second: readonly number[],
  { before, between, behind, segments }: PairTemplate,
  longest: number,
): { readonly ids: readonly number[]; readonly cut: boolean } {
  const room = Math.max(2, longest - before.length - between.length - behind.length);
  const [one, two] = longestFirst(first.length, second.length, room);
  const of = (ids: readonly number[], count: number, segment: number) =>
    ids.slice(0, count).map((id) => id + segmentUnit * segment);
  return {
    ids: [...before, ...of(first, one, segments[0]), ...between, ...of(second, two, segments[1]), ...behind],
    cut: one < first.length || two < second.length,
  };
}
