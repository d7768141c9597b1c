import { type LanguageModel, languageModel } from "../../bases/language-model.js";
import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { isCausal } from "../../bases/sequences/is-causal.js";
import { tieTables } from "../../bases/text/tie-tables.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { UnlabelledTexts } from "../../data/texts/unlabelled-texts.js";
import type { Runtime } from "../../runtime/runtime.js";
import {
  type LanguageRows,
  PackedTexts,
  type RowFormat,
  rowsOfTexts,
  streamOf,
} from "../../tasks/generation/rows.js";
import { warnOfUnknown } from "../../tasks/generation/warn-of-unknown.js";
import { type PretrainOptions, pretrainDefaults } from "./options.js";

export type PreparedTexts = Awaited<ReturnType<typeof prepareTexts>>;

interface How {
  readonly runtime: Runtime;
  readonly options: PretrainOptions;
  readonly seed: number;
  readonly onEvent: OnEvent;
}

/** Returns texts as rows of tokens, and the base with a language model head. */
export async function prepareTexts(
  base: Base & { readonly text: TextFacts },
  texts: UnlabelledTexts,
  { options, seed, runtime, onEvent }: How,
) {
  const { tokenizer, fixed } = base.text;
  const { graph } = base.imported;
  const { cut } = base;
  const tied = tieTables(graph);
  const causal = await isCausal(runtime, graph, { tokenizer, length: fixed ?? 8, cut });
  requireObjective(base, causal, options);
  const format: RowFormat = {
    objective: causal ? "causal" : "masked",
    tokenizer,
    length: fixed ?? tokenizer.longest,
    share: options.maskShare ?? pretrainDefaults.maskShare,
    wholeWords: options.wholeWords === true,
    seed,
  };
  // Packed for training. Of a decoder, each text is scored in rows of its own.
  const { tokens: ids, ...stream } = streamOf(texts.train, tokenizer, options.signal);
  const train: LanguageRows = new PackedTexts({ tokens: ids, ...stream }, format, "train");
  const held: LanguageRows = causal
    ? rowsOfTexts(texts.heldOut, format)
    : new PackedTexts(streamOf(texts.heldOut, tokenizer, options.signal), format, "held back");
  if (train.count === 0 || held.count === 0)
    throw new EngraftError("DataError", "the texts have no tokens that the base knows", {
      help: "give texts in the language of the base",
    });
  const made = languageModel(graph, {
    pad: tokenizer.pad,
    length: format.length,
    count: train.places,
    cut,
    begin: causal ? "tied" : { shares: sharesOf(ids, tokenizer.vocabulary) },
  });
  const isTied = tied.length > 0 && ", tied to the word embedding, which its matrix equals";
  const model: LanguageModel = { ...made, words: `${made.words}${isTied || ""}` };
  warnOfUnknown(ids, tokenizer, onEvent);
  return { model, train, held, format, tokens: ids.length, pad: tokenizer.pad };
}

/** @throws ModelError for a base that cannot learn the texts; OptionError for an option that means nothing for it */
function requireObjective(
  { name, text: { tokenizer } }: Base & { readonly text: TextFacts },
  causal: boolean,
  options: PretrainOptions,
): void {
  if (!causal && tokenizer.mask === undefined)
    throw new EngraftError(
      "ModelError",
      `${name} sees both sides of a token, and its tokenizer has no mask token`,
      {
        help: "masked modelling hides tokens by [MASK] or <mask>: give a base that was pretrained so, or a decoder",
      },
    );
  const ofMasks = (["maskShare", "wholeWords"] as const).find((name) => options[name] !== undefined);
  if (causal && ofMasks !== undefined)
    throw new EngraftError(
      "OptionError",
      `${ofMasks} means nothing for ${name}: it sees only the tokens before a place`,
      { help: "a decoder learns to say the next token: leave it out", details: { option: ofMasks } },
    );
}

/** Returns the share of each token, with one added to each count (Laplace smoothing). */
function sharesOf(tokens: ArrayLike<number>, vocabulary: number): Float32Array {
  const counts = new Float64Array(vocabulary).fill(1);
  for (let i = 0; i < tokens.length; i++) counts[tokens[i]!]!++;
  const all = tokens.length + vocabulary;
  return Float32Array.from(counts, (n) => n / all);
}
