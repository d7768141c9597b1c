/** Factor that encodes the segment in a token: token id + segment · segmentUnit. The second text of a pair has segment 1. */
export const segmentUnit = 2 ** 22;

/** The special tokens around and between the two texts of a pair, each with its segment. */
export interface PairTemplate {
  readonly before: readonly number[];
  readonly between: readonly number[];
  readonly behind: readonly number[];
  /** Segments of the first and the second text. */
  readonly segments: readonly [first: number, second: number];
}

/** A tokenizer's encoding of a pair. */
interface Encoded {
  readonly ids: readonly number[];
  readonly token_type_ids?: readonly number[];
}

/**
 * Derives a tokenizer's pair template from one encoded pair.
 * @param first,second tokens of two short texts, without special tokens
 * @param encoded the same texts as a pair, with special tokens
 * @returns undefined if the pair does not contain both texts' tokens
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
 * Returns how many tokens of each text remain after truncation, which shortens the longer text first.
 * @param room tokens for both texts, without special tokens
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

/** Joins two texts to at most `longest` tokens with their segments. `cut`: whether a text was truncated. */
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
