/** A report shows so much of a text. */
export const longestShown = 1200;

/** The texts of some items, as far as a report shows them. */
export function textsById(
  items: readonly { readonly id: string; readonly text?: string }[],
  shown: readonly { readonly item: string }[],
): Record<string, string> {
  const wanted = new Set(shown.map(({ item }) => item));
  const texts: Record<string, string> = {};
  for (const item of items) {
    const { id } = item;
    // Read only where it is shown: of many texts each lies in a file.
    const text = wanted.has(id) ? item.text : undefined;
    if (text !== undefined)
      texts[id] = text.length > longestShown ? `${text.slice(0, longestShown)} …` : text;
  }
  return texts;
}
