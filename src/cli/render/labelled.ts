import { lineWidth, shown } from "../terminal-text.js";

/** Width of the column of labels. */
export const labelWidth = 11;

/** Returns the columns that a terminal needs for a text: two for a Chinese, Japanese or Korean character. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const c of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(c)
      ? 2
      : 1;
  return columns;
}

/** Breaks a text at spaces. A number stays with its unit; a word that is too long, such as a path, gets a line of its own. */
export function wrap(text: string, width: number): string[] {
  if (columnsOf(text) <= width) return [text];
  const indent = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = "";
  for (const word of text.slice(indent.length).split(/(?<!\b\d[\d.,]*) (?!%)/)) {
    const longer = line === "" ? indent + word : `${line} ${word}`;
    if (line !== "" && columnsOf(longer) > width) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Returns lines with a label at the left of the first. Longer texts are wrapped. */
export function labelled(label: string, ...lines: readonly string[]): string[] {
  const left = label.length < labelWidth ? label : `${label} `;
  return lines
    .flatMap((line, i) =>
      wrap(shown(line), lineWidth() - (i === 0 ? Math.max(labelWidth, left.length) : labelWidth)),
    )
    .map((line, i) => `${(i === 0 ? left : "").padEnd(labelWidth)}${line}`);
}
