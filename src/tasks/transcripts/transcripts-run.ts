import type { FrameBody } from "../../bases/audio/audio-body.js";
import { padding } from "../../bases/audio/log-mel.js";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { firstOf } from "../../core/messages/counted.js";
import { message, warningText } from "../../core/messages/message.js";
import type { TranscriptResultEvent } from "../../core/results/sequences/transcripts.js";
import { fewestFrames } from "../../data/transcripts/vocabulary.js";
import { bindDims } from "../../graph/surgery/index.js";
import { defaults } from "../../options/options.js";
import type { TaskDefaults } from "../../run/context.js";
import { trainTask } from "../../run/train-task.js";
import { clipsAt } from "../sounds/open-sounds.js";
import type { TaskRun } from "../task-run.js";
import { speechChange } from "./change-speech.js";
import type { SpeechItem } from "./open-speech.js";
import { openSpeech, type SpeechData } from "./open-speech.js";
import { openSpeechBase, type SpeechBase } from "./open-speech-base.js";
import { requireLength } from "./require-length.js";
import { type Speech, transcriptHead } from "./transcript-head.js";
import { transcriptsTask } from "./transcripts-task.js";

/** Runs of speech recognition. */
export const transcriptsRun: TaskRun<SpeechData, SpeechBase, TranscriptResultEvent> = {
  open: (path, how) => openSpeech(how.platform, path, how),
  base: ({ vocabulary }, { options, platform, onEvent }) =>
    openSpeechBase(options, vocabulary.tokens, platform, onEvent),
  fitting(data, { opened: { base }, frames }, onEvent) {
    const heard = requireLength(data, base.audio, onEvent);
    return requireFrames(heard, frames, base.audio.extractor.rate, onEvent);
  },
  recorded: (data) => ({ ...data, classes: data.vocabulary.tokens }),
  counted: () => ({ samples: "clips", classes: 0 }),
  async bind(data, base, { options, platform, onEvent, run }) {
    const { audio } = base.opened.base;
    const inputs = await clipsAt(data.items, {
      audio,
      platform,
      onEvent,
      signal: options.signal,
      whole: true,
      ...(options.augment !== "none" && {
        change: speechChange(options.seed ?? defaults.seed, audio.masked && !audio.grid ? padding : 0),
      }),
      scratch: () => platform.files.scratch?.(run.path),
    });
    const { overTime, start } = base;
    const frames = { ...base.frames, graph: base.opened.body.graph };
    const speech: Speech = { data, inputs, frames, overTime, ...(start && { start }) };
    return {
      bound: {
        inputs,
        dataset: data,
        head: transcriptHead(speech, onEvent),
        taskDefaults: () => usual(data, base),
      },
      train: (context, ...begun) => trainTask(context, transcriptsTask(speech), ...begun),
    };
  },
};

/**
 * Peak learning rates: of random weights (also those of a head with layers over time), and of a linear head on pretrained ones.
 * @see docs/decisions/0036-speech-from-audio-mini.md
 */
const rates = { random: 3e-3, linear: 3e-4 } as const;
/** How much slower `finetune` trains the base: wav2vec2 then has 0.00003, as in its published fine-tuning. */
const early = 10;
/** Steps that a small network needs from the first blank to the last character. */
const steps = { fewest: 1000, most: 6000, perClip: 2.5 } as const;

/** Returns default epochs, batch size and learning rates. */
function usual({ items }: SpeechData, { overTime }: SpeechBase): TaskDefaults {
  const clips = items.filter(({ part }) => part === "train").length;
  const batch = 16;
  const all = Math.min(steps.most, Math.max(steps.fewest, steps.perClip * clips));
  const epochs = Math.max(5, Math.round(all / Math.ceil(clips / batch)));
  return {
    epochs,
    batch,
    schedule: "one-cycle",
    early,
    rate: overTime ? rates.random : rates.linear,
    scratchRate: rates.random,
  };
}

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
