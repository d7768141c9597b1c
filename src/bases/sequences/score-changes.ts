import { EngraftError } from "../../core/errors.js";
import type { ScoreChange } from "./decode.js";

/** Values of a setting. */
interface Kind<T> {
  readonly allowed: string;
  holds(value: unknown): value is T;
}

const isToken = (value: unknown): value is number => Number.isSafeInteger(value);
const areTokens = (value: unknown): value is number[] => Array.isArray(value) && value.every(isToken);

const factor: Kind<number> = {
  allowed: "a number above 0",
  holds: (value): value is number =>
    typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY,
};
const count: Kind<number> = {
  allowed: "a whole number from 0 on",
  holds: (value): value is number => isToken(value) && value >= 0,
};
const tokenOrTokens: Kind<number | number[]> = {
  allowed: "the number of a token, or a list of them",
  holds: (value): value is number | number[] => isToken(value) || areTokens(value),
};
const tokens: Kind<number[]> = { allowed: "a list of numbers of tokens", holds: areTokens };
const words: Kind<number[][]> = {
  allowed: "a list of words, each a list of numbers of tokens",
  holds: (value): value is number[][] =>
    Array.isArray(value) && value.every((word) => areTokens(word) && word.length > 0),
};

/** What a change depends on, besides its own setting. */
interface Context {
  /** Tokens that end a text. */
  readonly ends: ReadonlySet<number>;
  /** True if the second token of a row is forced. */
  readonly forcesBegin: boolean;
}

interface Setting {
  readonly allowed: string;
  /** Returns the change; undefined if the value is not allowed. */
  change(value: unknown, context: Context): ScoreChange | undefined;
}

const setting = <T>(
  { allowed, holds }: Kind<T>,
  change: (value: T, context: Context) => ScoreChange,
): Setting => ({
  allowed,
  change: (value, context) => (holds(value) ? change(value, context) : undefined),
});

// Numbers that are no token of the vocabulary are outside the scores, and change nothing.
function ban(scores: Float32Array, ids: Iterable<number>): void {
  for (const id of ids) scores[id] = Number.NEGATIVE_INFINITY;
}

function force(scores: Float32Array, ids: readonly number[]): void {
  scores.fill(Number.NEGATIVE_INFINITY);
  for (const id of ids) scores[id] = 0;
}

const endsWith = (ids: readonly number[], end: readonly number[], before = ids.length): boolean =>
  before >= end.length && end.every((id, i) => id === ids[before - end.length + i]);

/** Settings of generation_config.json that change scores, in the order of Transformers.js. */
const settings: Readonly<Record<string, Setting>> = {
  // z ← z / p if z ≥ 0, else z · p, for each token of the row
  repetition_penalty: setting(factor, (p) => (scores, { ids }) => {
    for (const id of new Set(ids)) scores[id] = scores[id]! < 0 ? scores[id]! * p : scores[id]! / p;
  }),
  no_repeat_ngram_size: setting(count, (n) => (scores, { ids }) => {
    if (n === 0 || ids.length < n) return;
    const last = ids.slice(ids.length - n + 1);
    ban(
      scores,
      ids.filter((_, i) => i >= n - 1 && endsWith(ids, last, i)),
    );
  }),
  bad_words_ids: setting(words, (list) => (scores, { ids }) => {
    for (const word of list) if (endsWith(ids, word.slice(0, -1))) ban(scores, word.slice(-1));
  }),
  min_length: setting(count, (least, { ends }) => (scores, { ids }) => {
    if (ids.length < least) ban(scores, ends);
  }),
  min_new_tokens: setting(count, (least, { ends }) => (scores, { ids, prompt }) => {
    if (ids.length - prompt < least) ban(scores, ends);
  }),
  forced_bos_token_id: setting(tokenOrTokens, (forced) => (scores, { ids }) => {
    if (ids.length === 1) force(scores, [forced].flat());
  }),
  forced_eos_token_id: setting(tokenOrTokens, (forced) => (scores, { ids, prompt, most }) => {
    if (ids.length - prompt === most - 1) force(scores, [forced].flat());
  }),
  suppress_tokens: setting(tokens, (list) => (scores) => ban(scores, list)),
  begin_suppress_tokens: setting(tokens, (list, { forcesBegin }) => (scores, { ids, prompt }) => {
    if (ids.length - prompt === (forcesBegin && prompt === 1 ? 1 : 0)) ban(scores, list);
  }),
};

/**
 * Returns the changes of scores that generation_config.json asks for. A setting that is missing or null changes nothing, and so do
 * settings of sampling and of beams: those are options of a call.
 * @param given settings of generation_config.json, else of config.json
 * @param ends tokens that end a text
 * @throws ModelError for a setting of another kind
 * @see Transformers.js, src/generation/logits_process.js: the formulas, and their order
 * @example scoreChanges({ repetition_penalty: 1.1 }, new Set([2]))
 */
export function scoreChanges(
  given: Readonly<Record<string, unknown>>,
  ends: ReadonlySet<number>,
): readonly ScoreChange[] {
  const context = { ends, forcesBegin: (given.forced_bos_token_id ?? undefined) !== undefined };
  return Object.entries(settings).flatMap(([name, { allowed, change }]) => {
    const value = given[name] ?? undefined;
    if (value === undefined) return [];
    const found = change(value, context);
    if (found) return [found];
    throw new EngraftError(
      "ModelError",
      `${name} of the model is ${JSON.stringify(value).slice(0, 100)}, expected ${allowed}`,
      { help: "correct or remove it in generation_config.json or config.json", details: { setting: name } },
    );
  });
}
