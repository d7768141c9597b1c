// Trains a WordPiece vocabulary from word counts: all frequent characters, then repeatedly the most frequent pair
// joined (byte-pair encoding, as in Hugging Face's WordPieceTrainer).
import { isChinese, isChineseWord } from "./words.mjs";

export const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/**
 * @param {Map<string, number>} counts of words
 * @param {{ size: number, rare: { chinese: number, other: number } }} options vocabulary size; characters rarer than
 * `rare` are left out
 * @returns {string[]} the vocabulary, special tokens first
 */
export function trainVocabulary(counts, { size, rare }) {
  const characters = new Map();
  for (const [word, n] of counts)
    [...word].forEach((c, i) => {
      const symbol = i > 0 ? `##${c}` : c;
      characters.set(symbol, (characters.get(symbol) ?? 0) + n);
    });
  const kept = [...characters]
    .filter(([c, n]) => n >= (isChinese(c) ? rare.chinese : rare.other))
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([c]) => c);
  const vocabulary = [...special, ...kept];
  const numbers = new Map(vocabulary.map((v, i) => [v, i]));
  const spelled = [];
  for (const [word, count] of counts) {
    const letters = [...word];
    if (letters.length < 2 || letters.length > 100) continue;
    const symbols = letters.map((c, i) => numbers.get(i > 0 ? `##${c}` : c));
    if (!symbols.includes(undefined)) spelled.push({ symbols, count });
  }
  const pairs = new Map();
  const places = new Map();
  const key = (a, b) => a * 65536 + b;
  const change = (pair, by, word) => {
    pairs.set(pair, (pairs.get(pair) ?? 0) + by);
    if (by < 0) return;
    if (!places.has(pair)) places.set(pair, new Set());
    places.get(pair).add(word);
  };
  spelled.forEach(({ symbols, count }, w) => {
    for (let i = 1; i < symbols.length; i++) change(key(symbols[i - 1], symbols[i]), count, w);
  });
  while (vocabulary.length < size) {
    let best = -1;
    let most = 1;
    for (const [pair, n] of pairs)
      if (n > most || (n === most && pair < best)) {
        best = pair;
        most = n;
      }
    if (best < 0) break;
    const [a, b] = [Math.floor(best / 65536), best % 65536];
    const joined = vocabulary[a] + vocabulary[b].slice(2);
    const known = numbers.get(joined);
    const made = known ?? vocabulary.length;
    if (known === undefined) {
      vocabulary.push(joined);
      numbers.set(joined, made);
    }
    for (const w of places.get(best)) {
      const { symbols, count } = spelled[w];
      for (let i = 1; i < symbols.length; i++) change(key(symbols[i - 1], symbols[i]), -count, w);
      const next = [];
      for (let i = 0; i < symbols.length; i++) {
        if (symbols[i] === a && symbols[i + 1] === b) {
          next.push(made);
          i++;
        } else next.push(symbols[i]);
      }
      spelled[w].symbols = next;
      for (let i = 1; i < next.length; i++) change(key(next[i - 1], next[i]), count, w);
    }
    pairs.delete(best);
    places.delete(best);
  }
  return vocabulary;
}

/**
 * Returns the two tokenizer files. Chinese words of several characters are added tokens: they are taken out of a text
 * first, and the rest is split by characters.
 */
export function tokenizerFiles(vocabulary, positions) {
  const added = [...vocabulary.entries()]
    .filter(([, token]) => special.includes(token) || isChineseWord(token))
    .map(([id, content]) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: special.includes(content),
    }));
  const token = (id) => ({ SpecialToken: { id, type_id: 0 } });
  const text = (id, type_id) => ({ Sequence: { id, type_id } });
  const single = (content) => ({ id: content, ids: [special.indexOf(content)], tokens: [content] });
  return {
    "tokenizer.json": {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: added,
      normalizer: {
        type: "BertNormalizer",
        clean_text: true,
        handle_chinese_chars: true,
        strip_accents: null,
        lowercase: true,
      },
      pre_tokenizer: { type: "BertPreTokenizer" },
      post_processor: {
        type: "TemplateProcessing",
        single: [token("[CLS]"), text("A", 0), token("[SEP]")],
        pair: [token("[CLS]"), text("A", 0), token("[SEP]"), text("B", 0), token("[SEP]")],
        special_tokens: { "[CLS]": single("[CLS]"), "[SEP]": single("[SEP]") },
      },
      decoder: { type: "WordPiece", prefix: "##", cleanup: true },
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 100,
        vocab: Object.fromEntries(vocabulary.map((v, i) => [v, i])),
      },
    },
    "tokenizer_config.json": {
      tokenizer_class: "BertTokenizer",
      do_lower_case: true,
      tokenize_chinese_chars: true,
      strip_accents: null,
      model_max_length: positions,
      model_input_names: ["input_ids", "attention_mask"],
      pad_token: "[PAD]",
      unk_token: "[UNK]",
      cls_token: "[CLS]",
      sep_token: "[SEP]",
      mask_token: "[MASK]",
    },
  };
}
