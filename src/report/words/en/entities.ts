/** English sentences of the page of a run that marks entities. */

import { count } from "../../charts/numbers.js";
import { html } from "../../html.js";

export const entitiesEn = {
  kind: "token classification",
  footer: (seeds: string): string =>
    `Intervals: over the test sentences, or their groups, by the share of each in the score; ${seeds}.`,
  figure: "F1 of entities",
  more: (precision: string, recall: string): string => `Precision ${precision}, recall ${recall};`,
  counted: (entities: number, sentences: number): string =>
    `${count(entities, "entity", "entities")} in ${count(sentences, "test sentence")}.`,
  ways: {
    lookup: "look-up",
    probe: "probe: head only",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,

  byType: "By type",
  byTypeNote: "Weakest first. An entity is right when its bounds and its type are, as conlleval counts.",
  type: "type",
  entities: "entities",
  said: "said",
  right: "right",
  confusion: "Confusion of types",
  otherBounds: "other bounds",
  nothingSaid: "nothing said",
  nothingThere: "nothing there",
  confusionNote: html`Rows are entities that are there, columns what became of them. "Other bounds": something was said of a part of it.`,
  nothing: "nothing",
  worst: "Worst sentences",
  allFound: "Every entity was found.",
  sentence: "sentence",
  mistakes: "mistakes",
  there: "there",

  items: "sentences",
  types: "Types",
  tags: "Tags",
  tagsWords: (scheme: string, repaired: number): string =>
    `${scheme} in the data, BIO in the model; ${count(repaired, "tag")} repaired`,
  answers: "Answers",
  answersWords: (tags: number, sentences: number, words: number): string =>
    `${count(tags, "tag")} that could not stand there read as the begin of an entity, in ${count(sentences, "sentence")}; ${count(words, "word")} cut off`,
  words: "Words",
  wordsWords: (share: string, words: string): string =>
    `${share} of ${words} have the right tag, most of them O`,
};
