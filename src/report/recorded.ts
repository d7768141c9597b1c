import { html, type Markup } from "./html.js";
import type { Words } from "./words/index.js";

/** What a run's record says in English words of its own: where the page's language knows no words for it, it is marked as English. */
export function recorded(text: string, { tag, record }: Pick<Words, "tag" | "record">): Markup {
  const translated = record(text);
  if (translated !== undefined) return html`${translated}`;
  return tag === "en" ? html`${text}` : html`<span lang="en">${text}</span>`;
}

/** The same for an element that holds many such sentences: ` lang="en"`, or nothing. */
export const asRecorded = ({ tag }: Pick<Words, "tag">): Markup | string =>
  tag === "en" ? "" : html` lang="en"`;
