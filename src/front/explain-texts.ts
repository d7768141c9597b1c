import { EngraftError } from "../core/errors.js";
import type { WordWeight } from "../core/insights.js";
import { limeWeights, pieces, type TextScorer, wordWeights } from "../explain/index.js";
import { openSession } from "../runtime/open.js";
import type { Runtime } from "../runtime/runtime.js";
import { answered, type ExplainOptions, type Explanation, placeOf, probabilities } from "./explanation.js";
import type { Machine } from "./machine.js";
import type { TextOrPair } from "./texts/asked-texts.js";

/** Raw scores of texts, or of pairs of them, float32[n, C]. */
type Scorer = (texts: readonly TextOrPair[]) => Promise<Float32Array>;

/**
 * Which words a model answers by: of a pair the words of either text, the other as it is (occlusion), or of both at once
 * (LIME).
 * @throws ModelError for a damaged folder; OptionError for Grad-CAM, or a class that it does not know
 */
export async function explainerOfTexts(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  options: ExplainOptions,
): Promise<(item: TextOrPair) => Promise<Explanation>> {
  if (options.method === "grad-cam")
    throw new EngraftError("OptionError", "Grad-CAM looks at pictures, the model answers texts", {
      help: "use --method occlusion or lime",
    });
  const { openTextFolder } = await import("./tasks/text-model.js");
  const folder = await openTextFolder(platform, dir);
  const { classes } = folder;
  const pairs = folder.engraft?.pairs === true;
  const asked = placeOf(classes, options);
  const session = await openSession(runtime, folder.graph, { label: `model "${folder.dir}"` });
  const { signal, seed } = options;
  const stop = signal ? { signal } : {};
  const score: Scorer = (texts) => folder.scores(session, texts, stop);
  return async (item) => {
    requireTexts(item, pairs);
    const texts = typeof item === "string" ? [item] : item;
    const { k, said } = answered(texts.join(" | "), await score([item]), classes, asked);
    const method = options.method === "lime" ? "lime" : "occlusion";
    const [words, second] =
      method === "lime"
        ? await limeWords(score, texts, k, { ...stop, ...(seed !== undefined && { seed }) })
        : await occludedWords(score, texts, k, stop);
    return { ...said, method, words: words!, ...(second && { second }) };
  };
}

/** @throws DataError for a text that is empty, a pair where the model answers single texts, and the other way round */
function requireTexts(item: TextOrPair, pairs: boolean): void {
  const pair = typeof item !== "string";
  if ((pair ? item : [item]).some((text) => text.trim() === ""))
    throw new EngraftError("DataError", "a text is empty", { help: "give texts with words" });
  if (pair !== pairs)
    throw new EngraftError(
      "DataError",
      `the model answers ${pairs ? "pairs of texts, and this is one text" : "single texts, and this is a pair"}`,
      {
        at: pair ? item.join(" | ") : item,
        help: pairs
          ? "give two: [first, second], --text-a and --text-b, or a list with both columns"
          : "give one text",
      },
    );
}

/** One word left out after the other, of each text while the other stays. */
async function occludedWords(
  score: Scorer,
  texts: readonly string[],
  explained: number,
  stop: { readonly signal?: AbortSignal },
): Promise<readonly (readonly WordWeight[])[]> {
  const all: (readonly WordWeight[])[] = [];
  for (const [t, text] of texts.entries()) {
    const beside: TextScorer = (versions) => score(versions.map((one) => withOthers(texts, t, one)));
    all.push(await wordWeights(beside, text, explained, stop));
  }
  return all;
}

/** The texts as they are asked for, with another in one's place. */
function withOthers(texts: readonly string[], place: number, one: string): TextOrPair {
  const [first, second] = texts.map((text, t) => (t === place ? one : text));
  return second === undefined ? first! : [first!, second];
}

/** LIME over the words of all texts at once: a version hides some of either. */
async function limeWords(
  score: Scorer,
  texts: readonly string[],
  explained: number,
  options: { readonly seed?: number; readonly signal?: AbortSignal },
): Promise<readonly (readonly WordWeight[])[]> {
  const all = texts.map((text) => pieces(text));
  const places = all.flatMap((own, t) => [...own.keys()].filter((i) => own[i]!.word).map((i) => ({ t, i })));
  const weights = await limeWeights(
    async (shown) => {
      const versions = shown.map((on): TextOrPair => {
        const left = all.map(() => new Set<number>());
        for (const [at, { t, i }] of places.entries()) if (!on[at]) left[t]!.add(i);
        const [first, second] = all.map((own, t) =>
          own
            .filter((_, i) => !left[t]!.has(i))
            .map((piece) => piece.text)
            .join(""),
        );
        return second === undefined ? first! : [first!, second];
      });
      return probabilities(await score(versions), versions.length, explained);
    },
    places.length,
    options,
  );
  const of = new Map(places.map(({ t, i }, at) => [`${t} ${i}`, weights[at]!]));
  return all.map((own, t) =>
    own.map(({ text }, i) => {
      const weight = of.get(`${t} ${i}`);
      return { text, ...(weight !== undefined && { weight }) };
    }),
  );
}
