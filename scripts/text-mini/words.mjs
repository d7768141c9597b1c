// Splits text into words like BERT's uncased tokenizers (BertNormalizer, BertPreTokenizer), and words into pieces
// (WordPiece).
const chinese =
  /([\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\u{2f800}-\u{2fa1f}])/gu;
const punctuation = "\\p{P}\\u0021-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u007E";
const words = new RegExp(`[^\\s${punctuation}]+|[${punctuation}]`, "gu");

/** True for a word of one Chinese character. */
export const isChinese = (word) => word.search(chinese) === 0;

/** True for a Chinese word of several characters. */
export const isChineseWord = (token) => /^[\u4e00-\u9fff\u3400-\u4dbf]{2,}$/u.test(token);

/** Maps the number of each Chinese word of several characters to the numbers of its characters, if all are known. */
export function spellings(vocabulary) {
  const parts = new Map();
  for (const [token, id] of vocabulary) {
    if (!isChineseWord(token)) continue;
    const letters = [...token].map((c) => vocabulary.get(c));
    if (!letters.includes(undefined)) parts.set(id, letters);
  }
  return parts;
}

/** Returns the words of a text: lower case, without accents; punctuation and Chinese characters are separate. */
export function wordsOf(text) {
  const clean = text
    .replace(/[\t\n\r]/g, " ")
    .replace(/[\0\ufffd]|\p{Cc}|\p{Cf}|\p{Co}|\p{Cs}/gu, "")
    .replace(chinese, " $1 ")
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "");
  return clean.match(words) ?? [];
}

/** Maps a word to the numbers of its pieces, longest first; a word with an unknown part is [UNK]. */
export function wordPieces(vocabulary) {
  const known = new Map();
  const unknown = vocabulary.get("[UNK]");
  return (word) => {
    const before = known.get(word);
    if (before) return before;
    const letters = [...word];
    let pieces = [];
    for (let start = 0; start < letters.length; ) {
      let end = Math.min(letters.length, start + 32);
      let piece;
      for (; end > start && piece === undefined; end--)
        piece = vocabulary.get((start > 0 ? "##" : "") + letters.slice(start, end).join(""));
      if (piece === undefined || letters.length > 100) {
        pieces = [unknown];
        break;
      }
      pieces.push(piece);
      start = end + 1;
    }
    if (known.size < 500_000) known.set(word, pieces);
    return pieces;
  };
}
