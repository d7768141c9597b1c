/** English sentences of the report of a named-entity recognition. */

import { count } from "../../charts/numbers.js";
import { html } from "../../html.js";

export const entitiesEn = {
  kind: "named-entity recognition",
  footer: (seeds: string): string =>
    `The 95 % confidence intervals are over the test sentences, or their groups; ${seeds}.`,
  figure: "F1",
  more: (precision: string, recall: string): string => `Precision ${precision}, recall ${recall}.`,
  counted: (entities: number, sentences: number): string =>
    `${count(entities, "entity", "entities")} in ${count(sentences, "test sentence")}.`,
  ways: {
    lookup: "look-up table of words",
    probe: "linear probe: only the head is trained",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,

  byType: "Scores by type",
  byTypeNote: "Weakest first. An entity is correct if its bounds and its type are, as in conlleval.",
  type: "type",
  entities: "entities",
  predicted: "predicted",
  right: "correct",
  confusion: "Confusion matrix of types",
  otherBounds: "other bounds",
  missed: "missed",
  noEntity: "no entity",
  confusionNote: html`Rows are true types, columns predicted types. "Other bounds": an entity was predicted that overlaps it.`,
  nothing: "none",
  allFound: "Every entity was found.",
  sentence: "sentence",
  mistakes: "errors",
  truth: "true",

  items: "sentences",
  types: "Types",
  tags: "Tags",
  tagsWords: (scheme: string, repaired: number): string =>
    `${scheme} in the data, BIO in the model; ${count(repaired, "tag")} repaired`,
  answers: "Predictions",
  answersWords: (tags: number, sentences: number, words: number): string =>
    `${count(tags, "tag")} at invalid places read as the begin of an entity, in ${count(sentences, "sentence")}; ${count(words, "word")} cut off`,
  words: "Words",
  wordsWords: (share: string, words: string): string =>
    `${share} of ${words} have the right tag, most of them O`,
};
