import { draws } from "../../core/random.js";

/**
 * Returns the scores of the token after each row: float32[vocabulary], which may be changed. Rows have tokens each, at least one.
 *
 * A row is its tokens, and the text that it belongs to. So scores that keep a state between calls find the state of a row, also if the
 * caller leaves rows out, reorders them, or continues one in several ways.
 * @param texts of each row: its text's place among the texts that are written together. A decoder needs no more than the tokens; an
 * encoder–decoder reads the source of that text
 */
export type NextScores = (
  rows: readonly (readonly number[])[],
  texts: readonly number[],
) => Promise<readonly Float32Array[]>;

/** A text that is continued. */
export interface Row {
  readonly ids: readonly number[];
  /** Most tokens that are added. */
  readonly most: number;
  /** What its draws depend on, besides the seed. Default 0. */
  readonly key?: number;
}

/** A row while it is continued. */
export interface OpenRow {
  /** Its tokens: those of the text, and those that were added. */
  readonly ids: readonly number[];
  /** Number of tokens of the text. */
  readonly prompt: number;
  /** Most tokens that are added. */
  readonly most: number;
}

/** Changes the scores of the token after a row, in place. */
export type ScoreChange = (scores: Float32Array, row: OpenRow) => void;

/** How the next token is chosen. */
export interface Decoding {
  /** Tokens that end a text; they are not part of it. */
  readonly ends: ReadonlySet<number>;
  /** Changes of the scores before a token is chosen, in order. Default: none. */
  readonly changes?: readonly ScoreChange[];
  /** Softmax temperature of sampling, > 0. Default 0: the token with the highest score. */
  readonly temperature?: number;
  /** Sampling among the most probable tokens whose probabilities add up to this, 0 < p ≤ 1. Default 1: all. */
  readonly topP?: number;
  /** Default 0. The same seed gives the same text. */
  readonly seed?: number;
}

/** A token that was added to a row, or why the row ended. */
export type Added =
  | { readonly row: number; readonly token: number }
  | { readonly row: number; readonly end: "end" | "limit" };

/**
 * Adds tokens to rows, one by one: the one with the highest score (ties: the lowest id, as Transformers.js chooses), or one that is
 * drawn.
 * @see Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020 (sampling, topP)
 * @example for await (const added of continueRows(next, [{ ids, most: 20 }], { ends: new Set([2]) })) …
 */
export async function* continueRows(
  next: NextScores,
  rows: readonly Row[],
  { ends, changes = [], temperature = 0, topP = 1, seed = 0 }: Decoding,
): AsyncGenerator<Added> {
  let open = rows.map(({ ids, most, key = 0 }, row) => ({
    ...{ row, ids: [...ids], prompt: ids.length, most, key, ended: false },
  }));
  for (let step = 0; open.length > 0; step++) {
    for (const { row } of open.filter(({ most }) => most <= step)) yield { row, end: "limit" };
    open = open.filter(({ most }) => most > step);
    const ids = open.map((one) => one.ids);
    const texts = open.map(({ row }) => row);
    const scores = ids.length === 0 ? [] : await next(ids, texts);
    for (const [i, one] of open.entries()) {
      const { row, ids, key } = one;
      for (const change of changes) change(scores[i]!, one);
      const chance = temperature > 0 ? draws(seed, "generate", key, step).uniform() : 0;
      const token = temperature > 0 ? drawn(scores[i]!, { temperature, topP, chance }) : highest(scores[i]!);
      one.ended = ends.has(token);
      if (!one.ended) ids.push(token);
      yield one.ended ? { row, end: "end" } : { row, token };
    }
    open = open.filter(({ ended }) => !ended);
  }
}

function highest(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}

/** ln softmax(scores), in double precision. */
function logProbabilities(scores: Float32Array, temperature = 1): Float64Array {
  const top = scores[highest(scores)]!;
  let sum = 0;
  for (const score of scores) sum += Math.exp((score - top) / temperature);
  const log = Math.log(sum);
  return Float64Array.from(scores, (score) => (score - top) / temperature - log);
}

/** Returns the token that a number in [0, 1) draws from softmax(scores / temperature), cut off at topP. */
function drawn(
  scores: Float32Array,
  {
    temperature,
    topP,
    chance,
  }: { readonly temperature: number; readonly topP: number; readonly chance: number },
): number {
  const p = logProbabilities(scores, temperature).map(Math.exp);
  const order = Array.from(p.keys()).sort((a, b) => p[b]! - p[a]! || a - b);
  let kept = 0;
  let all = 0;
  while (kept < order.length && (kept === 0 || all < topP)) all += p[order[kept++]!]!;
  let left = chance * all;
  for (const token of order.slice(0, kept)) {
    left -= p[token]!;
    if (left < 0) return token;
  }
  return order[0]!;
}

/** How a beam search goes. */
export interface BeamSearch extends Pick<Decoding, "ends" | "changes"> {
  /** Texts that are followed at a time. */
  readonly beams: number;
  /** α: a text of n added tokens scores Σ ln p / n^α. 0: short texts win. */
  readonly lengthPenalty: number;
  /** True: the search ends with the best text so far. */
  readonly stopped?: () => boolean;
}

interface Beam {
  readonly added: readonly number[];
  /** Σ ln p */
  readonly sum: number;
}

/**
 * Returns the tokens that a beam search adds to the row of the only text: those with the highest Σ ln p / n^α among the texts that it has followed; the end
 * token counts as one of n. It ends when no open text can beat the finished ones at its present length.
 *
 * Ties: the text whose tokens come first in order.
 * @see Wu et al., "Google's Neural Machine Translation System", 2016 (length normalisation; here n^α, as Hugging Face has it)
 */
export async function beamSearch(
  next: NextScores,
  { ids: prompt, most }: Row,
  { ends, changes = [], beams, lengthPenalty, stopped = () => false }: BeamSearch,
): Promise<{ readonly tokens: readonly number[]; readonly end: "end" | "limit" }> {
  const value = (sum: number, length: number): number => sum / Math.max(1, length) ** lengthPenalty;
  let open: Beam[] = [{ added: [], sum: 0 }];
  let done: { readonly added: readonly number[]; readonly score: number }[] = [];
  for (let step = 0; step < most && open.length > 0 && !stopped(); step++) {
    const rows = open.map(({ added }) => [...prompt, ...added]);
    const scores = await next(
      rows,
      rows.map(() => 0),
    );
    const candidates = open.flatMap(({ added, sum }, i) => {
      for (const change of changes) change(scores[i]!, { ids: rows[i]!, prompt: prompt.length, most });
      const log = logProbabilities(scores[i]!);
      return topOf(log, 2 * beams).map((token) => ({ added, token, sum: sum + log[token]! }));
    });
    candidates.sort((a, b) => b.sum - a.sum || inOrder([...a.added, a.token], [...b.added, b.token]));
    const following: Beam[] = [];
    for (const { added, token, sum } of candidates.slice(0, 2 * beams))
      if (ends.has(token)) done.push({ added, score: value(sum, step + 1) });
      else if (following.length < beams) following.push({ added: [...added, token], sum });
    done = done.sort((a, b) => b.score - a.score || inOrder(a.added, b.added)).slice(0, beams);
    open = following;
    const [best] = open;
    if (best && done.length === beams && done.at(-1)!.score >= value(best.sum, step + 1)) open = [];
  }
  const unfinished = open.map(({ added, sum }) => ({ added, score: value(sum, added.length), open: true }));
  const [first] = [...done, ...unfinished].sort((a, b) => b.score - a.score || inOrder(a.added, b.added));
  return { tokens: first?.added ?? [], end: first && "open" in first ? "limit" : "end" };
}

/** Returns the k highest places, the highest first. */
const topOf = (values: Float64Array, k: number): readonly number[] =>
  Array.from(values.keys())
    .sort((a, b) => values[b]! - values[a]! || a - b)
    .slice(0, k);

function inOrder(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((token, i) => token !== b[i]);
  return at < 0 ? a.length - b.length : a[at]! - (b[at] ?? -1);
}
