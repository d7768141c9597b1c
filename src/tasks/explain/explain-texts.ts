import { hasTokenizer, readTokenFolder } from "../../bases/model-folder/token-folder.js";
import { headOfTask, type NamedHead } from "../../bases/task-heads.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import type { WordWeight } from "../../core/results/insights.js";
import type { ModelTask } from "../../core/results/task.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import {
  grouped,
  type MaskedModel,
  type Piece,
  pieces,
  type TextScorer,
  wordWeights,
} from "../../explain/index.js";
import { openFolderSession, type ScoringFolder } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { TextOrPair } from "../texts/require-texts.js";
import { checkWeights, explainByMasks, type FeatureSample, type Weighed } from "./explain-features.js";
import {
  type ExplainOptions,
  linkOf,
  type ModelOutputs,
  occlusionValue,
  outputValues,
  placeOf,
  predicted,
} from "./explanation.js";
import { openTokenGradients, type TokenGradients } from "./token-gradients.js";

/** Most features of a text: a longer text is divided into runs of consecutive words. */
const mostWords = 60;

/** Returns the logits of texts or pairs of texts, float32[n, C]. */
type Scorer = (texts: readonly TextOrPair[]) => Promise<Float32Array>;

interface OpenedModel extends ScoringFolder<TextOrPair> {
  /** The explained one of several heads. */
  readonly head: NamedHead | undefined;
  readonly outputs: ModelOutputs;
  readonly pairs: boolean;
}

/** Opens a model of texts. */
async function openModel(
  machine: Machine,
  dir: string,
  task: ModelTask,
  name?: string,
): Promise<OpenedModel> {
  const opened = await (await import("../texts/text-model.js")).openTextFolder(machine.platform, dir);
  const head = headOfTask(opened, name);
  const folder = head ? opened.withHeads([head]) : opened;
  const outputs = { names: folder.classes, link: linkOf(task) };
  return { ...folder, head, outputs, pairs: opened.engraft?.pairs === true };
}

/**
 * Explains predictions for texts by their words. In a pair, occlusion hides words of one text at a time; LIME and SHAP hide
 * words of both texts.
 * @throws ModelError for a damaged folder, or Integrated Gradients without word embeddings
 */
export async function explainerOfTexts(
  machine: Machine,
  runtime: Runtime,
  dir: string,
  task: ModelTask,
  options: ExplainOptions,
): Promise<(item: unknown) => Promise<Explanation>> {
  const model = await openModel(machine, dir, task, options.task);
  const { head, outputs, pairs } = model;
  const requested = placeOf(outputs, options);
  const session = await openFolderSession(runtime, model);
  const how = options.signal ? { signal: options.signal } : {};
  const score: Scorer = (texts) => model.scores(session, texts, how);
  const gradients = options.method === "ig" ? await openWordGradients(machine, runtime, model) : undefined;
  return async (item) => {
    requireTexts(item, pairs);
    const texts = typeof item === "string" ? [item] : item;
    const { k, prediction } = predicted(await score([item]), outputs, requested);
    const sample = wordSample(score, texts, outputs, k, mostWords);
    const { explanation, weights } = await weighed(sample, { score, texts, outputs, k, gradients }, options);
    return {
      input: texts.join(" | "),
      task,
      ...(head && { head: head.name }),
      ...prediction,
      ...explanation,
      ...(await checkWeights(sample, weights, options)),
    };
  };
}

interface OpenedText {
  readonly score: Scorer;
  readonly texts: readonly string[];
  readonly outputs: ModelOutputs;
  /** Index of the explained output. */
  readonly k: number;
  readonly gradients: WordGradients | undefined;
}

async function weighed(sample: FeatureSample, text: OpenedText, options: ExplainOptions): Promise<Weighed> {
  const { score, texts, outputs, k, gradients } = text;
  if (options.method === "shap") return explainByMasks(sample, "shap", options);
  if (options.method === "lime") {
    const every = wordSample(score, texts, outputs, k, Number.POSITIVE_INFINITY);
    const { explanation } = await explainByMasks(every, "lime", options);
    return { explanation, weights: sumOverRuns(explanation, texts) };
  }
  if (gradients) {
    const explanation = { method: "ig" as const, ...(await gradients(texts[0]!, k, options)) };
    return { explanation, weights: sumOverRuns(explanation, texts) };
  }
  const [words, second] = await occludedWords(text, options);
  const explanation = { method: "occlusion" as const, words: words!, ...(second && { second }) };
  return { explanation, weights: sumOverRuns(explanation, texts) };
}

/** Returns the sum of word weights for each run of words that {@link wordSample} hides. */
function sumOverRuns(
  { words = [], second = [] }: Pick<Explanation, "words" | "second">,
  texts: readonly string[],
): number[] {
  return texts.flatMap((text, t) => {
    const runs = grouped(pieces(text), mostWords);
    let end = 0;
    const ends = runs.map((run) => {
      end += run.text.length;
      return end;
    });
    const sums = runs.map(() => 0);
    let [at, run] = [0, 0];
    for (const { text: piece, weight = 0 } of t === 0 ? words : second) {
      while (run < runs.length - 1 && ends[run]! <= at) run++;
      sums[run]! += weight;
      at += piece.length;
    }
    return sums.filter((_, i) => runs[i]!.word);
  });
}

/** Checks an input. @throws DataError for an empty text, or for a pair if the model takes single texts and vice versa */
function requireTexts(item: unknown, pairs: boolean): asserts item is TextOrPair {
  const texts: readonly unknown[] = Array.isArray(item) ? item : [item];
  if (texts.some((text) => typeof text !== "string"))
    throw new EngraftError("DataError", "a row of a table is no text", {
      help: "give texts: the model answers texts",
    });
  if (texts.some((text) => (text as string).trim() === ""))
    throw new EngraftError("DataError", "a text is empty", { help: "give texts with words" });
  const pair = Array.isArray(item);
  if (pair !== pairs)
    throw new EngraftError(
      "DataError",
      `the model answers ${pairs ? "pairs of texts, and this is one text" : "single texts, and this is a pair"}`,
      {
        at: texts.join(" | "),
        help: pairs
          ? "give two: [first, second], --text-a and --text-b, or a list with both columns"
          : "give one text",
      },
    );
}

/** Returns the effect of leaving out each word of each text, with the other text unchanged. */
async function occludedWords(
  { score, texts, outputs, k }: OpenedText,
  { signal }: ExplainOptions,
): Promise<readonly (readonly WordWeight[])[]> {
  const all: (readonly WordWeight[])[] = [];
  for (const [t, text] of texts.entries()) {
    const scoreVersions: TextScorer = (versions) =>
      score(versions.map((one) => withReplacement(texts, t, one)));
    const value = (scores: Float32Array): number => occlusionValue(outputs.link, scores, k);
    all.push(await wordWeights(scoreVersions, text, value, signal ? { signal } : {}));
  }
  return all;
}

/** Returns the texts with the one at `place` replaced. */
function withReplacement(texts: readonly string[], place: number, one: string): TextOrPair {
  const [first, second] = texts.map((text, t) => (t === place ? one : text));
  return second === undefined ? first! : [first!, second];
}

/** Returns the words of all texts as features. @param most features of a text: a longer text has runs of words */
function wordSample(
  score: Scorer,
  texts: readonly string[],
  { link }: ModelOutputs,
  k: number,
  most: number,
): FeatureSample {
  const all: readonly (readonly Piece[])[] = texts.map((text) => grouped(pieces(text), most));
  const places = all.flatMap((own, t) => [...own.keys()].filter((i) => own[i]!.word).map((i) => ({ t, i })));
  const masked: MaskedModel = {
    features: places.length,
    async evaluate(masks) {
      const versions = masks.map((shown): TextOrPair => {
        const left = all.map(() => new Set<number>());
        for (const [at, { t, i }] of places.entries()) if (!shown[at]) left[t]!.add(i);
        const [first, second] = all.map((own, t) =>
          own
            .filter((_, i) => !left[t]!.has(i))
            .map((piece) => piece.text)
            .join(""),
        );
        return second === undefined ? first! : [first!, second];
      });
      return outputValues(link, await score(versions), versions.length, k);
    },
  };
  return {
    masked,
    describe(weights, halfWidths) {
      const placeOf = new Map(places.map(({ t, i }, at) => [`${t} ${i}`, at]));
      const [words, second] = all.map((own, t) =>
        own.map(({ text }, i): WordWeight => {
          const at = placeOf.get(`${t} ${i}`);
          if (at === undefined) return { text };
          return { text, weight: weights[at]!, half_width: halfWidths?.[at] };
        }),
      );
      return { words: words!, ...(second && { second }) };
    },
  };
}

type WordGradients = (
  text: string,
  k: number,
  options: ExplainOptions,
) => Promise<Pick<Explanation, "words" | "base_value" | "ig">>;

/** Opens a model for Integrated Gradients. @throws ModelError for a model of word counts, or of pairs */
async function openWordGradients(
  { platform }: Machine,
  runtime: Runtime,
  { dir, graph, outputs, pairs }: OpenedModel,
): Promise<WordGradients> {
  if (pairs || !(await hasTokenizer(platform, dir)))
    throw new EngraftError(
      "ModelError",
      pairs
        ? "Integrated Gradients explain single texts, and the model answers pairs"
        : "Integrated Gradients need word embeddings, and the model counts words",
      { at: dir, help: "use --method shap, which looks at the predictions alone" },
    );
  const { tokenizer } = await readTokenFolder(platform, dir);
  const gradients: TokenGradients = openTokenGradients(runtime, graph, tokenizer, outputs.link);
  return async (text, k, options) => {
    const { ids, pieces: parts } = tokenPieces(tokenizer, text);
    const { before, behind } = tokenizer.marks;
    const moves = (place: number): boolean => place >= before.length && place < ids.length - behind.length;
    const { weights, ...facts } = await gradients({ ids, moves }, k, options);
    let at = before.length;
    const words = parts.map(({ text: piece, tokens }): WordWeight => {
      if (tokens === 0) return { text: piece };
      const own = weights.subarray(at, at + tokens);
      at += tokens;
      return { text: piece, weight: own.reduce((sum, w) => sum + w, 0) };
    });
    return { ...facts, words };
  };
}

/** Piece of a text with its number of tokens. */
interface TokenPiece {
  readonly text: string;
  /** Number of tokens; 0 for text between words. */
  readonly tokens: number;
}

/** Prefixes and suffixes by which vocabularies mark the middle, the beginning or the end of a word. */
const marks = /^(##|▁|Ġ)|<\/w>$/gu;

/**
 * Splits a text into pieces that have tokens of their own: words if possible, otherwise single tokens.
 * @returns the token ids that the model reads, and the pieces. Their tokens follow the leading special tokens
 */
export function tokenPieces(
  tokenizer: Tokenizer,
  text: string,
): { readonly ids: readonly number[]; readonly pieces: readonly TokenPiece[] } {
  const { ids } = tokenizer.encode(text);
  const { before, behind } = tokenizer.marks;
  const inner = ids.slice(before.length, ids.length - behind.length);
  const words = wordPieces(tokenizer, text);
  const all = words.flatMap((piece) => piece.ids);
  // A long text is truncated, so the model's tokens are the first ones.
  const agrees = all.length >= inner.length && inner.every((id, i) => id === all[i]);
  if (!agrees)
    return {
      ids,
      pieces: inner.map((id) => ({ text: (tokenizer.tokenOf(id) ?? "?").replace(marks, ""), tokens: 1 })),
    };
  let left = inner.length;
  return {
    ids,
    pieces: words.map((piece) => {
      const tokens = Math.min(left, piece.ids.length);
      left -= tokens;
      return { text: piece.text, tokens };
    }),
  };
}

/** Returns words with their token ids. Adjacent words become one piece if their joint tokens differ from their separate ones. */
function wordPieces(tokenizer: Tokenizer, text: string) {
  const found: { readonly text: string; readonly ids: readonly number[] }[] = [];
  for (const [whole, space = "", joined = ""] of text.matchAll(/(\s*)(\S+)|\s+$/gu)) {
    if (joined === "") {
      found.push({ text: whole, ids: [] });
      continue;
    }
    if (space !== "") found.push({ text: space, ids: [] });
    const lead = tokenizer.spaceInToken && found.length > 0 ? " " : "";
    const ids = tokenizer.pieces(lead + joined);
    const parts = pieces(joined).map((piece, i) => ({
      text: piece.text,
      ids: tokenizer.pieces((i === 0 ? lead : "") + piece.text),
    }));
    const same = parts.flatMap((part) => part.ids).join() === ids.join();
    found.push(...(same ? parts : [{ text: joined, ids }]));
  }
  return found;
}
