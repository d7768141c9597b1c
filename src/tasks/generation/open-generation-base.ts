import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { scoresName } from "../../bases/sequences/next-scores.js";
import { openTextBase } from "../../bases/text/text-base.js";
import { textBody } from "../../bases/text/text-body.js";
import { tieTables } from "../../bases/text/tie-tables.js";
import { EngraftError } from "../../core/errors.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { GenerationData } from "../../data/chats/generation-data.js";
import type { OpenedBase } from "../../run/setup.js";
import type { OpenedWith, OpenHow } from "../task-run.js";
import { type ChatRows, readChatRows } from "./chat-rows.js";

/** A decoder with the chats of a run as tokens. */
export interface GenerationBase extends OpenedWith {
  readonly opened: OpenedBase & { readonly base: Decoder };
  /** Tokens of a row. */
  readonly length: number;
  /** Missing for texts. */
  readonly chats?: ChatRows;
}

/** A base with a tokenizer. */
export type Decoder = Base & { readonly text: TextFacts };

/**
 * Opens the decoder of a run, and turns chats into tokens.
 * @throws OptionError without a base; ModelError for a base without scores of all tokens; DataError as {@link readChatRows}
 */
export async function openGenerationBase(
  data: GenerationData,
  {
    platform,
    options,
    onEvent,
    signal,
    started,
  }: Pick<OpenHow, "platform" | "options" | "onEvent" | "signal" | "started">,
): Promise<GenerationBase> {
  const { base: ref, cut, maxLength } = options;
  if (ref === undefined)
    throw new EngraftError(
      "OptionError",
      "text-generation needs a decoder to start from, and none is bundled",
      {
        help: "give one: --base FOLDER, or --base hf:HuggingFaceTB/SmolLM2-135M-Instruct",
      },
    );
  refuseOfOtherForm(data, options);
  const base = await openTextBase(ref, { platform, onEvent, cut, maxLength });
  if (scoresName(base.imported.graph) === undefined)
    throw new EngraftError("ModelError", `${base.name} has no scores of all tokens: it writes no texts`, {
      at: base.name,
      help: "give a decoder with its last layer, such as SmolLM2",
    });
  tieTables(base.imported.graph);
  const { tokenizer, fixed } = base.text;
  const chats =
    data.form === "chats"
      ? await readChatRows(base, data.items, { options, platform, now: started, onEvent, signal })
      : undefined;
  const length = chats?.length ?? fixed ?? tokenizer.longest;
  const body = textBody(base.imported.graph, { pooling: "each", pad: tokenizer.pad, cut: base.cut });
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: `rows of ${length} of ${tokenizer.vocabulary} tokens`,
    cut: `${body.cut.value}: ${body.cut.because}`,
    features: body.width,
    notes: base.imported.notes,
  });
  // Another template makes other tokens of the same chats.
  const from = chats && { name: base.name, sha256: chats.sha256, what: "chat template" };
  return { opened: { base, body }, length, ...(chats && { chats, from }) };
}

/** Options of one form of data. */
const ofForm = { texts: ["text"], chats: ["template", "allMessages"] } as const;

/** @throws OptionError for options of chats with texts, and of texts with chats */
function refuseOfOtherForm({ form }: GenerationData, options: OpenHow["options"]): void {
  const other = form === "texts" ? "chats" : "texts";
  const given = ofForm[other].find((name) => options[name] !== undefined);
  if (given !== undefined)
    throw new EngraftError("OptionError", `the option ${given} is for ${other}, and these are ${form}`, {
      help: 'leave it out; chats are records with "messages" in each line',
      details: { option: given },
    });
}
