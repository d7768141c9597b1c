import { draws } from "../../core/random.js";
import { join, lowest, root } from "../split/groups.js";

/*
 * Near copies of texts: the same words apart from capitals and punctuation; one word more, fewer or another one in texts of one label, or one
 * letter more or fewer; one text inside another one of its label, such as between a greeting and a signature; or, for long texts, most of
 * their sequences of three words.
 */

/** Fewest words of texts that may differ in one word. Similar shorter texts are often different samples: "good", "very good". */
const leastWords = 8;
/** Fewest letters of a text that may have one more or fewer, as by a typing error: "goods" is no copy of "good". */
const leastLetters = 16;
/** Fewest characters of a text without spaces that may differ in one or two neighbouring characters: 8 words of about 1.6 characters. */
const leastCharacters = 13;
/** From so many words on, texts are compared by their sequences of words, since more than one word may differ. */
const longFrom = 24;
/** Words of a sequence (shingle). */
const shingle = 3;
/**
 * Smallest resemblance of long texts, |A ∩ B| / |A ∪ B| of their sequences: one other word of 24 leaves 19 / 25 = 0.76.
 * @see Broder 1997, On the resemblance and containment of documents
 */
const resemblance = 0.7;
/** Fewest words of a text that is found inside another one. */
const leastContained = 7;
/** Smallest containment, |A ∩ B| / |A|, of the sequences of a text inside another one: from 12 words on, one sequence may differ. */
const containment = 0.9;
/** Smallest share of equal sequences in texts of the same words: two sentences of 8 words that change places keep 4 of 6. */
const reordered = 0.6;
/** Most words of the longer text, as a multiple of the shorter one's: a quotation in a long text is no copy of it. */
const mostAround = 2;
/** Minimal hashes: texts are compared if all of a band agree. At resemblance s, 1 − (1 − s²)²⁰ of the pairs are: 99.7 % at 0.5. */
const [bands, rows] = [20, 2] as const;
/** Texts of one bucket that each further text is compared with. It bounds the time for texts with a common template. */
const mostCompared = 50;

/** The words of a text, as hashes. */
interface Words {
  readonly hashes: Uint32Array;
  /** The words without spaces. */
  readonly letters: string;
  /** True for a script without spaces, whose characters are the words. */
  readonly characters: boolean;
  readonly label: number;
}

/**
 * Groups near copies of texts.
 *
 * Candidates are found by equal hashes, sorted: of all words, of all words but one, and of bands of minimal hashes. Then each candidate is
 * compared word by word. Time and memory grow with the number of words, times the logarithm of the number of texts.
 *
 * @param count number of texts
 * @param textOf returns a text by position; called once for each, and again for candidates
 * @param options.labels class of each text. A word that changes the class ("the best", "the worst") makes another text. Default: one class
 * @param options.exactOnly compares only normalised words, for texts in which one word matters, such as pairs of texts. Default false
 * @returns the lowest position of each text's group
 */
export function groupNearTexts(
  count: number,
  textOf: (i: number) => string,
  {
    labels,
    exactOnly = false,
  }: { readonly labels?: ArrayLike<number> | undefined; readonly exactOnly?: boolean } = {},
): Int32Array {
  const groups = Int32Array.from({ length: count }, (_, i) => i);
  const [same, changed, parts] = [new HashedRows(count), new HashedRows(count), new HashedRows(count)];
  const halves = new HashedRows(count);
  const order = permutations();
  for (let i = 0; i < count; i++) {
    const words = wordsOf(textOf(i));
    const { hashes } = words;
    if (hashes.length === 0) continue;
    same.add(hashOfAll(hashes), i);
    if (exactOnly) continue;
    if (hashes.length < longFrom || words.characters) addChanged(words, i, changed);
    if (hashes.length < longFrom && !words.characters) addHalves(words, i, halves);
    if (hashes.length >= (words.characters ? leastCharacters : leastContained))
      addBands(hashes, order, i, parts);
  }
  const read = (i: number): Words => ({ ...wordsOf(textOf(i)), label: labels?.[i] ?? 0 });
  joinCandidates(same, groups, read, areEqual);
  joinCandidates(changed, groups, read, differInOne);
  joinCandidates(halves, groups, read, differInLetter);
  joinCandidates(parts, groups, read, shareSequences);
  return lowest(groups);
}

/** Marks of a sentence, and brackets around words. The marks of smileys count as letters. */
const marks =
  /[.,;!?…"“”„‚‘’'`´«»。，；！？、：「」『』《》〈〉（）]+|[([{](?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}.!?])[)\]}]/gu;
/** Scripts that are written without spaces. */
export const unspaced = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}]/u;

/** Returns a text, or a pair of texts as one. */
export const wholeText = ({ text = "", pair }: { readonly text?: string; readonly pair?: string }): string =>
  pair === undefined ? text : `${text} \u0000 ${pair}`;

/** Returns the normal form of a text: copies that differ only in letter case, Unicode width, spaces or punctuation have the same. */
export const normalText = (text: string): string => normalWords(text).words.join(" ");

const wordsOf = (text: string): Omit<Words, "label"> => {
  const { words, characters } = normalWords(text);
  return { hashes: Uint32Array.from(words, hashOfWord), letters: words.join(""), characters };
};

/** Returns the words of a text without capitals and marks; its characters if it has letters of a script without spaces. */
function normalWords(text: string): { readonly words: readonly string[]; readonly characters: boolean } {
  const normal = text.normalize("NFKC").toLowerCase();
  const plain = normal.replace(marks, " ").trim();
  // A text of marks alone, such as "?!", is compared as it is.
  const words = (plain === "" ? normal : plain).split(/\s+/).filter((word) => word !== "");
  const characters = unspaced.test(plain);
  return { words: characters ? words.flatMap((word) => [...word]) : words, characters };
}

/** FNV-1a over UTF-16 code units, mixed. */
function hashOfWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** The finalizer of MurmurHash3: every bit of the input changes about half of the output's. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Pairs of a hash and a text, sorted by hash and text. Each is one number: hash · texts + text. */
class HashedRows {
  #pairs = new Float64Array(1024);
  #count = 0;
  /** Bits of a hash such that the pair is a whole number below 2^53. */
  readonly #range: number;

  constructor(private readonly texts: number) {
    this.#range = 2 ** Math.min(32, 53 - Math.ceil(Math.log2(Math.max(2, texts))));
  }

  /** Adds a hash, 0 … 2^32 − 1. */
  add(hash: number, text: number): void {
    if (this.#count === this.#pairs.length) {
      const pairs = this.#pairs;
      this.#pairs = new Float64Array(2 * pairs.length);
      this.#pairs.set(pairs);
    }
    this.#pairs[this.#count++] = (hash % this.#range) * this.texts + text;
  }

  /** Returns the texts of each hash that several texts have. */
  *buckets(): Generator<number[]> {
    const sorted = this.#pairs.subarray(0, this.#count).sort();
    for (let from = 0; from < sorted.length; ) {
      const hash = Math.floor(sorted[from]! / this.texts);
      const bucket: number[] = [];
      for (; from < sorted.length && Math.floor(sorted[from]! / this.texts) === hash; from++) {
        const text = sorted[from]! - hash * this.texts;
        if (bucket.at(-1) !== text) bucket.push(text);
      }
      if (bucket.length > 1) yield bucket;
    }
  }
}

/** Base of the polynomial hash Σ h_i B^(n−1−i) mod 2^32; odd, so that no word is lost. */
const base = 0x9e3779b1;

const hashOfAll = (hashes: Uint32Array): number =>
  mix(hashes.reduce((hash, word) => (Math.imul(hash, base) + word) | 0, hashes.length));

/** Adds the hashes of a text without one of its words, and of the whole text: texts that differ in one word share one of them. */
function addChanged({ hashes, characters }: Omit<Words, "label">, text: number, rows: HashedRows): void {
  const n = hashes.length;
  if (n < (characters ? leastCharacters : leastWords) || n >= (characters ? 2 : 1) * longFrom) return;
  const [before, after] = [new Int32Array(n + 1), new Int32Array(n + 1)];
  const powers = new Int32Array(n + 1).fill(1);
  for (let i = 0; i < n; i++) {
    before[i + 1] = (Math.imul(before[i]!, base) + hashes[i]!) | 0;
    powers[i + 1] = Math.imul(powers[i]!, base);
  }
  for (let i = n - 1; i >= 0; i--) after[i] = (after[i + 1]! + Math.imul(hashes[i]!, powers[n - 1 - i]!)) | 0;
  rows.add(mix(before[n]!), text);
  for (let width = 1; width <= (characters ? 2 : 1); width++)
    for (let i = 0; i + width <= n; i++)
      rows.add(mix((Math.imul(before[i]!, powers[n - i - width]!) + after[i + width]!) | 0), text);
}

/**
 * Adds the hashes of the first and the last half of the letters: of texts of n and n − 1 letters that differ in one, the first or the last
 * ⌊(n − 1) / 2⌋ are equal.
 */
function addHalves({ letters }: Omit<Words, "label">, text: number, rows: HashedRows): void {
  const n = letters.length;
  if (n < leastLetters) return;
  for (const half of new Set([n >> 1, (n - 1) >> 1])) {
    rows.add(hashOfWord(`first ${half} ${letters.slice(0, half)}`), text);
    rows.add(hashOfWord(`last ${half} ${letters.slice(n - half)}`), text);
  }
}

/** Hashes of the text's sequences of words, each once. */
function shinglesOf(hashes: Uint32Array): Set<number> {
  const out = new Set<number>();
  for (let i = 0; i + shingle <= hashes.length; i++) {
    let hash = 0;
    for (let k = 0; k < shingle; k++) hash = (Math.imul(hash, base) + hashes[i + k]!) | 0;
    out.add(mix(hash));
  }
  return out;
}

/** Returns multipliers and offsets of the permutations x → a x + b, a odd. They are fixed: groups do not depend on a run's seed. */
function permutations(): Int32Array {
  const random = draws(0, "near texts");
  return Int32Array.from({ length: 2 * bands * rows }, (_, i) =>
    i % 2 === 0 ? random.integer(2 ** 32) | 1 : random.integer(2 ** 32) | 0,
  );
}

/** Adds one hash for each band of minimal hashes. */
function addBands(hashes: Uint32Array, order: Int32Array, text: number, rowsOfTexts: HashedRows): void {
  const lowest = new Uint32Array(bands * rows).fill(0xffffffff);
  for (const x of shinglesOf(hashes))
    for (let k = 0; k < lowest.length; k++) {
      const y = (Math.imul(order[2 * k]!, x) + order[2 * k + 1]!) >>> 0;
      if (y < lowest[k]!) lowest[k] = y;
    }
  for (let band = 0; band < bands; band++) {
    let hash = band + 1;
    for (let k = 0; k < rows; k++) hash = (Math.imul(hash, base) + mix(lowest[band * rows + k]!)) | 0;
    rowsOfTexts.add(mix(hash), text);
  }
}

/** Joins the groups of candidates that are near copies. */
function joinCandidates(
  candidates: HashedRows,
  groups: Int32Array,
  read: (i: number) => Words,
  areNear: (a: Words, b: Words) => boolean,
): void {
  for (const bucket of candidates.buckets()) {
    const compared: { readonly text: number; readonly words: Words }[] = [];
    for (const text of bucket) {
      const words = read(text);
      for (const other of compared) {
        if (root(groups, other.text) !== root(groups, text) && areNear(other.words, words))
          join(groups, other.text, text);
      }
      if (compared.length < mostCompared) compared.push({ text, words });
    }
  }
}

const areEqual = ({ hashes: a }: Words, { hashes: b }: Words): boolean =>
  a.length === b.length && a.every((word, i) => word === b[i]);

/** True if the texts are equal but for one word, or for up to two neighbouring characters, that are replaced, added or left out. */
function differInOne({ hashes: a, characters, label }: Words, { hashes: b, label: other }: Words): boolean {
  if (label !== other) return false;
  const shorter = Math.min(a.length, b.length);
  let start = 0;
  while (start < shorter && a[start] === b[start]) start++;
  let end = 0;
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return Math.max(a.length, b.length) - start - end <= (characters ? 2 : 1);
}

/** True if the texts have the same letters, or one of them has one letter more. Another number is another text. */
function differInLetter({ letters: a, label }: Words, { letters: b, label: other }: Words): boolean {
  const [longer, shorter] = a.length > b.length ? [a, b] : [b, a];
  if (label !== other || longer.length - shorter.length > 1) return false;
  let at = 0;
  while (at < shorter.length && longer[at] === shorter[at]) at++;
  return (
    longer.slice(at + longer.length - shorter.length) === shorter.slice(at) && !/\d/.test(longer[at] ?? "")
  );
}

const sorted = (words: Words): Words => ({ ...words, hashes: words.hashes.slice().sort() });

/** True for long texts that resemble each other, and in one label for a text inside another one, or for sentences in another order. */
function shareSequences(a: Words, b: Words): boolean {
  const [x, y] = [shinglesOf(a.hashes), shinglesOf(b.hashes)];
  let shared = 0;
  for (const one of x) if (y.has(one)) shared++;
  const [fewer, more] = [
    Math.min(a.hashes.length, b.hashes.length),
    Math.max(a.hashes.length, b.hashes.length),
  ];
  if (fewer >= longFrom && shared >= resemblance * (x.size + y.size - shared)) return true;
  if (a.label !== b.label || more > mostAround * fewer) return false;
  const least = fewer === more && areEqual(sorted(a), sorted(b)) ? reordered : containment;
  return shared >= least * Math.min(x.size, y.size);
}
