/** Changes to a transcript before training and scoring, by name. */
export const transcriptNormalizers = ["none", "basic"] as const;
export type TranscriptNormalizer = (typeof transcriptNormalizers)[number];

/**
 * Returns a transcript as it is trained and scored. Every form is composed (NFC), and each run of spaces is one space.
 *
 * - `none`: nothing else changes.
 * - `basic`: compatibility forms are replaced (NFKC), letters are lower case, and everything but letters, marks, digits and
 *   apostrophes inside words becomes a space.
 *
 * The character | separates words in a model's vocabulary, so it becomes a space in both forms.
 * @example normalizeTranscript("Don't  stop!", "basic") // "don't stop"
 */
export function normalizeTranscript(text: string, how: TranscriptNormalizer): string {
  const changed = how === "basic" ? basic(text) : text.normalize("NFC");
  return joinSpaces(changed.replaceAll("|", " "));
}

/** Returns a text whose words are separated by one space each, without spaces at its ends. */
export const joinSpaces = (text: string): string => text.replace(/\s+/gu, " ").trim();

function basic(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\u2019/g, "'")
    .replace(/[^\p{L}\p{M}\p{N}']+/gu, " ")
    .replace(/(?<![\p{L}\p{M}\p{N}])'+|'+(?![\p{L}\p{M}\p{N}])/gu, " ")
    .normalize("NFC");
}
