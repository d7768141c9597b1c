import { arrayOf, type DType } from "../../core/dtype.js";
import type { Shape } from "../../core/shape.js";
import { castTensor, int64, type Tensor, tensor, zeros } from "../../core/tensor.js";
import { isPastOfSource, presentsOf } from "../../graph/import/empty-cache.js";
import type { Value } from "../../graph/node.js";
import type { Port, Session } from "../../runtime/runtime.js";
import type { NextScores } from "./decode.js";
import type { SourceFeeds } from "./next-scores.js";

/** Names and shapes of a file that continues earlier tokens. */
export interface CacheLayout {
  /** Output with the scores of tokens: [rows, tokens, vocabulary]. */
  readonly scores: string;
  /** Inputs of the tokens. */
  readonly tokens: readonly Port[];
  /** Inputs of an encoder–decoder that say what the source is. */
  readonly sources: readonly Port[];
  readonly pasts: readonly Past[];
}

/** An input with keys or values of earlier tokens. */
interface Past {
  readonly name: string;
  /** Output with these keys or values after the call. */
  readonly present: string;
  readonly dtype: Exclude<DType, "string">;
  readonly shape: readonly number[];
  /** Axes of the shape that count rows and earlier tokens. The shape has 0 there. */
  readonly rows: number;
  readonly length: number;
  /** True for keys or values of a source: the first call computes them, and no later one changes them. */
  readonly isOfSource: boolean;
}

/** Tokens of rows of equal length that a call computes, and how many the rows have before. */
interface Call {
  readonly tokens: readonly (readonly number[])[];
  readonly before: number;
}

/** Returns int64[rows, length], each value by its place in the row. */
const table = (rows: number, length: number, value: (place: number) => number): Tensor =>
  int64(
    [rows, length],
    Array.from({ length: rows * length }, (_, i) => value(i % length)),
  );

/** Values of the inputs of a decoder, by their names. */
const inputs: Readonly<Record<string, (call: Call) => Tensor>> = {
  input_ids: ({ tokens }) => int64([tokens.length, tokens[0]!.length], tokens.flat()),
  attention_mask: ({ tokens, before }) => table(tokens.length, before + tokens[0]!.length, () => 1),
  position_ids: ({ tokens, before }) => table(tokens.length, tokens[0]!.length, (place) => before + place),
  use_cache_branch: ({ before }) => tensor("bool", [1], Uint8Array.of(before > 0 ? 1 : 0)),
  num_logits_to_keep: () => int64([], [1]),
};

/** Inputs of an encoder–decoder that say what the source is, as exporters name them. */
export const sourceInputs = { hidden: "encoder_hidden_states", mask: "encoder_attention_mask" } as const;
const ofSource: ReadonlySet<string> = new Set(Object.values(sourceInputs));

/**
 * Returns how a file continues earlier tokens.
 * @param cache the inputs with keys and values of earlier tokens, with their shapes
 * @returns undefined if it has other inputs than these, lacks an output, or its shapes do not count rows and tokens
 */
export function cacheLayout(
  session: Pick<Session, "inputs" | "outputs">,
  cache: ReadonlyMap<Value, Shape>,
  scores: string,
): CacheLayout | undefined {
  const outputs = new Set(session.outputs.map(({ name }) => name));
  const pasts = session.inputs
    .filter(({ name }) => cache.has(name))
    .map((port) => pastOf(port, cache.get(port.name)!, outputs));
  const sources = session.inputs.filter(({ name }) => ofSource.has(name));
  const tokens = session.inputs.filter(({ name }) => !cache.has(name) && !ofSource.has(name));
  const usable =
    outputs.has(scores) &&
    pasts.length === cache.size &&
    tokens.every(({ name, type }) => Object.hasOwn(inputs, name) && type.dtype !== "string");
  const known = pasts.filter((past) => past !== undefined);
  return usable && known.length === pasts.length ? { scores, tokens, sources, pasts: known } : undefined;
}

/** @param shape has two free axes: the first counts rows, the second earlier tokens */
function pastOf({ name, type }: Port, shape: Shape, outputs: ReadonlySet<string>): Past | undefined {
  const free = [...shape.keys()].filter((axis) => typeof shape[axis] !== "number");
  const present = presentsOf(name).find((output) => outputs.has(output));
  const { dtype } = type;
  if (free.length !== 2 || present === undefined || dtype === "string") return undefined;
  const sizes = shape.map((size) => (typeof size === "number" ? size : 0));
  const known = { name, present, dtype, shape: sizes, isOfSource: isPastOfSource(name) };
  return { ...known, rows: free[0]!, length: free[1]! };
}

/** Keys and values after a row: a place in those of rows of equal length, by the names of the inputs. */
interface State {
  readonly group: { readonly rows: number; readonly pasts: Readonly<Record<string, Tensor>> };
  readonly row: number;
}

/** A row, and the text that it belongs to. */
interface TextRow {
  readonly ids: readonly number[];
  readonly text: number;
}

/**
 * Returns scores of the next token that compute each token once. A row goes on from the call before, if that had the row without its
 * last token; any other row is computed as a whole. The keys and values of the rows of the last call stay in memory.
 *
 * Rows of equal length run together. The scores of a prompt's last token need no scores of its earlier tokens, so these are not read.
 * @param session of the file itself
 * @param options.inOneCall true: the scores after a prompt are those of its first call, as in Transformers.js, which needs more memory.
 * Default false; always so for an encoder–decoder, whose first call has few tokens
 * @param options.sources of an encoder–decoder
 */
export function cachedScores(
  session: Session,
  layout: CacheLayout,
  { inOneCall = false, sources }: { readonly inOneCall?: boolean; readonly sources?: SourceFeeds } = {},
): NextScores {
  const { pasts, scores: output } = layout;
  const isWhole = inOneCall || sources !== undefined;
  let states = new Map<string, State>();
  // Of each text, the keys and values of its source: any state of its first call has them.
  const sourceOf = new Map<number, State>();
  const run = async (rows: readonly TextRow[], before: number, outputs: readonly string[]) => {
    const tokens = rows.map(({ ids }) => ids.slice(before));
    const from = before === 0 ? [] : rows.map((row) => states.get(keyOf(row, before))!);
    const own = before === 0 ? pasts : pasts.filter(({ isOfSource }) => !isOfSource);
    const pastOfRows = (past: Past): Tensor => {
      if (before === 0) return empty(past, rows.length);
      return past.isOfSource
        ? joined(
            past,
            rows.map(({ text }) => sourceOf.get(text)!),
            true,
          )
        : joined(past, from);
    };
    const given = (await sources?.(rows.map(({ text }) => text))) ?? {};
    const feeds = Object.fromEntries([
      ...layout.tokens.map(({ name, type }) => {
        const value = inputs[name]!({ tokens, before });
        return [name, castTensor(value, type.dtype as "int64")];
      }),
      ...layout.sources.map(({ name, type }) => [name, castTensor(given[name]!, type.dtype as "float32")]),
      ...pasts.map((past) => [past.name, pastOfRows(past)]),
    ]);
    const names = [...own.map(({ present }) => present), ...outputs];
    const results = await session.run(feeds, names, { transfer: true });
    const made = Object.fromEntries(own.map(({ name, present }) => [name, results[present]!]));
    const group = { rows: rows.length, pasts: made };
    if (before === 0) for (const [row, { text }] of rows.entries()) sourceOf.set(text, { group, row });
    return { results, after: rows.map((one, row) => [keyOf(one), { group, row }] as const) };
  };
  return async (given, texts) => {
    const rows = given.map((ids, i): TextRow => ({ ids, text: sources ? texts[i]! : 0 }));
    const isBegun = (row: TextRow): boolean => states.has(keyOf(row, -1));
    const begun = isWhole ? [] : rows.filter((row) => row.ids.length > 1 && !isBegun(row));
    const prompts = begun.map(({ ids, text }) => ({ ids: ids.slice(0, -1), text }));
    const found: (readonly [string, State])[] = [];
    for (const places of byLength(prompts)) {
      const group = places.map((place) => prompts[place]!);
      found.push(...(await run(group, 0, [])).after);
    }
    states = new Map([...states, ...found]);
    const after: (readonly [string, State])[] = [];
    const scores = new Array<Float32Array>(rows.length);
    for (const places of byLength(rows)) {
      const group = places.map((place) => rows[place]!);
      const isStarted = !isWhole || group.every(isBegun);
      const made = await run(group, isStarted ? group[0]!.ids.length - 1 : 0, [output]);
      after.push(...made.after);
      const { dims, data } = castTensor(made.results[output]!, "float32");
      const [, length = 0, width = 0] = dims;
      for (const [i, place] of places.entries())
        scores[place] = data.slice(((i + 1) * length - 1) * width, (i + 1) * length * width);
    }
    states = new Map(after);
    return scores;
  };
}

/** Returns the key of the state after the first tokens of a row. Default: after all. */
const keyOf = ({ ids, text }: TextRow, end = ids.length): string => `${text}:${ids.slice(0, end).join()}`;

/** Returns the places of rows of equal length. */
function byLength(rows: readonly TextRow[]): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  for (const [
    place,
    {
      ids: { length },
    },
  ] of rows.entries())
    groups.set(length, [...(groups.get(length) ?? []), place]);
  return [...groups.values()];
}

const empty = ({ dtype, shape, rows }: Past, count: number): Tensor =>
  zeros(
    dtype,
    shape.map((size, axis) => (axis === rows ? count : size)),
  );

/**
 * Returns the keys or values of rows in one tensor. Those of a whole group, in its order, are not copied.
 * @param isKept true: they are copied, since a call gives its inputs away. Default false
 */
function joined({ name, rows: axis }: Past, states: readonly State[], isKept = false): Tensor {
  const { group } = states[0]!;
  const first = group.pasts[name]!;
  if (
    !isKept &&
    group.rows === states.length &&
    states.every((one, i) => one.group === group && one.row === i)
  )
    return first;
  const { dims, dtype } = first;
  const sizeOf = (some: readonly number[]): number => some.reduce((n, size) => n * size, 1);
  const [blocks, block] = [sizeOf(dims.slice(0, axis)), sizeOf(dims.slice(axis + 1))];
  const data = new (arrayOf(dtype as "float32"))(blocks * states.length * block);
  for (let b = 0; b < blocks; b++)
    for (const [i, { group, row }] of states.entries()) {
      const from = (b * group.rows + row) * block;
      const source = group.pasts[name]!.data as Float32Array;
      data.set(source.subarray(from, from + block), (b * states.length + i) * block);
    }
  return { dtype, dims: dims.map((size, i) => (i === axis ? states.length : size)), data } as Tensor;
}
