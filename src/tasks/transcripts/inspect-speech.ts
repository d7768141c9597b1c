import type { Machine } from "../../run/machine.js";
import { splitCounts } from "../../run/setup.js";
import type { InspectedData, InspectOptions } from "../inspect-data.js";
import { openSpeech } from "./open-speech.js";
import { openSpeechBase } from "./open-speech-base.js";

/** Opens data and base of a run of speech recognition without training. */
export async function inspectSpeech(
  { platform }: Machine,
  path: string,
  options: InspectOptions,
): Promise<InspectedData> {
  const { onEvent = () => undefined, signal, seed } = options;
  const data = await openSpeech(platform, path, { seed, options, onEvent, signal });
  const { opened } = await openSpeechBase(options, data.vocabulary.tokens, platform, onEvent);
  return {
    fingerprint: data.fingerprint,
    baseSha256: opened.base.sha256,
    samples: "clips",
    train: splitCounts(data).train,
    classes: 0,
  };
}
