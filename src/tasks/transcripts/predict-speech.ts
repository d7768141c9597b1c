import type { DecoderFacts } from "../../core/results/sequences/transcripts.js";
import type { Graph } from "../../graph/graph.js";
import type { Context } from "../../run/context.js";
import type { Role } from "../../run/trainable-task.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import { decoderOf, eachClip, type RecognisedText, recognisedText, type TimedScores } from "./recognise.js";
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

/** Recognises the test and the validation split with a model whose weights are initializers. */
export async function predictSpeech(
  { runtime, options, opened }: Pick<Context, "runtime" | "options" | "opened">,
  { data, inputs }: Speech,
  model: Graph,
  role: Role,
): Promise<SpeechAnswers> {
  const session = await openSession(runtime, model, { label: "the trained model" });
  const keeps = role === "own" && options.decoder === "beam";
  const decode = decoderOf();
  const { rate, covered } = opened.base.audio!.extractor;
  const recognise = async (part: "test" | "validation") => {
    const items = speechIn(data, part);
    const texts: RecognisedText[] = [];
    const logits: TimedScores[] = [];
    await eachClip(
      (x) => firstOutput(session, x),
      items,
      inputs,
      data.vocabulary,
      (scores, i) => {
        const timed = { scores, seconds: covered(inputs.sizeOf(items[i]!)) / rate };
        const classes = decode(scores);
        texts[i] =
          role === "own" && part === "test"
            ? recognisedText(data, items[i]!, timed, classes)
            : { text: data.vocabulary.decode(classes) };
        if (keeps) logits[i] = { ...timed, scores: { ...scores, data: scores.data.slice() } };
      },
      options.signal,
    );
    return { texts, logits };
  };
  try {
    const [test, held] = [await recognise("test"), await recognise("validation")];
    return {
      ...{ test: test.texts, held: held.texts },
      ...(keeps && { logits: { test: test.logits, held: held.logits } }),
    };
  } finally {
    await session.dispose();
  }
}
