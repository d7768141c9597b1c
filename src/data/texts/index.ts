/** Texts as rows of word counts: a list in, numbers out. */
export {
  type BagOfWords,
  denseRows,
  fitBagOfWords,
  rowsOf,
  type SparseRow,
  wordsOf,
} from "./bag-of-words.js";
export {
  isTextList,
  openTexts,
  type TextData,
  type TextItem,
  textColumnOf,
  textsOfFile,
} from "./listed-texts.js";
export { holdsTexts } from "./text-files.js";
