import { EngraftError } from "../../core/errors.js";
import { formatType } from "../../core/shape.js";
import { segmentUnit } from "../../data/texts/pair-template.js";
import { Builder } from "../../graph/builder.js";
import { Graph } from "../../graph/graph.js";
import type { Value } from "../../graph/node.js";
import { type Cut, extract, findCut, inline } from "../../graph/surgery/index.js";
import { batchedPart } from "../batched-part.js";
import type { Body } from "../body.js";
import { nameOfEncoder } from "../open/open-base.js";
import type { StoredAs } from "../weight-storage.js";
import { oneHead, withLogits } from "../with-logits.js";
import type { TextPooling } from "./text-poolings.js";

/** The one input of text models: int32[batch, length], -1 for padding. */
export const tokenInput: Value = "tokens";

/** Beginning of a text that the encoder reads, if other parts of the model read more. */
export interface TextWindow {
  /** Number of tokens. */
  readonly length: number;
  /** Token that ends every text. Missing: the tokenizer has none. */
  readonly end?: number;
}

/** Roles of an encoder's inputs, by the names that exporters use. */
const roles: Readonly<Record<string, "ids" | "mask" | "types" | "positions" | "lengths">> = {
  input_ids: "ids",
  char_ids: "ids",
  token_ids: "ids",
  tokens: "ids",
  ids: "ids",
  attention_mask: "mask",
  input_mask: "mask",
  mask: "mask",
  token_type_ids: "types",
  segment_ids: "types",
  position_ids: "positions",
  lengths: "lengths",
  length: "lengths",
};

/** True if a model has an input of token ids by one of the usual names. */
export const takesTokens = (graph: Graph): boolean =>
  graph.inputs.some((v) => roles[v.toLowerCase()] === "ids" && graph.typeOf(v).dtype.startsWith("int"));

/**
 * Cuts a text encoder at its features and adds one input of tokens, from which all other inputs are derived: numbers,
 * mask, types, positions, lengths. Features of tokens are pooled with the mask.
 *
 * mean: Σ mᵢ hᵢ / Σ mᵢ   cls: h₁   max: maxᵢ hᵢ where mᵢ = 1   last: h of the last token
 * each: no pooling, one row per token: float32[batch · length, D], padding included
 * @throws ModelError for inputs that a text encoder does not have, or features of unknown width
 */
export function textBody(
  base: Graph,
  options: {
    readonly pooling: TextPooling | "each";
    readonly pad: number;
    readonly cut?: Value;
    /** Tokens of pairs contain their segment, see `segmentUnit`. */
    readonly pairs?: boolean;
    /** The encoder reads only the beginning of a text. Default: the whole text. */
    readonly window?: TextWindow;
    /** Inputs that the tokens do not give: the body has them too. Default: none, any such input is refused. */
    readonly others?: readonly Value[];
  },
): Body {
  const cut = cutOf(base, options.cut);
  const trunk = batchedPart(base, [cut.value]);
  const graph = new Graph(base.name);
  const tokens = graph.input(tokenInput, { dtype: "int32", shape: ["batch", "length"] });
  const g = new Builder(graph, "tokens");
  const { window } = options;
  const read = window ? firstTokens(new Builder(graph, "window"), tokens, window) : tokens;
  const { bindings, mask } = bindInputs(g, trunk, read, options);
  const names = inline(graph, trunk, bindings);
  for (const [domain, version] of base.opsets) graph.opsets.set(domain, version);
  const hidden = names.get(cut.value)!;
  const type = trunk.typeOf(cut.value);
  const rank = type.shape?.length;
  const width = type.shape?.at(-1);
  const each = options.pooling === "each";
  if (type.dtype !== "float32" || (rank !== 3 && (each || rank !== 2)) || typeof width !== "number")
    throw new EngraftError(
      "ModelError",
      `the cut "${cut.value}" is ${formatType(type)}: features of texts are float32[batch, length, D]${each ? ", a row a token" : " or [batch, D]"}`,
      { help: "name another value: --cut VALUE (`engraft inspect` lists the possible ones)" },
    );
  const p = new Builder(graph, "pooling");
  const pooled =
    rank === 2
      ? hidden
      : options.pooling === "each"
        ? p.reshape(hidden, [-1, width])
        : pool(p, hidden, mask, options.pooling);
  // New name and type: from here on the batch has its usual name.
  const features = graph.fresh("features");
  graph.push(
    { kind: "op", op: "Identity", name: "features", inputs: [pooled], outputs: [features], attributes: {} },
    [{ dtype: "float32", shape: [each ? "tokens" : "batch", width] }],
  );
  graph.outputs.push(features);
  const pooling = rank === 2 || each ? "none" : (options.pooling as Body["pooling"]);
  return { graph, cut, pooling, features, width };
}

/** Returns the first tokens of each text, the end token included, as a tokenizer truncates. */
function firstTokens(g: Builder, tokens: Value, { length, end }: TextWindow): Value {
  const first = g.slice(tokens, { starts: [0], ends: [length], axes: [1] });
  if (end === undefined) return first;
  const ones = g.add(g.mul(g.cast(first, "int64"), g.number(0, "int64")), g.number(1, "int64"));
  const place = g.node("CumSum", [ones, g.number(1, "int64")], { exclusive: false, reverse: false });
  const atEnd = g.equal(place, g.number(length, "int64"));
  return g.where(g.and(atEnd, g.greater(first, g.number(-1, "int32"))), g.number(end, "int32"), first);
}

/** Derives every input of a text encoder from the tokens. @throws ModelError for any other input */
function bindInputs(
  g: Builder,
  trunk: Graph,
  tokens: Value,
  options: { readonly pad: number; readonly pairs?: boolean; readonly others?: readonly Value[] },
): { readonly bindings: ReadonlyMap<Value, Value>; readonly mask: Value } {
  const absent = g.less(tokens, g.number(0, "int32"));
  const unit = g.number(segmentUnit, "int32");
  const segments = options.pairs ? g.div(g.max(tokens, g.number(0, "int32")), unit) : undefined;
  const numbers = segments ? g.sub(tokens, g.mul(segments, unit)) : tokens;
  const ids = g.where(absent, g.number(options.pad, "int32"), numbers);
  const mask = g.cast(g.where(absent, g.number(0, "int32"), g.number(1, "int32")), "int64");
  const bindings = new Map<Value, Value>();
  for (const input of trunk.inputs) {
    if (options.others?.includes(input)) continue;
    const type = trunk.typeOf(input);
    const role = roles[input.toLowerCase()];
    if (role === undefined || type.dtype === "string") throw strayInput(trunk, input);
    const made = {
      ids: () => ids,
      mask: () => mask,
      types: () => (segments ? g.cast(segments, "int64") : g.mul(mask, g.number(0, "int64"))),
      positions: () =>
        g.max(
          g.sub(
            g.node("CumSum", [mask, g.number(1, "int64")], { exclusive: false, reverse: false }),
            g.number(1, "int64"),
          ),
          g.number(0, "int64"),
        ),
      lengths: () => g.reduceSum(mask, { axes: [1] }),
    }[role]();
    bindings.set(input, g.cast(made, type.dtype));
  }
  if (![...trunk.inputs].some((v) => roles[v.toLowerCase()] === "ids"))
    throw new EngraftError("ModelError", "the base does not take texts: it has no input_ids", {
      at: trunk.inputs.map((v) => `"${v}" ${formatType(trunk.typeOf(v))}`).join(", ") || "no input",
      help: "give a text encoder in ONNX, with its tokenizer.json beside it",
    });
  return { bindings, mask };
}

/** The input of a model that no text gives. */
function strayInput(trunk: Graph, input: Value): EngraftError {
  const continues = /^past/.test(input);
  return new EngraftError(
    "ModelError",
    continues
      ? `the base continues from an earlier call: it reads ${input} ${formatType(trunk.typeOf(input))}`
      : `the base has an input that no text gives: ${input} ${formatType(trunk.typeOf(input))}`,
    {
      help: continues
        ? "give the file that begins a text: model.onnx or decoder_model.onnx, not decoder_with_past_model.onnx"
        : "give a text encoder or decoder with input_ids and, if it wants them, attention_mask, token_type_ids, position_ids",
      details: { inputs: [...trunk.inputs] },
    },
  );
}

function pool(g: Builder, hidden: Value, mask: Value, pooling: TextPooling): Value {
  if (pooling === "cls") return g.squeeze(g.slice(hidden, { starts: [0], ends: [1], axes: [1] }), [1]);
  const weights = g.unsqueeze(g.cast(mask, "float32"), [2]);
  if (pooling === "mean")
    return g.div(
      g.reduceSum(g.mul(hidden, weights), { axes: [1] }),
      g.max(g.reduceSum(weights, { axes: [1] }), g.number(1)),
    );
  if (pooling === "max") {
    const far = g.mul(g.sub(weights, g.number(1)), g.number(1e9));
    return g.reduceMax(g.add(g.mul(hidden, weights), far), { axes: [1] });
  }
  // 1 at the last token only: mᵢ - mᵢ₊₁, with 0 after the end
  const next = g.slice(weights, { starts: [1], ends: [2 ** 31 - 1], axes: [1] });
  const first = g.slice(weights, { starts: [0], ends: [1], axes: [1] });
  const shifted = g.concat([next, g.mul(first, g.number(0))], 1);
  return g.reduceSum(g.mul(hidden, g.relu(g.sub(weights, shifted))), { axes: [1] });
}

/** True if a text encoder takes the segment of each token of a pair. */
export const hasSegments = ({ inputs }: Graph): boolean =>
  [...inputs].some((v) => roles[v.toLowerCase()] === "types");

/** Exporters' names for the output with the features of tokens. */
const hiddenNames = ["last_hidden_state", "token_embeddings", "hidden_states"];

function cutOf(base: Graph, requested: Value | undefined): Cut {
  if (requested !== undefined) return { value: requested, because: "--cut names it" };
  const hidden = hiddenNames.find((name) => base.outputs.includes(name));
  if (hidden !== undefined) return { value: hidden, because: "the features of the tokens, by its name" };
  return findCut(base);
}

/**
 * Returns the ONNX file of a text classifier: `input_ids` and `attention_mask` int64[batch, length] -> `logits`
 * float32[batch, C].
 * @param pairs the model classifies pairs: also `token_type_ids`, if the base uses segments
 * @param outputs names of the outputs of several heads
 * @param perToken number of classes C of a token classifier: then `logits` is float32[batch, length, C]
 */
export function exportTextClassifier(
  model: Graph,
  stored: StoredAs = new Map(),
  {
    perToken,
    pairs = false,
    encoders = 1,
    outputs = oneHead,
  }: {
    readonly perToken?: number;
    readonly pairs?: boolean;
    readonly encoders?: number;
    readonly outputs?: readonly string[];
  } = {},
): Uint8Array {
  const graph = new Graph(model.name);
  const g = new Builder(graph, "inputs");
  const tokens = Array.from({ length: encoders }, (_, i) => tokensOfEncoder(i));
  // Each of several encoders has inputs of its own, in place of the tokens by turns.
  const takes = encoders === 1 ? model : extract(model, model.outputs, tokens);
  const bound = new Map<Value, Value>();
  for (const [i, input] of takes.inputs.entries()) {
    const shape = ["batch", nameOfEncoder("length", i)];
    const named = (name: string) => graph.input(nameOfEncoder(name, i), { dtype: "int64", shape });
    const ids = named("input_ids");
    const present = g.greater(named("attention_mask"), g.number(0, "int64"));
    const types = pairs ? named("token_type_ids") : undefined;
    const numbers = types ? g.add(ids, g.mul(types, g.number(segmentUnit, "int64"))) : ids;
    bound.set(input, g.cast(g.where(present, numbers, g.number(-1, "int64")), "int32"));
  }
  const names = inline(graph, takes, bound);
  const rows = takes.outputs.map((value) => names.get(value)!);
  const made = perToken === undefined ? rows : [byToken(g, rows[0]!, graph.inputs[0]!, perToken)];
  return withLogits(graph, made, { model: takes, names, stored, outputs });
}

/** The value with the tokens of an encoder in a graph of several. */
export const tokensOfEncoder = (i: number): Value => `tokens_${i + 1}`;

/** Reshapes rows of tokens by text: float32[batch · length, C] -> float32[batch, length, C]. */
function byToken(g: Builder, rows: Value, ids: Value, classes: number): Value {
  const sizes = g.concat([g.node("Shape", [ids], { start: 0, end: undefined }), g.ints([classes])], 0);
  return g.node("Reshape", [rows, sizes], { allowzero: false });
}
