import type { LocatedBase } from "../bases/open/located.js";
import { openPair } from "../bases/sequences/open-pair.js";
import { openPairScores } from "../bases/sequences/pair-scores.js";
import { pairCall } from "../bases/sequences/pair-settings.js";
import { scoreChanges } from "../bases/sequences/score-changes.js";
import { EngraftError } from "../core/errors.js";
import type { Machine, RuntimeRequest } from "../run/machine.js";
import { endTokens } from "./end-tokens.js";
import {
  type Begun,
  type GenerateOptions,
  type TextPrompt,
  usualNew,
  type Writer,
} from "./text-generator.js";

/**
 * Opens an encoder–decoder to write: to translate, summarize or rewrite texts.
 * @param located with its parts, and the config.json of an encoder–decoder
 * @throws ModelError, FileError
 */
export async function openPairWriter(
  machine: Machine,
  located: LocatedBase,
  request: RuntimeRequest,
): Promise<Writer> {
  const { platform } = machine;
  const pair = await openPair(located, platform);
  const { config, generation, tokenizer, longest, settings } = pair;
  const ends = endTokens([generation, config], tokenizer);
  const given = { ...config, ...generation };
  const forced = (given.forced_bos_token_id ?? undefined) !== undefined;
  // A fault of the settings is an error of the opening.
  const usual = scoreChanges(given, ends);
  const begin = (prompt: TextPrompt, options: GenerateOptions): Begun => {
    if (typeof prompt !== "string")
      throw new EngraftError("DataError", `${located.name} takes a text, and no messages of a chat`, {
        help: "give the text that it translates or rewrites; chats are for decoders, such as SmolLM2",
      });
    if (tokenizer.pieces(prompt).length === 0)
      throw new EngraftError("DataError", "there is nothing to read: no token", { help: "give a text" });
    const { source, start, first } = pairCall({ settings, tokenizer, forced }, prompt, options);
    if (source.length > longest)
      throw new EngraftError(
        "DataError",
        `the text has ${source.length} tokens, and the model takes ${longest}`,
        {
          help: "divide the text, for example into sentences",
          details: { tokens: source.length, longest },
        },
      );
    const changes =
      first === undefined ? usual : scoreChanges({ ...given, forced_bos_token_id: first }, ends);
    return { ids: [start], source, most: Math.min(options.maxNew ?? usualNew, longest - 1), changes };
  };
  const runtime = await machine.openRuntime(request);
  return {
    ...{ name: located.name, kind: "encoder-decoder", prefixes: settings.prefixes, tokenizer, ends, begin },
    scores: await openPairScores(runtime, pair, platform),
    close: () => runtime.close(),
  };
}
