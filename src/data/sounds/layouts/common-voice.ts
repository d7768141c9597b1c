/** Columns of Common Voice's lists. */
const columnNames = ["client_id", "path", "sentence"];

/**
 * True for the columns of Common Voice: `train.tsv`, `dev.tsv` and `test.tsv` with clips in `clips/`. `client_id` is the speaker. Quotes
 * in these files are text.
 */
export const isCommonVoice = (columns: readonly string[]): boolean =>
  columnNames.every((name) => columns.includes(name));

/** Returns the file of a clip: paths may lack the folder and the ending. */
export const commonVoiceFile = (path: string): string => {
  if (path === "" || path.includes("/")) return path;
  return `clips/${/\.[a-z0-9]+$/i.test(path) ? path : `${path}.mp3`}`;
};
