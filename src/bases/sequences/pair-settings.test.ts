import { expect, test } from "vitest";
import { type PairSettings, pairCall, pairSettings } from "./pair-settings.js";

/** Settings of a model whose vocabulary is a list of tokens. */
const settingsOf = (config: object, words: readonly string[] = [], generation: object = {}): PairSettings =>
  pairSettings({
    config: config as Record<string, unknown>,
    generation: generation as Record<string, unknown>,
    tokenizer: { vocabulary: words.length, tokenOf: (id) => words[id] },
    name: "net",
  });

test.each([
  [{ model_type: "t5", pad_token_id: 0, eos_token_id: 1 }, {}, 0],
  [{ model_type: "marian", pad_token_id: 58100, eos_token_id: 0 }, {}, 58100],
  [{ model_type: "bart", pad_token_id: 1, eos_token_id: 2 }, {}, 2],
  [{ model_type: "bart", eos_token_id: 2, decoder_start_token_id: 0 }, {}, 0],
  [{ model_type: "bart", decoder_start_token_id: 0 }, { decoder_start_token_id: 2 }, 2],
  [{ model_type: "other", bos_token_id: 7 }, {}, 7],
])("%j with %j begins with token %i", (config, generation, start) => {
  expect(settingsOf(config, [], generation).start).toBe(start);
});

test("a model without a start token, or with a second vocabulary, is refused", () => {
  const refused = (config: object, help: RegExp) =>
    expect(() => settingsOf(config)).toThrow(
      expect.objectContaining({ kind: "ModelError", help: expect.stringMatching(help) }),
    );
  refused({ model_type: "other" }, /decoder_start_token_id/);
  refused({ bos_token_id: 0, vocab_size: 10, decoder_vocab_size: 12 }, /tokenizer\.json/);
});

test("the prefix is that of the config, behind that of the task of a pipeline", () => {
  const summarize = { summarization: { prefix: "summarize: " }, other: null };
  const of = (task_specific_params: object, prefix?: string) => {
    const { prefix: its, prefixes } = settingsOf({ bos_token_id: 0, prefix, task_specific_params });
    return [its, prefixes];
  };
  expect(of(summarize)).toEqual(["", { summarization: "summarize: " }]);
  expect(of(summarize, "question: ")).toEqual(["question: ", {}]);
  expect(of({ translation: { prefix: "to German: " } }, "very ")).toEqual(["to German: very ", {}]);
});

// Ids of the tokens are their places.
const mbart = ["<s>", "<pad>", "</s>", "en_XX", "de_DE", "a"];
const marian = ["</s>", ">>fra<<", ">>ron<<", "a", "<pad>"];
const m2m = ["<s>", "<pad>", "</s>", "__en__", "__de__", "a"];
const nllb = ["<s>", "<pad>", "</s>", "eng_Latn", "deu_Latn", "a"];

/** Returns the call for the text "a" or another one, whose words are tokens of a vocabulary. */
function called(
  config: object,
  words: readonly string[],
  marks: { readonly before: readonly number[]; readonly behind: readonly number[] },
  options: Parameters<typeof pairCall>[2],
  { text = "a", forced = false } = {},
) {
  const settings = settingsOf({ decoder_start_token_id: 2, ...config }, words);
  const pieces = (given: string) =>
    given
      .split(" ")
      .filter(Boolean)
      .map((word) => words.indexOf(word));
  return pairCall({ settings, tokenizer: { marks, pieces }, forced }, text, options);
}

test("mBART-50 and NLLB: the source begins with its language, and the first token of the target is forced", () => {
  const first = { before: [3], behind: [2] };
  const of = (options: object) => called({ model_type: "mbart" }, mbart, first, options);
  expect(of({ targetLanguage: "de_DE" })).toEqual({ source: [3, 5, 2], start: 2, first: 4 });
  expect(of({ sourceLanguage: "de_DE", targetLanguage: "en_XX" })).toEqual({
    source: [4, 5, 2],
    start: 2,
    first: 3,
  });
  const its = called({ model_type: "m2m_100" }, nllb, first, { targetLanguage: "deu_Latn" });
  expect(its).toEqual({ source: [3, 5, 2], start: 2, first: 4 });
  expect(called({ model_type: "m2m_100" }, m2m, first, { targetLanguage: "de" })).toMatchObject({ first: 4 });
  // A model of many languages into one says which.
  expect(called({ model_type: "mbart" }, mbart, first, {}, { forced: true })).toEqual({
    source: [3, 5, 2],
    start: 2,
  });
});

test("mBART of 25 languages: the language ends the source, and begins the target", () => {
  const last = { before: [], behind: [2, 3] };
  const of = (options: object) =>
    called({ model_type: "mbart", decoder_start_token_id: 4 }, mbart, last, options);
  expect(of({})).toEqual({ source: [5, 2, 3], start: 4 });
  expect(of({ sourceLanguage: "de_DE", targetLanguage: "en_XX" })).toEqual({ source: [5, 2, 4], start: 3 });
});

test("Marian of many languages: the source begins with the language of the target, as an option or in the text", () => {
  const behind = { before: [], behind: [0] };
  const of = (options: object, text?: string) =>
    called({ model_type: "marian" }, marian, behind, options, { text });
  expect(of({ targetLanguage: "ron" })).toEqual({ source: [2, 3, 0], start: 2 });
  expect(of({}, " >>fra<< a")).toEqual({ source: [1, 3, 0], start: 2 });
});

test.each([
  [{ model_type: "mbart" }, mbart, {}, ["de_DE", "en_XX"]],
  [{ model_type: "mbart" }, mbart, { targetLanguage: "xx_XX" }, ["de_DE", "en_XX"]],
  [{ model_type: "mbart" }, mbart, { sourceLanguage: "de", targetLanguage: "de_DE" }, ["de_DE", "en_XX"]],
  [{ model_type: "marian" }, marian, {}, ["fra", "ron"]],
])("%j %j with %j is refused with the codes", (config, words, options, languages) => {
  const marks = { before: [], behind: [0] };
  expect(() => called(config, words, marks, options)).toThrow(
    expect.objectContaining({ kind: "OptionError", details: { languages } }),
  );
});

test("a model of one language pair takes no languages", () => {
  const marks = { before: [], behind: [0] };
  expect(() => called({ model_type: "t5" }, marian, marks, { targetLanguage: "fra" })).toThrow(
    expect.objectContaining({ kind: "OptionError", details: { language: "fra" } }),
  );
});
