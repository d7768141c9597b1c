import { readTokenFolder } from "../../bases/model-folder/token-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import type { WordWeight } from "../../core/results/insights.js";
import { taskWith } from "../../core/results/task.js";
import { encodeWords, type PlacedWord, wordsOf } from "../../data/entities/words.js";
import { noToken } from "../../data/texts/token-table.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import { occludeFeatures } from "../../explain/index.js";
import { openFolderSession } from "../../inference/model-session.js";
import type { Machine } from "../../run/machine.js";
import type { Runtime } from "../../runtime/runtime.js";
import { tokenEvaluator } from "../texts/token-evaluator.js";
import { checkWeights, explainByMasks, type FeatureSample, type Weighed } from "./explain-features.js";
import { type ExplainOptions, type ModelOutputs, outputValues, placeOf, predicted } from "./explanation.js";
import { openTokenGradients } from "./token-gradients.js";

/**
 * Explains the tag of one word by the words of its text. A hidden word is the mask token, or the unknown one if the
 * vocabulary has no mask. Words beyond the model's maximum length have no weight.
 * @throws ModelError for a damaged folder; DataError for a text without words, or without the requested word
 */
export async function explainerOfTags(
  { platform }: Machine,
  runtime: Runtime,
  dir: string,
  options: ExplainOptions,
): Promise<(item: unknown) => Promise<Explanation>> {
  const folder = await readTokenFolder(platform, dir, "tokens");
  const { tokenizer, graph } = folder;
  const outputs: ModelOutputs = { names: folder.classes, link: "softmax" };
  const requested = placeOf(outputs, options);
  const session = await openFolderSession(runtime, folder);
  const evaluate = tokenEvaluator(folder, session);
  const gradients =
    options.method === "ig" ? openTokenGradients(runtime, graph, tokenizer, outputs.link) : undefined;
  const c = outputs.names.length;
  /** Returns the scores of the token at a place, for rows of equal length. */
  const score = async (rows: readonly (readonly number[])[], place: (row: number) => number) => {
    const length = Math.max(...rows.map((row) => row.length));
    const data = new Int32Array(rows.length * length).fill(noToken);
    for (const [i, row] of rows.entries()) data.set(row, i * length);
    const all = await evaluate({ dtype: "int32", dims: [rows.length, length], data });
    const out = new Float32Array(rows.length * c);
    for (let i = 0; i < rows.length; i++) {
      const at = (i * length + place(i)) * c;
      out.set(all.subarray(at, at + c), i * c);
    }
    return out;
  };
  return async (item) => {
    const { words, ids, wordOf, places } = openSentence(item, tokenizer);
    const whole = await score(
      places.map(() => ids),
      (row) => places[row]!,
    );
    const target = targetOf(words.slice(0, places.length), whole, outputs, options);
    const wordScores = whole.subarray(target * c, (target + 1) * c);
    const { k, prediction } = predicted(wordScores, outputs, requested);
    const hidden = tokenizer.mask ?? tokenizer.unknown;
    const sample = sentenceSample(item as string, words, places.length, async (masks) => {
      const place: number[] = [];
      const rows = masks.map((shown, s) => {
        const row: number[] = [];
        let last = -1;
        for (const [at, id] of ids.entries()) {
          const word = wordOf[at]!;
          if (word === target && last !== target) place[s] = row.length;
          // All tokens of a hidden word become one mask.
          if (word < 0 || shown[word]) row.push(id);
          else if (word !== last) row.push(hidden);
          last = word;
        }
        return row;
      });
      return outputValues(outputs.link, await score(rows, (s) => place[s]!), rows.length, k);
    });
    let found: Weighed;
    if (gradients) {
      const row = { ids, moves: (at: number) => wordOf[at]! >= 0 };
      const { weights: all, ...facts } = await gradients(row, k, options, places[target]!);
      const weights = new Float64Array(places.length);
      for (const [at, word] of wordOf.entries()) if (word >= 0) weights[word]! += all[at]!;
      found = { explanation: { method: "ig", ...sample.describe(weights), ...facts }, weights };
    } else found = await explainWithMasks(sample, options);
    const { word: text, start, end } = words[target]!;
    return {
      input: item as string,
      task: taskWith({ head: "tags" }),
      ...prediction,
      word: { text, start, end },
      ...found.explanation,
      ...(await checkWeights(sample, found.weights, options)),
    };
  };
}

async function explainWithMasks(sample: FeatureSample, options: ExplainOptions): Promise<Weighed> {
  const { method = "occlusion", signal } = options;
  if (method !== "occlusion") return explainByMasks(sample, method === "lime" ? "lime" : "shap", options);
  const { values } = await occludeFeatures(sample.masked, signal ? { signal } : {});
  return { explanation: { method, ...sample.describe(values) }, weights: values };
}

/** Tokenizes a sentence. @throws DataError for a text without words */
function openSentence(item: unknown, tokenizer: Tokenizer) {
  const words = typeof item === "string" ? wordsOf(item) : [];
  if (words.length === 0)
    throw new EngraftError(
      "DataError",
      typeof item === "string" ? "a text is empty" : "this is no single text",
      { help: "give texts with words" },
    );
  const spaced = (i: number): boolean => i > 0 && words[i - 1]!.end < words[i]!.start;
  const encoded = encodeWords(
    tokenizer,
    words.map(({ word }) => word),
    spaced,
  );
  const { ids } = encoded;
  const places = Array.from(encoded.places).filter((place) => place >= 0);
  /** Index of each token's word; -1 for special tokens. */
  const wordOf = ids.map((_, at) => {
    if (at >= ids.length - tokenizer.marks.behind.length) return -1;
    return places.findLastIndex((first) => first <= at);
  });
  return { words, ids, places, wordOf };
}

/** Returns the index of the word whose tag is explained. @param scores of the words within the maximum length, float32[n, C] */
function targetOf(
  words: readonly PlacedWord[],
  scores: Float32Array,
  { names, link }: ModelOutputs,
  { word: requested }: ExplainOptions,
): number {
  if (requested !== undefined) {
    const at = words.findIndex(({ word }) => word === requested);
    if (at >= 0) return at;
    throw new EngraftError("DataError", `the text has no word ${JSON.stringify(requested)}`, {
      help: `its words are ${words
        .slice(0, 12)
        .map(({ word }) => JSON.stringify(word))
        .join(", ")}`,
    });
  }
  const probabilityOfO = outputValues(link, scores, words.length, Math.max(0, names.indexOf("O")));
  return probabilityOfO.indexOf(Math.min(...probabilityOfO));
}

/** Returns the words of a sentence as features. @param seen number of words within the maximum length */
function sentenceSample(
  text: string,
  words: readonly PlacedWord[],
  seen: number,
  evaluate: FeatureSample["masked"]["evaluate"],
): FeatureSample {
  return {
    masked: { features: seen, evaluate },
    describe(weights, halfWidths) {
      const all: WordWeight[] = [];
      let end = 0;
      for (const [i, { start, end: behind }] of words.slice(0, seen).entries()) {
        if (start > end) all.push({ text: text.slice(end, start) });
        all.push({
          text: text.slice(start, behind),
          weight: weights[i]!,
          half_width: halfWidths?.[i],
        });
        end = behind;
      }
      if (end < text.length) all.push({ text: text.slice(end) });
      return { words: all };
    },
  };
}
