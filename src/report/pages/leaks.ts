// Pairs of similar pictures in two splits, side by side.
import type { EngraftEvent, LeakedPair } from "../../core/events/events.js";
import { integer } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { pictureIn, type ReportData, wordsOf } from "../report-data.js";

/** Most pairs on a page; the events have the others. */
const most = 24;

/** Returns the pairs that the run found, each once, the most serious first. */
function leakedPairs(events: readonly EngraftEvent[]): readonly LeakedPair[] {
  const all = events.flatMap((e): readonly LeakedPair[] =>
    e.event === "data" || e.event === "leaks" ? (e.leaks ?? []) : [],
  );
  const key = ({ kind, item, other }: LeakedPair): string => JSON.stringify([kind, item, other]);
  return [...new Map(all.map((pair) => [key(pair), pair])).values()];
}

/** Returns the ids whose thumbnails the section shows. */
export function leakedItems(events: readonly EngraftEvent[]): readonly string[] {
  return leakedPairs(events)
    .slice(0, most)
    .flatMap(({ item, other }) => [item, other]);
}

/** Returns the section on leaks; undefined without leaks. */
export function leakage(data: Pick<ReportData, "events" | "lang" | "thumbnails">): Markup | undefined {
  const all = leakedPairs(data.events);
  if (all.length === 0) return undefined;
  const w = wordsOf(data).page;
  const shown = (id: string, part: string): Markup => {
    const picture = pictureIn(data.thumbnails, id);
    return html`<figure>${
      picture
        ? html`<img src="${picture}" alt="${w.pictureIn(part)}" width="96" height="96">`
        : html`<div class="missing">${w.noPreview}</div>`
    }<figcaption>${w.part(part)}<span class="file">${name(id)}</span></figcaption></figure>`;
  };
  return html`<p class="muted">${w.leakIntro(integer(all.length))}</p>
<ul class="examples pairs">${all.slice(0, most).map(
    (pair) => html`<li>${shown(pair.item, pair.part)}${shown(pair.other, pair.other_part)}
<p class="small">${w.leak[pair.kind]}${pair.left_out === true && w.leakLeftOut}</p></li>`,
  )}</ul>`;
}
