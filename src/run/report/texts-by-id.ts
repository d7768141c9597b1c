/** Most characters of a text in a report. */
export const longestShown = 1200;

/** Returns the texts of some items, shortened for a report. */
export function textsById(
  items: readonly { readonly id: string; readonly text?: string }[],
  shown: readonly { readonly item: string }[],
): Record<string, string> {
  const wanted = new Set(shown.map(({ item }) => item));
  const texts: Record<string, string> = {};
  for (const item of items) {
    const { id } = item;
    // Read only if it is shown: each text may be in a file.
    const text = wanted.has(id) ? item.text : undefined;
    if (text !== undefined)
      texts[id] = text.length > longestShown ? `${text.slice(0, longestShown)} …` : text;
  }
  return texts;
}
