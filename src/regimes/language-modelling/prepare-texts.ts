import { type LanguageModel, languageModel } from "../../bases/language-model.js";
import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { isCausal } from "../../bases/sequences/is-causal.js";
import { scoresName } from "../../bases/sequences/next-scores.js";
import { tieTables } from "../../bases/text/tie-tables.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import type { Chats } from "../../data/chats/open-chats.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { UnlabelledTexts } from "../../data/texts/unlabelled-texts.js";
import type { Platform } from "../../platform/platform.js";
import type { Runtime } from "../../runtime/runtime.js";
import { type PretrainOptions, pretrainDefaults } from "./options.js";
import { prepareChats } from "./prepare-chats.js";
import { type LanguageRows, PackedTexts, type RowFormat, rowsOfTexts, streamOf } from "./rows.js";

export type PreparedTexts = Awaited<ReturnType<typeof prepareTexts>>;

/** Texts without labels, or chats. */
export type LanguageData = UnlabelledTexts | Chats;
const areChats = (data: LanguageData): data is Chats => typeof data.train[0] === "object";

interface How {
  readonly platform: Platform;
  readonly runtime: Runtime;
  readonly options: PretrainOptions;
  readonly seed: number;
  /** Time of the run's start. */
  readonly now: Date;
  readonly onEvent: OnEvent;
}

/** Returns texts or chats as rows of tokens, and the base with a language model head. */
export async function prepareTexts(base: Base & { readonly text: TextFacts }, data: LanguageData, how: How) {
  const { tokenizer, fixed } = base.text;
  const { graph } = base.imported;
  const { cut } = base;
  const { options, seed, runtime, onEvent } = how;
  const tied = tieTables(graph);
  const causal = await isCausal(runtime, graph, { tokenizer, length: fixed ?? 8, cut });
  requireObjective(base, causal, areChats(data), options);
  const format: RowFormat = {
    objective: causal ? "causal" : "masked",
    tokenizer,
    length: fixed ?? tokenizer.longest,
    share: options.maskShare ?? pretrainDefaults.maskShare,
    wholeWords: options.wholeWords === true,
    seed,
  };
  const rows = areChats(data) ? await prepareChats(base, data, format, how) : packed(data, format, options);
  const { train, held, ids } = rows;
  if (train.count === 0 || held.count === 0)
    throw new EngraftError("DataError", "the texts have no tokens that the base knows", {
      help: "give texts in the language of the base",
    });
  const made = languageModel(graph, {
    pad: tokenizer.pad,
    length: rows.format.length,
    count: train.places,
    cut,
    begin: causal ? "tied" : { shares: sharesOf(ids, tokenizer.vocabulary) },
  });
  const isTied = tied.length > 0 && ", tied to the word embedding, which its matrix equals";
  const model: LanguageModel = { ...made, words: `${made.words}${isTied || ""}` };
  warnOfUnknown(ids, tokenizer, onEvent);
  return {
    model,
    train,
    held,
    format: rows.format,
    tokens: ids.length,
    pad: tokenizer.pad,
    chats: "facts" in rows ? rows : undefined,
  };
}

/** Returns texts as rows: packed for training, and of a decoder each in its own to be scored. */
function packed(texts: UnlabelledTexts, format: RowFormat, { signal }: PretrainOptions) {
  const { tokenizer, objective } = format;
  const stream = streamOf(texts.train, tokenizer, signal);
  const train: LanguageRows = new PackedTexts(stream, format, "train");
  const held: LanguageRows =
    objective === "causal"
      ? rowsOfTexts(texts.heldOut, format)
      : new PackedTexts(streamOf(texts.heldOut, tokenizer, signal), format, "held back");
  return { train, held, format, ids: stream.tokens };
}

/** @throws ModelError for a base that cannot learn the data; OptionError for an option that means nothing for it */
function requireObjective(
  { name, imported, text: { tokenizer } }: Base & { readonly text: TextFacts },
  causal: boolean,
  ofChats: boolean,
  options: PretrainOptions,
): void {
  if (!causal && ofChats)
    throw new EngraftError("ModelError", `${name} sees both sides of a token: it writes no answers`, {
      help: "give a decoder, such as SmolLM2; of an encoder, give texts instead of chats",
    });
  if (ofChats && scoresName(imported.graph) === undefined)
    throw new EngraftError("ModelError", `${name} has no scores of all tokens: it writes no answers`, {
      help: "give a decoder with its last layer, such as SmolLM2",
    });
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
      { help: "a decoder learns to say the next token: leave it out" },
    );
  const forChats = (["template", "allMessages"] as const).find((name) => options[name] !== undefined);
  if (!ofChats && forChats !== undefined)
    throw new EngraftError("OptionError", `${forChats} is for chats, and these are texts`, {
      help: 'leave it out, or give a .jsonl file with "messages" in each line',
    });
}

function warnOfUnknown(ids: ArrayLike<number>, { unknown, end }: Tokenizer, onEvent: OnEvent): void {
  // A vocabulary of bytes knows every character: "unknown" is then the end token.
  if (unknown === end) return;
  let found = 0;
  for (let i = 0; i < ids.length; i++) if (ids[i] === unknown) found++;
  const share = found / Math.max(1, ids.length);
  if (share <= manyUnknown) return;
  onEvent({
    event: "warning",
    code: "unknown-tokens",
    message: `${found} of ${ids.length} tokens (${(100 * share).toFixed(1)} %) are not in the base's vocabulary: of those nothing is learnt`,
  });
}

/** Share of unknown tokens from which a warning is emitted: the base may be for another language. */
const manyUnknown = 0.05;

/** Returns the share of each token, with one added to each count (Laplace smoothing). */
function sharesOf(tokens: ArrayLike<number>, vocabulary: number): Float32Array {
  const counts = new Float64Array(vocabulary).fill(1);
  for (let i = 0; i < tokens.length; i++) counts[tokens[i]!]!++;
  const all = tokens.length + vocabulary;
  return Float32Array.from(counts, (n) => n / all);
}
