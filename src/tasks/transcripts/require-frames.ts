import type { FrameBody } from "../../bases/audio/audio-body.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import { fewestFrames } from "../../data/transcripts/vocabulary.js";
import { bindDims } from "../../graph/surgery/index.js";
import type { SpeechData, SpeechItem } from "./open-speech.js";

/**
 * Leaves out clips of the training and validation splits whose transcript is longer than their frames can say: each character needs
 * a frame, and equal neighbours a blank between them. Test clips stay; they count as errors.
 * @throws DataError if no clip of the training split is left
 */
export function requireFrames(
  data: SpeechData,
  frames: FrameBody,
  rate: number,
  onEvent: OnEvent,
): SpeechData {
  const framesIn = frameCounter(frames);
  const fits = ({ seconds, target }: SpeechItem): boolean =>
    framesIn(Math.round(seconds * rate)) >= fewestFrames(target);
  const short = data.items.filter((item) => item.part !== "test" && !fits(item));
  if (short.length === 0) return data;
  const clips = short.map((item) => {
    const has = framesIn(Math.round(item.seconds * rate));
    return `${item.id}: ${fewestFrames(item.target)} frames needed, ${has} there`;
  });
  const items = data.items.filter((item) => !short.includes(item));
  if (!items.some(({ part }) => part === "train"))
    throw new EngraftError("DataError", "every transcript of the training split is too long for its clip", {
      at: clips.slice(0, 3).join("; "),
      help: "check that transcripts and clips belong together, or use a base with more frames a second",
    });
  const named = firstOf(clips, 5);
  onEvent({ event: "warning", ...warningText("long_transcripts", message("transcripts-too-long", named)) });
  const reasons = short.map(({ id }, i) => ({ item: id, reason: clips[i]!.slice(id.length + 2) }));
  return { ...data, items, skipped: [...data.skipped, ...reasons] };
}

/** Returns a function for the number of frames of a clip by its samples, from the shapes of the graph. */
function frameCounter({ graph, features }: FrameBody): (samples: number) => number {
  const known = new Map<number, number>();
  const length = graph.typeOf(graph.inputs[0]!).shape?.[1];
  const exact = (samples: number): number => {
    const sized = bindDims(graph, { batch: 1, ...(typeof length === "string" && { [length]: samples }) });
    const frames = sized.typeOf(features).shape?.[1];
    // Unknown sizes are not checked.
    return typeof frames === "number" ? frames : Number.POSITIVE_INFINITY;
  };
  return (samples) => {
    const found = known.get(samples) ?? exact(samples);
    known.set(samples, found);
    return found;
  };
}
