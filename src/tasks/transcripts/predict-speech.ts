import { stopIf } from "../../core/errors.js";
import type { DecoderFacts } from "../../core/results/sequences/transcripts.js";
import type { Graph } from "../../graph/graph.js";
import type { Context } from "../../run/context.js";
import type { Role } from "../../run/trainable-task.js";
import { openSession } from "../../runtime/open.js";
import { decoderOf, type RecognisedText, recognisedText, type TimedScores } from "./recognise.js";
import { scoresOfClip } from "./recognise-sound.js";
import { type Speech, speechIn } from "./transcript-head.js";

/** What a model recognised. */
export interface SpeechAnswers {
  /** Test clips, decoded greedily. */
  readonly test: readonly RecognisedText[];
  /** Validation clips, decoded greedily. */
  readonly held: readonly RecognisedText[];
  /** Logits of both, for other decoders. Missing if none is chosen. */
  readonly logits?: { readonly test: readonly TimedScores[]; readonly held: readonly TimedScores[] };
}

/** How the run's own model decodes. */
export interface SpeechFacts {
  readonly decoder: DecoderFacts;
  /** Test clips by this decoder. */
  readonly test: readonly RecognisedText[];
}

/**
 * Recognises the test and the validation split with a model whose weights are initializers. Each clip is alone, as in the program that
 * uses the saved model: scores of padded clips may differ in their last digits, and so in a character.
 */
export async function predictSpeech(
  { machine, options, opened }: Pick<Context, "machine" | "options" | "opened">,
  { data, inputs }: Speech,
  model: Graph,
  role: Role,
): Promise<SpeechAnswers> {
  const session = await openSession(machine.runtime, model, { label: "the trained model" });
  const keeps = role === "own" && options.decoder === "beam";
  const decode = decoderOf();
  const facts = { audio: opened.base.audio!, vocabulary: data.vocabulary };
  const recognise = async (part: "test" | "validation") => {
    const items = speechIn(data, part);
    const texts: RecognisedText[] = [];
    const logits: TimedScores[] = [];
    for (const item of items) {
      stopIf(options.signal);
      const timed = await scoresOfClip(session, inputs.alone(item), facts);
      const classes = decode(timed.scores);
      texts.push(
        role === "own" && part === "test"
          ? recognisedText(data, item, timed, classes)
          : { text: data.vocabulary.decode(classes) },
      );
      if (keeps) logits.push(timed);
    }
    return { texts, logits };
  };
  try {
    const [test, held] = [await recognise("test"), await recognise("validation")];
    return {
      test: test.texts,
      held: held.texts,
      ...(keeps && { logits: { test: test.logits, held: held.logits } }),
    };
  } finally {
    await session.dispose();
  }
}
