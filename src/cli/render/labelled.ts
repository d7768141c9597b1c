/** A name in a column of its own, then the text; more lines stand below it. */
export function labelled(label: string, ...lines: readonly string[]): string[] {
  const left = label.length < 11 ? label : `${label} `;
  return lines.map((line, i) => `${(i === 0 ? left : "").padEnd(11)}${line}`);
}
