/** A report shows so much of a text. */
export const longestShown = 1200;

/** The texts of some items, as far as a report shows them. */
export function textsById(
  items: readonly { readonly id: string; readonly text?: string }[],
  shown: readonly { readonly item: string }[],
): Record<string, string> {
  const wanted = new Set(shown.map(({ item }) => item));
  return Object.fromEntries(
    items.flatMap(({ id, text }) =>
      wanted.has(id) && text !== undefined
        ? [[id, text.length > longestShown ? `${text.slice(0, longestShown)} …` : text]]
        : [],
    ),
  );
}
