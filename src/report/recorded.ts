import { html, type Markup } from "./html.js";
import type { Words } from "./words/index.js";

/** What a run's record says in its own words: on a page of another language it is marked as English. */
export function recorded(text: string, { tag }: Pick<Words, "tag">): Markup {
  return tag === "en" ? html`${text}` : html`<span lang="en">${text}</span>`;
}

/** The same as an element of a list, a cell or a paragraph has it: ` lang="en"`, or nothing. */
export const asRecorded = ({ tag }: Pick<Words, "tag">): Markup | string =>
  tag === "en" ? "" : html` lang="en"`;
