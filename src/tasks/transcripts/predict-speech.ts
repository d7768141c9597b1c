import type { FrameScores } from "../../bases/transcripts/greedy.js";
import type { DecoderFacts } from "../../core/results/sequences/transcripts.js";
import type { Graph } from "../../graph/graph.js";
import type { Context } from "../../run/context.js";
import type { Role } from "../../run/trainable-task.js";
import { firstOutput } from "../../runtime/first-output.js";
import { openSession } from "../../runtime/open.js";
import { decoderOf, eachClip } from "./recognise.js";
import { type Speech, speechIn } from "./transcript-head.js";

/** What a model recognised. */
export interface SpeechAnswers {
  /** Texts of the test clips, decoded greedily. */
  readonly test: readonly string[];
  /** Texts of the validation clips. */
  readonly held: readonly string[];
  /** Logits of both, for other decoders. Missing if none is chosen. */
  readonly logits?: { readonly test: readonly FrameScores[]; readonly held: readonly FrameScores[] };
}

/** How the run's own model decodes. */
export interface SpeechFacts {
  readonly decoder: DecoderFacts;
  /** Texts of the test clips by this decoder. */
  readonly test: readonly string[];
}

/** Recognises the test and the validation split with a model whose weights are initializers. */
export async function predictSpeech(
  { runtime, options }: Pick<Context, "runtime" | "options">,
  { data, inputs }: Speech,
  model: Graph,
  role: Role,
): Promise<SpeechAnswers> {
  const session = await openSession(runtime, model, { label: "the trained model" });
  const keeps = role === "own" && options.decoder === "beam";
  const decode = decoderOf();
  const recognise = async (part: "test" | "validation") => {
    const items = speechIn(data, part);
    const texts: string[] = [];
    const logits: FrameScores[] = [];
    await eachClip(
      (x) => firstOutput(session, x),
      items,
      inputs,
      data.vocabulary,
      (scores, i) => {
        texts[i] = data.vocabulary.decode(decode(scores));
        if (keeps) logits[i] = { ...scores, data: scores.data.slice() };
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
