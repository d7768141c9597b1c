// A list of texts: rows read and tokenized per second, and their memory, by the length of the texts. Aim: 20,000 short
// texts per second through the tokenizer, and memory that grows with the kept tokens, not with the file.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTexts } from "../dist/data/texts/index.js";
import { tokenTable } from "../dist/data/texts/token-table.js";
import { openTokenizer, wordPieceTokenizer } from "../dist/data/texts/tokenizer.js";
import { nodePlatform } from "../dist/platform/node.js";
import { inNewProcess, print } from "./measure.mjs";

const options = {
  rows: { type: "number", default: 100_000, about: "texts" },
  words: { type: "number", default: 12, about: "words of a text" },
  vocabulary: { type: "number", default: 8000, about: "words that there are, half of them in pieces" },
  tokens: { type: "number", default: 32, about: "longest text in tokens" },
};

export const bench = {
  about: "a list of texts: rows read and tokens made a second, and their memory",
  needs: [],
  options,
  smallest: { rows: 200, vocabulary: 100 },
};

export async function main(options) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-bench-"));
  try {
    const { rows, words } = options;
    const short = await measured({ ...options, rows, words, folder });
    // The same texts followed by ten times as many words, of which no token is kept.
    const long = await measured({ ...options, rows, words: 10 * words, folder });
    print({ ...short, mb_of_file: short.file_mb, peak_mb_ten_times_the_text: long.peak_mb }, options.json);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measured({ rows, words, vocabulary, folder, ...rest }) {
  const list = join(folder, `${words}.csv`);
  const made = write(list, rows, words, vocabulary);
  const given = { list, vocab: made.vocab, ...rest };
  const read = await inNewProcess(import.meta.url, pass, given);
  return { rows, file_mb: made.bytes / 1e6, ...read };
}

/** Writes a list of texts of words by Zipf's law, and their word pieces. */
function write(list, rows, words, vocabulary) {
  const known = Array.from({ length: vocabulary / 2 }, (_, i) => `w${i.toString(36)}`);
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const word = () => {
    const i = Math.floor(vocabulary ** uniform()) - 1;
    return i < known.length ? known[i] : `${known[i - known.length]}ing`;
  };
  const lines = ["text,label"];
  for (let i = 0; i < rows; i++)
    lines.push(`"${Array.from({ length: words }, word).join(" ")}, no. ${i}",${i % 2 ? "good" : "bad"}`);
  const text = `${lines.join("\n")}\n`;
  writeFileSync(list, text);
  const marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  const digits = Array.from("0123456789", (d) => [d, `##${d}`]).flat();
  return { bytes: text.length, vocab: [...marks, ...known, "##ing", "no", ",", ".", ...digits].join("\n") };
}

/** Reads a list and tokenizes it, as a run does. */
export async function pass({ list, vocab, tokens }) {
  const before = nodePlatform.memoryMb();
  const begin = performance.now();
  const { items } = await openTexts(nodePlatform, list, { labelled: true });
  const read = (performance.now() - begin) / 1000;
  const tokenizer = await openTokenizer({ tokenizer: wordPieceTokenizer(vocab, {}), config: {} }, tokens);
  const start = performance.now();
  const made = tokenTable(items, tokenizer);
  const seconds = (performance.now() - start) / 1000;
  return {
    rows_a_second: items.length / read,
    texts_a_second: items.length / seconds,
    tokens_a_text: made.tokens / items.length,
    before_mb: before,
    peak_mb: nodePlatform.peakMemoryMb(),
  };
}
