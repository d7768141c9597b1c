/** Lists and folders of texts, and bags of words. */
export { type BagOfWords, denseRows, fitBagOfWords, rowsOf } from "./bag-of-words.js";
export {
  isTextList,
  openTexts,
  type TextData,
  type TextItem,
  textColumnOf,
  textsOfFile,
} from "./listed-texts.js";
export { holdsTexts } from "./text-files.js";
