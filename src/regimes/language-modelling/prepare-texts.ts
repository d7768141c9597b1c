import { type LanguageModel, languageModel } from "../../bases/language-model.js";
import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { isCausal } from "../../bases/sequences/is-causal.js";
import { tieTables } from "../../bases/text/tie-tables.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { UnlabelledTexts } from "../../data/texts/unlabelled-texts.js";
import type { Runtime } from "../../runtime/runtime.js";
import { type PretrainOptions, pretrainDefaults } from "./options.js";
import { PackedTexts, placesOf, type RowFormat, rowsOfTexts, streamOf } from "./rows.js";

export type PreparedTexts = Awaited<ReturnType<typeof prepareTexts>>;

/** Returns the texts as rows of tokens, and the base with a language model head. */
export async function prepareTexts(
  base: Base & { readonly text: TextFacts },
  texts: UnlabelledTexts,
  {
    runtime,
    options,
    seed,
    onEvent,
  }: {
    readonly runtime: Runtime;
    readonly options: PretrainOptions;
    readonly seed: number;
    readonly onEvent: OnEvent;
  },
) {
  const { tokenizer, fixed } = base.text;
  const { graph } = base.imported;
  const { cut } = base;
  const tied = tieTables(graph);
  const length = fixed ?? tokenizer.longest;
  const causal = await isCausal(runtime, graph, {
    tokenizer,
    length: fixed ?? 8,
    cut,
  });
  if (!causal && tokenizer.mask === undefined)
    throw new EngraftError(
      "ModelError",
      `${base.name} sees both sides of a token, and its tokenizer has no mask token`,
      {
        help: "masked modelling hides tokens by [MASK] or <mask>: give a base that was pretrained so, or a decoder",
      },
    );
  const ignored = (["maskShare", "wholeWords"] as const).find((name) => options[name] !== undefined);
  if (causal && ignored !== undefined)
    throw new EngraftError(
      "OptionError",
      `${ignored} means nothing for ${base.name}: it sees only the tokens before a place`,
      {
        help: "a decoder learns to say the next token: leave it out",
      },
    );
  const format: RowFormat = {
    objective: causal ? "causal" : "masked",
    tokenizer,
    length,
    share: options.maskShare ?? pretrainDefaults.maskShare,
    wholeWords: options.wholeWords === true,
    seed,
  };
  const { signal } = options;
  const stream = streamOf(texts.train, tokenizer, signal);
  const train = new PackedTexts(stream, format, "train");
  const held = causal
    ? rowsOfTexts(texts.heldOut, format)
    : new PackedTexts(streamOf(texts.heldOut, tokenizer, signal), format, "held back");
  if (train.count === 0 || held.count === 0)
    throw new EngraftError("DataError", "the texts have no tokens that the base knows", {
      help: "give texts in the language of the base",
    });
  const made = languageModel(graph, {
    pad: tokenizer.pad,
    length,
    count: placesOf(format),
    cut,
    begin: causal ? "tied" : { shares: sharesOf(stream.tokens, tokenizer.vocabulary) },
  });
  const isTied = tied.length > 0 && ", tied to the word embedding, which its matrix equals";
  const model: LanguageModel = { ...made, words: `${made.words}${isTied || ""}` };
  const unknown = stream.tokens.reduce((n, token) => n + (token === tokenizer.unknown ? 1 : 0), 0);
  const share = unknown / Math.max(1, stream.tokens.length);
  if (share > manyUnknown)
    onEvent({
      event: "warning",
      code: "unknown-tokens",
      message: `${(100 * share).toFixed(1)} % of the tokens are not in the base's vocabulary: of those nothing is learnt`,
    });
  return { model, train, held, format, tokens: stream.tokens.length, pad: tokenizer.pad };
}

/** Share of unknown tokens from which a warning is emitted: the base may be for another language. */
const manyUnknown = 0.05;

/** Returns the share of each token, with one added to each count (Laplace smoothing). */
function sharesOf(tokens: Int32Array, vocabulary: number): Float32Array {
  const counts = new Float64Array(vocabulary).fill(1);
  for (const token of tokens) counts[token]!++;
  const all = tokens.length + vocabulary;
  return Float32Array.from(counts, (n) => n / all);
}
