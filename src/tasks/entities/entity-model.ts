import { readTokenFolder } from "../../bases/model-folder/token-folder.js";
import { EngraftError } from "../../core/errors.js";
import type { SentenceItem } from "../../data/entities/open-entities.js";
import { openEntities, requireTypes } from "../../data/entities/open-entities.js";
import { taggedTable } from "../../data/entities/tagged-table.js";
import { parseTag, spansOf } from "../../data/entities/tags.js";
import { type PlacedWord, wordsOf } from "../../data/entities/words.js";
import { evaluateModel } from "../../inference/evaluate-model.js";
import type { EntityEvaluation, EvaluateOptions } from "../../inference/evaluation.js";
import { type LoadOptions, openModelSession } from "../../inference/model-session.js";
import { softmax } from "../../linalg/softmax.js";
import type { Machine } from "../../run/machine.js";
import type { PredictionLine } from "../targets/target.js";
import { tokenEvaluator } from "../texts/token-evaluator.js";
import { lossOf, predictedTags, scoresOfTags, starts, wordLogits } from "./word-logits.js";

/** Entity in a text, with the field names of Hugging Face's pipelines. */
export interface FoundEntity {
  readonly entity_group: string;
  /** Mean probability of its words' tags, 0 … 1. */
  readonly score: number;
  /** As written in the text. */
  readonly word: string;
  /** Offsets in UTF-16 code units: `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
}

/** Model of token classification: finds entities in texts. */
export interface EntityModel {
  readonly task: "token-classification";
  readonly dir: string;
  /** Labels of a word: O, B-PER, I-PER, … */
  readonly labels: readonly string[];
  /**
   * Returns the entities of each text, in order of appearance.
   *
   * Words of one entity are merged as in Hugging Face's pipelines (`aggregation_strategy: "simple"`). Each word gets the tag
   * of its first sub-word, as in training. A text beyond the model's limit is split between sentences.
   * @throws DataError for an empty text
   */
  predict(texts: readonly string[]): Promise<FoundEntity[][]>;
  /** @deprecated use {@link predict} */
  mark(texts: readonly string[]): Promise<FoundEntity[][]>;
  /** Predicts, and returns the predictions as the command line prints them. @throws as {@link predict} */
  predictLines(texts: readonly string[]): Promise<PredictionLine[]>;
  close(): Promise<void>;
}

/** Loads a model of token classification. @throws ModelError for another folder */
export async function openEntityModel(
  machine: Machine,
  dir: string,
  options: LoadOptions,
): Promise<EntityModel> {
  const folder = await readTokenFolder(machine.platform, dir, "tokens");
  const { classes: labels, tokenizer } = folder;
  const { session, close } = await openModelSession(machine, folder, options);
  const evaluate = tokenEvaluator(folder, session);
  const outside = Math.max(0, labels.indexOf("O"));
  const predict = async (texts: readonly string[]): Promise<FoundEntity[][]> => {
    const placed = texts.map((text, i) => {
      const words = typeof text === "string" ? wordsOf(text) : [];
      if (words.length > 0) return words;
      throw new EngraftError(
        "DataError",
        `text ${i + 1} is ${typeof text === "string" ? "empty" : "no text"}`,
        { help: "give texts with words", details: { text: i + 1 } },
      );
    });
    // A text that is too long continues where its last piece ended.
    const predicted = placed.map((words) => Array<number>(words.length).fill(0));
    const confidence = placed.map((words) => new Float32Array(words.length));
    let open = placed.map((_, text): Piece => ({ text, from: 0 }));
    while (open.length > 0) {
      const items = open.map(({ text, from }, i) => itemOf(placed[text]!.slice(from), i));
      const answers = await wordLogits(evaluate, items, taggedTable(items, tokenizer), labels.length);
      const tags = predictedTags(answers, labels.length, outside);
      const first = starts(answers.seen);
      open = open.flatMap(({ text, from }, i): Piece[] => {
        const words = placed[text]!;
        const seen = answers.seen[i]!;
        if (seen === 0) return [];
        const to = from + seen < words.length ? pieceEnd(words, from, from + seen) : words.length;
        for (let w = from; w < to; w++) {
          const row = (first[i]! + w - from) * labels.length;
          const shares = softmax(answers.scores.subarray(row, row + labels.length));
          predicted[text]![w] = tags[i]![w - from]!;
          confidence[text]![w] = shares[predicted[text]![w]!]!;
        }
        return to < words.length ? [{ text, from: to }] : [];
      });
    }
    return texts.map((text, i) => {
      const words = placed[i]!;
      const spans = spansOf(predicted[i]!.map((tag) => labels[tag]!));
      return spans.map(({ type, first, end: behind }) => {
        const [start, end] = [words[first]!.start, words[behind - 1]!.end];
        const score =
          confidence[i]!.subarray(first, behind).reduce((sum, p) => sum + p, 0) / (behind - first);
        return { entity_group: type, score, word: text.slice(start, end), start, end };
      });
    });
  };
  return {
    task: "token-classification",
    dir: folder.dir,
    labels,
    predict,
    mark: predict,
    predictLines: async (texts) => (await predict(texts)).map(lineOf),
    close,
  };
}

const lineOf = (entities: readonly FoundEntity[]): PredictionLine => ({
  event: { entities },
  words: entities.flatMap((e) => [
    ...[e.entity_group, e.word.replace(/\s+/g, " ")],
    ...[`${e.start}-${e.end}`, e.score.toFixed(4)],
  ]),
});

/** Piece of a long text, with the index of its first word. */
interface Piece {
  readonly text: number;
  readonly from: number;
}

/** Returns words as an untagged sentence. */
function itemOf(words: readonly PlacedWord[], number: number): SentenceItem & { readonly spaced: boolean[] } {
  return {
    id: String(number),
    sha256: String(number),
    words: words.map(({ word }) => word),
    spaced: words.map(({ start }, w) => w > 0 && words[w - 1]!.end < start),
    tags: [],
    label: 0,
    part: "test",
  };
}

const sentenceEnd = /^[.!?;。！？；…]$/u;

/** Returns the end of a full piece: after the last sentence in its second half, else at the limit. */
function pieceEnd(words: readonly PlacedWord[], from: number, full: number): number {
  for (let end = full; end > from + (full - from) / 2; end--)
    if (sentenceEnd.test(words[end - 1]!.word)) return end;
  return full;
}

/** Scores a model of token classification. @throws DataError for types that the model does not have */
export async function evaluateEntities(
  machine: Machine,
  model: string,
  data: string,
  options: EvaluateOptions,
): Promise<EntityEvaluation> {
  const { platform } = machine;
  const { signal, onEvent, groupFrom, seed = 0 } = options;
  const folder = await readTokenFolder(platform, model, "tokens");
  const { classes, tokenizer } = folder;
  const { classNames } = options;
  const opened = await openEntities(platform, data, { seed, emptyParts: true, groupFrom, classNames });
  for (const one of opened.warnings) onEvent?.({ event: "warning", ...one });
  const types = [...new Set(classes.map((label) => parseTag(label)?.type ?? "").filter((t) => t !== ""))];
  requireTypes(opened.types, types, opened.root);
  // A model with another tagging scheme lacks some tags. Tags that it never predicts stand at the end.
  const labels = [...classes, ...opened.labels.filter((label) => !classes.includes(label))];
  const tagOf = opened.labels.map((label) => labels.indexOf(label));
  const items = opened.items.map((item) => ({ ...item, tags: item.tags.map((tag) => tagOf[tag]!) }));
  const scored = { items, root: opened.root, unit: "sentences" } as const;
  return evaluateModel(machine, folder, scored, options, async (session, chosen) => {
    const inputs = taggedTable(chosen, tokenizer, signal ? { signal } : {});
    const answers = await wordLogits(tokenEvaluator(folder, session), chosen, inputs, classes.length, signal);
    const predicted = predictedTags(answers, classes.length, Math.max(0, labels.indexOf("O")));
    const loss = labels.length === classes.length ? lossOf(answers, classes.length) : null;
    const test = scoresOfTags({ labels, types }, chosen, predicted, { loss, seen: answers.seen });
    return { task: "token-classification" as const, test };
  });
}
