/** English sentences of the report of speech recognition. */

export const transcriptsEn = {
  kind: "speech recognition",
  footer: (seeds: string): string =>
    `The 95 % confidence intervals are over the speakers, or over the clips if no speaker is named; ${seeds}.`,
  rates: { words: "Word error rate", characters: "Character error rate" },
  ways: {
    frequent: "always the most frequent transcript",
    scratch: "from scratch",
  } as Readonly<Record<string, string>>,
  units: { words: "words", characters: "characters" },
  more: (rate: string, right: string, clips: string): string =>
    `Character error rate ${rate}. ${right} of ${clips} test clips without an error.`,
  fewClips: (needed: number): string => `An interval needs ${needed} clips.`,

  edits: "Errors",
  editsNote: "An error rate is the sum of all errors divided by the length of all transcripts.",
  unit: "unit",
  rate: "error rate",
  substitutions: "wrong",
  deletions: "missing",
  insertions: "additional",
  length: "in all",
  byDecoder: "By decoder",
  decoder: "decoder",
  decoders: { greedy: "greedy, as a page serves it", beam: "beam search" },
  languageModel: (order: number, weight: number, bonus: number): string =>
    `with ${order}-grams of characters, weight ${weight}, ${bonus} for each character`,
  byGroup: "By speaker",
  speaker: "speaker",
  clips: "clips",

  worst: "Clips with the most errors",
  errorCount: (n: number): string => (n === 1 ? "1 error" : `${n} errors`),
  alignedNote: "Above: the transcript. Below: what was recognised, and when, in seconds.",
  clickNote: "Click a word to play it.",
  kinds: { substitution: "wrong", deletion: "missing", insertion: "additional" },
  allRight: "Every clip was recognised without an error.",

  items: "clips",
  vocabulary: "Characters",
  normalizer: "Normaliser",
  normalizers: { none: "none", basic: "basic: lower case, without punctuation" },
  decoding: "Decoder",
};
