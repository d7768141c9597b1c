import type { TokenizerFiles } from "../../src/data/texts/tokenizer.js";

/** The characters that a byte-level vocabulary has for the bytes 0 to 255. @see bytes_to_unicode of GPT-2's encoder.py */
const characterOfByte: readonly string[] = (() => {
  const printed = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printed(byte) ? byte : 256 + others++));
})();

/** How tokenizers split a text before the merges. Llama 3, and Qwen alike, keep line breaks together; GPT-2 leaves the last one to the word. */
const splits = {
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  llama3: String.raw`'s|'t|'re|'ve|'m|'ll|'d|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
} as const;

/** Returns a byte-level BPE tokenizer whose merges are the most frequent pairs of a text. */
export function byteTokenizer(
  text: string,
  merges: number,
  special: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
  split: keyof typeof splits = "llama3",
): TokenizerFiles {
  const words = new RegExp(splits[split], "gu");
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  let pieces = [...counts].map(([word, times]) => ({
    tokens: [...new TextEncoder().encode(word)].map((byte) => characterOfByte[byte]!),
    times,
  }));
  const made: [string, string][] = [];
  while (made.length < merges) {
    const pairs = new Map<string, number>();
    for (const { tokens, times } of pieces)
      for (let i = 1; i < tokens.length; i++) {
        const pair = `${tokens[i - 1]} ${tokens[i]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + times);
      }
    const best = [...pairs].reduce((a, b) => (b[1] > a[1] ? b : a), ["", 1]);
    if (best[0] === "") break;
    const [left, right] = best[0].split(" ") as [string, string];
    made.push([left, right]);
    pieces = pieces.map(({ tokens, times }) => {
      const merged: string[] = [];
      for (let i = 0; i < tokens.length; i++)
        if (tokens[i] === left && tokens[i + 1] === right) merged.push(`${left}${tokens[++i]}`);
        else merged.push(tokens[i]!);
      return { tokens: merged, times };
    });
  }
  const vocab = [...new Set([...characterOfByte, ...made.map(([left, right]) => `${left}${right}`)])];
  return {
    tokenizer: {
      version: "1.0",
      added_tokens: special.map((content, i) => ({
        id: vocab.length + i,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: null,
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          { type: "Split", pattern: { Regex: splits[split] }, behavior: "Isolated", invert: false },
          { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
        ],
      },
      post_processor: null,
      decoder: { type: "ByteLevel" },
      model: { type: "BPE", vocab: Object.fromEntries(vocab.map((token, i) => [token, i])), merges: made },
    },
    config: { tokenizer_class: "PreTrainedTokenizerFast", ...config },
  };
}
