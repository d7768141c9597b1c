import { tokenLimit } from "../../core/file-limits.js";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isId = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < tokenLimit;

/**
 * Returns what is wrong in a `tokenizer.json`, if the package that runs it would walk over lengths and numbers that the file states: a text of 4 billion
 * characters that is an object, a token with the number 4 billion, pieces of no length.
 */
export function tokenizerFault({ added_tokens, model, pre_tokenizer }: Fields): string | undefined {
  const added = Array.isArray(added_tokens) ? (added_tokens as unknown[]) : undefined;
  if (!added && added_tokens !== undefined && added_tokens !== null) return '"added_tokens" is no list';
  for (const [i, token] of added?.entries() ?? [])
    if (!isFields(token) || typeof token.content !== "string" || !isId(token.id))
      return `entry ${i + 1} of "added_tokens" needs a text as "content" and an "id" from 0 to ${tokenLimit - 1}`;
  return vocabularyFault(model) ?? splitterFault(pre_tokenizer);
}

function vocabularyFault(model: unknown): string | undefined {
  const vocab = isFields(model) ? model.vocab : undefined;
  if (Array.isArray(vocab)) {
    const at = vocab.findIndex((entry: unknown) => !Array.isArray(entry) || typeof entry[0] !== "string");
    return at < 0 ? undefined : `entry ${at + 1} of "vocab" is no text with its score`;
  }
  if (!isFields(vocab)) return '"model" has no "vocab"';
  // Some have a vocabulary for each language.
  for (const [token, id] of Object.entries(vocab).flatMap(([key, value]) =>
    isFields(value) ? Object.entries(value) : [[key, value] as const],
  ))
    if (!isId(id)) return `the token ${JSON.stringify(token)} needs a number from 0 to ${tokenLimit - 1}`;
  return undefined;
}

function splitterFault(splitter: unknown): string | undefined {
  if (!isFields(splitter)) return undefined;
  const { type, length, pretokenizers } = splitter;
  if (type === "FixedLength" && !(Number.isInteger(length) && (length as number) > 0))
    return '"FixedLength" needs a "length" of at least 1';
  if (!Array.isArray(pretokenizers)) return undefined;
  for (const one of pretokenizers) {
    const fault = splitterFault(one);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
