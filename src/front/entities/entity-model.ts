import { readTokenFolder } from "../../bases/token-folder.js";
import { EngraftError } from "../../core/errors.js";
import { taggedTable } from "../../data/entities/tagged-table.js";
import { spansOf } from "../../data/entities/tags.js";
import { wordsOf } from "../../data/entities/words.js";
import { openSession } from "../../runtime/open.js";
import { openMachine } from "../machine.js";
import { softmax } from "../model.js";
import { tokenEvaluator } from "./entity-session.js";
import { answersOf, starts, tagsSaid } from "./word-answers.js";

/** An entity in a text, in the words of Hugging Face's pipelines. */
export interface FoundEntity {
  readonly entity_group: string;
  /** Mean probability of its words' tags, 0 … 1. */
  readonly score: number;
  /** As it stands in the text. */
  readonly word: string;
  /** Places in the text, as JavaScript counts: `text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
}

/** A model that marks entities. */
export interface EntityModel {
  readonly dir: string;
  /** What it answers for a word: O, B-PER, I-PER, … */
  readonly labels: readonly string[];
  /**
   * Entities of each text, in their order. Words of one entity are put together as Hugging Face's pipelines do
   * (`aggregation_strategy: "simple"`), each word with the tag of its first sub-word, which is what was learnt (there: "first").
   * @throws DataError for a text that is empty, or none
   */
  mark(texts: readonly string[]): Promise<MarkedText[]>;
  close(): Promise<void>;
}

/** What was found in a text. */
export interface MarkedText {
  readonly entities: readonly FoundEntity[];
  /** Words behind the last one that the model takes: nothing is found there. */
  readonly unseen: number;
}

/**
 * Open a model that marks entities, as `train` writes it.
 * @throws ModelError when it is none
 * @example
 * const model = await loadEntityModel(run.model);
 * const [{ entities }] = await model.mark(["Ada Lovelace was born in London."]);
 */
export async function loadEntityModel(
  dir: string,
  options: { readonly threads?: number } = {},
): Promise<EntityModel> {
  const { platform, openRuntime } = await openMachine();
  const folder = await readTokenFolder(platform, dir, "tokens");
  const { classes: labels, tokenizer } = folder;
  const runtime = await openRuntime(options.threads ?? platform.cores());
  const session = await openSession(runtime, folder.graph, { label: `model "${folder.dir}"` }).catch(
    async (error: unknown) => {
      await runtime.close();
      throw error;
    },
  );
  return {
    dir: folder.dir,
    labels,
    async mark(texts) {
      const placed = texts.map((text, i) => {
        const words = typeof text === "string" ? wordsOf(text) : [];
        if (words.length > 0) return words;
        throw new EngraftError(
          "DataError",
          `text ${i + 1} is ${typeof text === "string" ? "empty" : "no text"}`,
          { help: "give texts with words", details: { text: i + 1 } },
        );
      });
      const items = placed.map((words, i) => ({
        id: String(i),
        sha256: String(i),
        words: words.map(({ word }) => word),
        spaced: words.map(({ start }, w) => w > 0 && words[w - 1]!.end < start),
        tags: [],
        label: 0,
        part: "test" as const,
      }));
      const inputs = taggedTable(items, tokenizer);
      const answers = await answersOf(tokenEvaluator(folder, session), items, inputs, labels.length);
      const said = tagsSaid(answers, labels.length, labels.indexOf("O"));
      const first = starts(answers.seen);
      return texts.map((text, i): MarkedText => {
        const words = placed[i]!;
        const probability = (word: number): number => {
          const row = (first[i]! + word) * labels.length;
          return softmax(answers.scores.subarray(row, row + labels.length))[said[i]![word]!]!;
        };
        const spans = spansOf(said[i]!.map((tag) => labels[tag]!));
        return {
          entities: spans.map(({ type, first: from, end: to }) => {
            const [start, end] = [words[from]!.start, words[to - 1]!.end];
            let sum = 0;
            for (let word = from; word < to; word++) sum += probability(word);
            return { entity_group: type, score: sum / (to - from), word: text.slice(start, end), start, end };
          }),
          unseen: words.length - answers.seen[i]!,
        };
      });
    },
    close: () => runtime.close(),
  };
}
