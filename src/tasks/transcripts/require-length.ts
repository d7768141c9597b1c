import type { AudioFacts } from "../../bases/audio/audio-facts.js";
import { EngraftError } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { SpeechData } from "./open-speech.js";

/**
 * Leaves out clips of the training and validation splits that are longer than the input of a base of fixed length, such as a Whisper
 * encoder: the base would not hear their end, but their transcript has it. Test clips stay; their ends count as errors.
 * @throws DataError if no clip of the training split is left
 */
export function requireLength(
  data: SpeechData,
  { extractor, fixed }: Pick<AudioFacts, "extractor" | "fixed">,
  onEvent: OnProgress,
): SpeechData {
  if (fixed === undefined) return data;
  const { rate } = extractor;
  const most = extractor.dims(1).length === 1 ? fixed[0]! : extractor.covered(1);
  const left = data.items.filter(({ part, seconds }) => part !== "test" && Math.round(seconds * rate) > most);
  if (left.length === 0) return data;
  const seconds = Number((most / rate).toFixed(2));
  const lengths = left.map((item) => `${item.seconds.toFixed(1)} s`);
  const clips = left.map(({ id }, i) => `${id}: ${lengths[i]}`);
  const items = data.items.filter((item) => !left.includes(item));
  if (!items.some(({ part }) => part === "train"))
    throw new EngraftError(
      "DataError",
      `every clip of the training split is longer than the ${seconds} s that the base takes`,
      {
        at: clips.slice(0, 3).join("; "),
        help: "cut the clips into sentences, or use a base that takes any length, such as wav2vec2",
        details: { seconds, clips: left.length },
      },
    );
  const facts = { ...firstOf(clips, 5), clips: left.length, seconds };
  onEvent({ event: "warning", ...warningText("long_clips", message("clips-too-long", facts)) });
  const skipped = left.map(({ id }, i) => ({
    item: id,
    reason: `${lengths[i]}, the base takes ${seconds} s`,
  }));
  return { ...data, items, skipped: [...data.skipped, ...skipped] };
}
