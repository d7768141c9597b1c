import { EngraftError } from "../../core/errors.js";
import { noToken } from "./token-table.js";
import type { Tokenizer } from "./tokenizer.js";

/** Joins tokenizers: the ids of all by turns, with -1 behind the end of a shorter text. */
export function joinTokenizers(tokenizers: readonly Tokenizer[]): Tokenizer {
  type Encoded = ReturnType<Tokenizer["encode"]>;
  const byTurns = (all: readonly Encoded[]): Encoded => ({
    ids: interleaved(all.map(({ ids }) => ids)),
    cut: all.some(({ cut }) => cut),
  });
  const longest = Math.max(...tokenizers.map((one) => one.longest));
  return {
    ...tokenizers[0]!,
    joined: tokenizers,
    longest: tokenizers.length * longest,
    encode: (text) => byTurns(tokenizers.map((one) => one.encode(text))),
    encodePair: (first, second) => byTurns(tokenizers.map((one) => one.encodePair(first, second))),
    parts() {
      throw new EngraftError("OptionError", "a model of two encoders does not split long texts into parts", {
        help: "leave --long out: the beginning of a text is read",
      });
    },
  };
}

/** Returns numbers of several lists by turns. */
const interleaved = (lists: readonly (readonly number[])[]): readonly number[] =>
  Array.from({ length: lists.length * Math.max(...lists.map((ids) => ids.length)) }, (_, at) => {
    const ids = lists[at % lists.length]!;
    return ids[Math.floor(at / lists.length)] ?? noToken;
  });
