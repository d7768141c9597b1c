// The corpus as token numbers: one long list per language, with the starts of lines and documents.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { chineseWords, splitWords } from "./chinese-words.mjs";
import { tokenizerFiles, trainVocabulary } from "./train-tokenizer.mjs";
import { isChineseWord, wordPieces, wordsOf } from "./words.mjs";

export const languages = ["en", "zh"];

function* textsOf(folder, language) {
  for (const name of readdirSync(join(folder, language)).sort())
    if (name.endsWith(".txt.gz"))
      yield { name, text: gunzipSync(readFileSync(join(folder, language, name))).toString("utf8") };
}

/** Translation pairs: [english, chinese, source]. */
export function parallelTexts(folder) {
  return readdirSync(join(folder, "parallel"))
    .filter((name) => name.endsWith(".tsv.gz"))
    .sort()
    .flatMap((name) =>
      gunzipSync(readFileSync(join(folder, "parallel", name)))
        .toString("utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split("\t")),
    );
}

/** Counts each word in the corpus; a language with fewer words has the same weight as one with many. */
function countWords(folder) {
  const all = languages.map((language) => {
    const counts = new Map();
    for (const { text } of textsOf(folder, language))
      for (const line of text.split("\n"))
        for (const word of wordsOf(line)) counts.set(word, (counts.get(word) ?? 0) + 1);
    return counts;
  });
  const total = new Map();
  for (const counts of all) for (const [word, n] of counts) total.set(word, (total.get(word) ?? 0) + n);
  return total;
}

/** The vocabulary, trained once and stored as the published files. */
export function vocabularyOf(folder, stateDir, { tokens, network }) {
  const file = join(stateDir, "tokenizer.json");
  if (!existsSync(file)) {
    mkdirSync(stateDir, { recursive: true });
    const texts = () => [...textsOf(folder, "zh")].map(({ text }) => text);
    const words = chineseWords(texts, tokens.words);
    const size = tokens.size - words.length;
    const vocabulary = [...trainVocabulary(countWords(folder), { ...tokens, size }), ...words];
    const files = tokenizerFiles(vocabulary, network.positions);
    // tokenizer.json last: its presence shows that all files are there.
    for (const name of Object.keys(files).reverse())
      writeFileSync(join(stateDir, name), `${JSON.stringify(files[name])}\n`);
  }
  return new Map(Object.entries(JSON.parse(readFileSync(file, "utf8")).model.vocab));
}

/** Encodes text to token numbers, without [CLS] and [SEP]. */
export function encoder(vocabulary) {
  const pieces = wordPieces(vocabulary);
  const parts = splitWords([...vocabulary.keys()].filter(isChineseWord));
  return (text) =>
    parts(text).flatMap(([part, isWord]) =>
      isWord ? [vocabulary.get(part)] : wordsOf(part).flatMap(pieces),
    );
}

/**
 * Tokens of a language, Uint16Array; `lines` and `documents` hold the starts (in tokens; in lines), with the end as
 * last entry. Stored in the state's folder.
 */
export function tokensOf(folder, stateDir, language, encode) {
  const file = (part) => join(stateDir, `corpus-${language}.${part}`);
  const read = (part, Type) => {
    const { buffer, byteOffset, byteLength } = readFileSync(file(part));
    return new Type(buffer.slice(byteOffset, byteOffset + byteLength));
  };
  if (!existsSync(file("documents"))) {
    const tokens = new Uint16Array(1 << 25);
    const lines = [0];
    const documents = [0];
    let at = 0;
    for (const { text } of textsOf(folder, language)) {
      for (const line of `${text}\n\n`.split("\n")) {
        if (line.trim() === "") {
          if (documents.at(-1) < lines.length - 1) documents.push(lines.length - 1);
          continue;
        }
        for (const token of encode(line)) tokens[at++] = token;
        lines.push(at);
      }
    }
    if (at > tokens.length) throw new Error(`${language} has more than ${tokens.length} tokens`);
    writeFileSync(file("tokens"), tokens.subarray(0, at));
    writeFileSync(file("lines"), Uint32Array.from(lines));
    writeFileSync(file("documents"), Uint32Array.from(documents));
  }
  return {
    tokens: read("tokens", Uint16Array),
    lines: read("lines", Uint32Array),
    documents: read("documents", Uint32Array),
  };
}
