/** Latin words that a Chinese page has too: names of measures, methods and units, and this program's. */
const everywhere =
  "Engraft F1 mAP mIoU IoU AP50 MAE RMSE AUROC AP TF-IDF Wilson AdamW MB GB KB min ms nat sha256 bootstrap Cohen kappa Matthews Brier BIO conlleval Holm probe ln log exp logits calibrate temperature seeds scratch-steps";

/**
 * Latin words of two letters or more that a reader meets in text, tooltips and labels of `page`: English that was left.
 * The page marks the English texts that a run recorded with `lang="en"`, and puts names from outside into `bdi`. Commands and paths are in
 * `code` or after `engraft`. All of these are left out, and so are the names in `known`.
 */
export function englishLeft(page: string, known = ""): readonly string[] {
  const names = new Set(`${everywhere} ${known}`.split(" "));
  const plain = page
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, " ")
    .replace(/<(\w+)[^>]* lang="en"[^>]*>[\s\S]*?<\/\1>/g, " ")
    .replace(/<bdi[\s\S]*?<\/bdi>|<code[\s\S]*?<\/code>/g, " ")
    .replace(/ (?:aria-label|title|alt)="([^"]*)"/g, ">\n$1\n<")
    .replace(/\bengraft (train|resume|eval|export|compare) [^<]*/g, " ")
    .replace(/<[^>]*>|&\w+;/g, " ");
  const words = plain.match(/[A-Za-z][A-Za-z0-9'_-]+/g) ?? [];
  return [...new Set(words)].filter((word) => !names.has(word));
}

/** Places of a Chinese page with a space after a full-width mark, or with a half-width mark after a Chinese character. */
export function mixedMarks(page: string): readonly string[] {
  const text = page
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, "")
    .replace(/<\/?(?:bdi|strong|b|em|small|span|a|code|i)\b[^>]*>/g, "")
    .replace(/<[^>]*>/g, "\n");
  return (
    text.match(/.{0,12}(?:[。！？；：，、][ \u00a0]|[\p{Script=Han}）”][,;:!?.](?![\w/])).{0,12}/gu) ?? []
  );
}

/** English texts of a Chinese page that it marks as English: a reader sees them as well. */
export const markedEnglish = (page: string): readonly string[] =>
  [...page.matchAll(/<(\w+)[^>]* lang="en"[^>]*>([\s\S]*?)<\/\1>/g)].map(([, , text]) => text!);

/** Names of samples by their line, as English pages write them, also where a page takes them as names from outside. */
export const englishLines = (page: string): readonly string[] => page.match(/\bline \d+/g) ?? [];
