import { placeColumns } from "../../bases/language-model.js";
import type { Validation } from "../../core/results/metric.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { Evaluator } from "../../train/fit.js";
import { feedOf, type LanguageRows, RowsOfTexts } from "./rows.js";
import { lossesOf, meanOf } from "./scores.js";
import { textAfter } from "./write-samples.js";

/** Most samples after an epoch, tokens of the beginning of a text, and fewest and most tokens that are written behind it. */
const [mostSamples, longestBegin, fewestNew, mostNew] = [3, 16, 4, 20] as const;
/** Samples take at most this share of the time of an epoch. A step computes a row about three times. */
const [shareOfEpoch, passesOfStep] = [0.1, 3] as const;

interface How {
  readonly tokenizer: Tokenizer;
  /** Rows of an epoch. */
  readonly trained: number;
  /** Tokens of a row. */
  readonly length: number;
  /** Tokens that end a text. Default: that of the tokenizer. */
  readonly ends?: readonly number[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Returns the validation of a language model: minus the perplexity of held-back rows, and of a decoder how some held-back texts go on.
 * There are fewer samples, or none, if the rows are few: each token is a pass over a whole row.
 */
export async function validateLanguage(
  evaluate: Evaluator,
  rows: LanguageRows,
  { tokenizer, trained, length, ends, signal }: How,
): Promise<Validation> {
  const { loss } = meanOf(await lossesOf(evaluate, rows, signal));
  const validation = { score: -Math.exp(loss), loss };
  const passes = Math.floor(shareOfEpoch * (passesOfStep * trained + rows.count));
  if (!(rows instanceof RowsOfTexts) || passes < fewestNew) return validation;
  const begun = rows.beginnings(Math.min(mostSamples, Math.ceil(passes / mostNew)), longestBegin);
  const most = Math.min(mostNew, Math.floor(passes / Math.max(1, begun.length)));
  const stops = new Set(ends ?? (tokenizer.end === undefined ? [] : [tokenizer.end]));
  const texts = begun.map(({ prompt }) => prompt);
  const all = await continueInRows(evaluate, texts, { most, stops, length, places: rows.places });
  const written = texts.map((prompt, i) => ({
    prompt: tokenizer.text(prompt),
    text: textAfter(tokenizer, all[i]!, prompt.length),
  }));
  return { ...validation, ...(written.length > 0 && { written }) };
}

/** Adds the most probable tokens to rows, by the network in training. @param places predicted places of its rows */
export async function continueInRows(
  evaluate: Evaluator,
  prompts: readonly (readonly number[])[],
  {
    most,
    stops,
    length,
    places,
  }: {
    readonly most: number;
    readonly stops: ReadonlySet<number>;
    readonly length: number;
    readonly places: number;
  },
): Promise<readonly (readonly number[])[]> {
  const rows = prompts.map((prompt) => [...prompt]);
  let open = rows;
  for (let step = 0; step < most; step++) {
    open = open.filter(({ length: tokens }) => tokens < length);
    if (open.length === 0) break;
    const feeds = open.map((tokens) => ({ tokens, places: [tokens.length - 1], labels: [] }));
    const given = await evaluate(feedOf(feeds, { length, places }).x);
    open = open.filter((row, i) => {
      const token = given[placeColumns * places * i + 2]!;
      if (stops.has(token)) return false;
      row.push(token);
      return true;
    });
  }
  return rows;
}
