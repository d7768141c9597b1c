import type { ExplainedText, Insights } from "../../core/results/insights.js";
import { type TextScorer, wordWeights } from "../../explain/index.js";
import { longestShown } from "../report/texts-by-id.js";
import type { Chosen } from "./chosen.js";
import type { Limit } from "./limit.js";

/** Explains by which words the model predicted, text by text while time remains. */
export async function explainedTexts(
  score: TextScorer,
  classes: readonly string[],
  items: readonly { readonly id: string; readonly text: string }[],
  chosen: readonly Chosen[],
  limit: Limit,
): Promise<{
  readonly texts: readonly ExplainedText[];
  readonly left_out: Insights["left_out"];
  /** Seconds of the model per text. */
  readonly pace: number;
}> {
  const left_out: Insights["left_out"][number][] = [];
  const texts: ExplainedText[] = [];
  let [asked, seconds] = [0, 0];
  const counted: TextScorer = async (some) => {
    const begin = performance.now();
    const scores = await score(some);
    asked += some.length;
    seconds += (performance.now() - begin) / 1000;
    return scores;
  };
  for (const { at, which, predicted, ...said } of chosen) {
    const { id, text } = items[at]!;
    try {
      const words = await wordWeights(counted, text.slice(0, longestShown), predicted, {
        signal: limit.signal,
      });
      texts.push({
        item: id,
        which,
        ...said,
        predicted: classes[predicted]!,
        words: words.map(({ text: piece, weight }) => ({
          text: piece,
          ...(weight !== undefined && { weight: Number(weight.toPrecision(3)) }),
        })),
      });
    } catch (error) {
      left_out.push({ what: "occlusion", ...limit.reasonFor(error) });
      break;
    }
  }
  return { texts, left_out, pace: asked > 0 ? seconds / asked : Number.NaN };
}
