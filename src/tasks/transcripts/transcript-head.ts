import type { FrameBody } from "../../bases/audio/audio-body.js";
import { withFrameHead } from "../../bases/transcripts/frame-head.js";
import { negativeLogLikelihood } from "../../bases/transcripts/lattice.js";
import type { ReusedHead } from "../../bases/transcripts/reuse-frame-head.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { message, warningText } from "../../core/messages/message.js";
import { float32 } from "../../core/tensor.js";
import { sumEdits } from "../../evaluate/transcripts/edits.js";
import { editsOfClips, rateOf } from "../../evaluate/transcripts/score-transcripts.js";
import type { TrainingHead } from "../../run/context.js";
import type { RowsOf } from "../../run/training/train-source.js";
import type { Evaluator, Validation } from "../../train/fit.js";
import { transcripts } from "../../train/objectives/transcript-objective.js";
import type { SoundInputs } from "../sounds/sound-table.js";
import type { SpeechData, SpeechItem } from "./open-speech.js";
import { freshLayers, freshNetwork } from "./open-speech-base.js";
import { decoderOf, eachClip } from "./recognise.js";

/** A run of speech recognition. */
export interface Speech {
  readonly data: SpeechData;
  readonly inputs: SoundInputs;
  readonly frames: FrameBody;
  /** True if the head begins with random layers over time. */
  readonly overTime: boolean;
  /** Start of the head, if the base is a recogniser of these characters. Default: zeros. */
  readonly start?: ReusedHead;
}

export const speechIn = (
  { items }: Pick<SpeechData, "items">,
  part: SpeechItem["part"],
): readonly SpeechItem[] => items.filter((item) => item.part === part);

/** Score of a model whose word error rate says nothing: epochs are then compared by their loss alone. */
export const unlearnt = -1000;
/** Error rate from which a model recognises next to nothing. Chance insertions and deletions decide between higher rates. */
const nothing = 0.9;

/** Returns the head of a recogniser: logits of the vocabulary for each frame. */
export function transcriptHead(speech: Speech, onEvent: OnProgress): TrainingHead {
  const { data, frames } = speech;
  const classes = data.vocabulary.tokens.length;
  const watch = watchForBlanks(onEvent);
  const most = Math.max(1, ...speechIn(data, "train").map(({ target }) => target.length));
  return {
    outputs: classes,
    network: (body) => withFrameHead({ ...frames, graph: body.graph }, classes),
    fresh: freshNetwork,
    freshHead: speech.overTime ? freshLayers : undefined,
    objective: ({ penalties, epochs }) => {
      watch.begin(epochs);
      return transcripts({ most, penalties });
    },
    targets: (items) => targetRows(speech, items, most),
    // All blank: the loss of a clip is then far above that of a model that has learnt anything.
    guessing: {
      loss: Math.log(classes),
      words: `guessing a character costs ${Math.log(classes).toFixed(2)}`,
    },
    metric: "wer",
    validate: async (evaluate, _held, signal) => {
      const { texts, loss } = await recogniseValidation(speech, evaluate, signal);
      const held = speechIn(data, "validation");
      watch.see(errorRate(held, texts, "characters") >= nothing);
      return validationOf(data, held, texts, loss);
    },
  };
}

/** Warns once if a training recognises nothing after a third of its epochs. */
function watchForBlanks(onEvent: OnProgress) {
  let [epochs, seen, warned] = [0, 0, false];
  return {
    begin(of: number): void {
      [epochs, seen] = [of, -1];
    },
    /** The first validation is that of the start. */
    see(recognisesNothing: boolean): void {
      seen++;
      if (!recognisesNothing || warned || seen <= 1 || seen < epochs / 3) return;
      warned = true;
      const text = message("all-blank", { epochs: seen, of: epochs });
      onEvent({ event: "warning", ...warningText("all_blank", text) });
    },
  };
}

/** Returns the characters of each clip of a batch, padded with zeros. */
function targetRows({ data }: Speech, items: readonly { readonly id: string }[], most: number): RowsOf {
  const byId = new Map(data.items.map((item) => [item.id, item.target]));
  return async ({ indices }) => {
    const rows = new Float32Array(indices.length * most);
    indices.forEach((index, i) => {
      rows.set(byId.get(items[index]!.id)!, i * most);
    });
    return { targets: float32([indices.length, most], rows) };
  };
}

/** Recognises the validation split greedily. @returns its texts, and the loss per character */
async function recogniseValidation(
  { data, inputs }: Speech,
  evaluate: Evaluator,
  signal: AbortSignal | undefined,
): Promise<{ readonly texts: readonly string[]; readonly loss: number }> {
  const items = speechIn(data, "validation");
  const decode = decoderOf();
  const texts: string[] = [];
  let [loss, characters] = [0, 0];
  await eachClip(
    evaluate,
    items,
    inputs,
    data.vocabulary,
    (scores, i) => {
      const { target } = items[i]!;
      texts[i] = data.vocabulary.decode(decode(scores));
      const nats = negativeLogLikelihood(scores, target);
      if (!Number.isFinite(nats)) return;
      loss += nats;
      characters += target.length;
    },
    signal,
  );
  return { texts, loss: loss / Math.max(1, characters) };
}

/** Returns the error rate of texts of some clips; 1 without clips. */
function errorRate(items: readonly SpeechItem[], texts: readonly string[], unit: SpeechData["unit"]): number {
  if (items.length === 0) return 1;
  const clips = items.map(({ text }, i) => ({ reference: text, hypothesis: texts[i]! }));
  return rateOf(sumEdits(editsOfClips(clips, unit)));
}

/** Scores texts of the validation split: by the word error rate once it says something, else by the loss alone. */
export function validationOf(
  { unit }: Pick<SpeechData, "unit">,
  items: readonly SpeechItem[],
  texts: readonly string[],
  loss: number,
): Validation {
  const value = errorRate(items, texts, unit);
  return { score: value < nothing ? 1 - value : unlearnt, loss, value };
}
