import { EngraftError } from "../../core/errors.js";

/** Text, or two as a pair. */
export type TextOrPair = string | readonly [first: string, second: string];

/** Returns the input of the tokenizer. */
export const partsOfText = (text: TextOrPair): { readonly text: string; readonly pair?: string } =>
  typeof text === "string" ? { text } : { text: text[0], pair: text[1] };

/**
 * Checks texts for a model.
 * @param pairs true if the model takes pairs
 * @throws DataError for an empty text; for a single text if the model takes pairs, and vice versa
 */
export function requireTexts(texts: readonly TextOrPair[], pairs: boolean): void {
  texts.forEach((text, i) => {
    const parts: readonly unknown[] = Array.isArray(text) ? text : [text];
    const bad = parts.find((one) => typeof one !== "string" || one.trim() === "");
    if (bad !== undefined || parts.length === 0)
      throw new EngraftError(
        "DataError",
        `text ${i + 1} is ${typeof bad === "string" ? "empty" : "no text"}`,
        { help: "give texts with words", details: { text: i + 1 } },
      );
    if (parts.length !== (pairs ? 2 : 1))
      throw new EngraftError(
        "DataError",
        `text ${i + 1} is ${parts.length === 1 ? "one text" : "a pair of texts"}, and the model answers ${pairs ? "pairs of texts" : "single texts"}`,
        {
          help: pairs ? "give two texts: [first, second], or --text-a and --text-b" : "give one text",
          details: { text: i + 1 },
        },
      );
  });
}

/** Checks the columns of a list. @throws DataError for pairs if the model takes single texts, and vice versa */
export function requireColumns(
  { columns, root }: { readonly columns: readonly string[]; readonly root: string },
  pairs: boolean,
): void {
  if (columns.length === (pairs ? 2 : 1)) return;
  throw new EngraftError(
    "DataError",
    pairs
      ? "the model answers pairs of texts, the data has single ones"
      : "the data has pairs of texts, the model answers single ones",
    {
      at: root,
      help: pairs
        ? "name both columns: --text premise,hypothesis"
        : "name the column of the texts: --text NAME",
      details: { columns },
    },
  );
}
