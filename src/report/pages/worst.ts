import type { ClassificationScores } from "../../core/events/events.js";
import { percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { itemOf, type ReportData, thumbnailOf, wordsOf } from "../report-data.js";
import { shownClip } from "./shown-clip.js";

type Sample = ClassificationScores["worst"][number];

/** Most samples of the list; the events have the others. */
const most = 24;
/** Samples that are not folded: two rows of pictures, or a screen of texts or clips. */
const shown = { picture: 16, text: 6, clip: 8 } as const;

/** Returns a text itself if the data still has it. */
function textOf(data: ReportData, item: string): Markup | undefined {
  const text = Object.hasOwn(data.texts ?? {}, item) ? data.texts?.[item] : undefined;
  return text === undefined ? undefined : html`<blockquote dir="auto">${text}</blockquote>`;
}

function sampleMarkup(data: ReportData, sample: Sample): Markup {
  const { page: w } = wordsOf(data);
  const picture = thumbnailOf(data, sample.item);
  const right = sample.true === sample.predicted;
  const shownSample = picture
    ? html`<img src="${picture}" alt="${w.pictureOf(sample.true)}" width="96" height="96">`
    : itemOf(data) === "picture"
      ? html`<div class="missing">${w.noPreview}</div>`
      : (shownClip(data, sample.item) ?? textOf(data, sample.item));
  // The score is NaN if it was not stored.
  return html`<li><figure>${shownSample}<figcaption>${w.predicted} <span class="${right ? "correct" : "mistake"}">${name(sample.predicted)}</span>${Number.isFinite(sample.score) && html` <span class="muted">${percent(sample.score, 0)}</span>`}<br>${w.labelled} ${name(sample.true)}<span class="file">${name(sample.item)}</span></figcaption></figure></li>`;
}

/** Returns the wrong predictions with the highest loss. If every prediction is right, it returns the least confident ones. */
export function worstSamples(data: ReportData): Markup | { title: string; body: Markup } | undefined {
  const { worst, least_sure = worst } = data.result.test;
  // Records of earlier versions have right predictions among the worst.
  const wrong = worst.filter((item) => item.true !== item.predicted);
  const samples = (wrong.length > 0 ? wrong : least_sure).slice(0, most);
  if (samples.length === 0) return undefined;
  const { page: w, items } = wordsOf(data);
  const kind = itemOf(data);
  const many = items.many(kind);
  const list = (some: readonly Sample[]): Markup =>
    html`<ul class="examples${kind === "text" ? " texts" : kind === "clip" ? " clips" : ""}">${some.map((sample) => sampleMarkup(data, sample))}</ul>`;
  const first = shown[kind];
  const rest = samples.slice(first);
  const body = html`<p class="muted">${wrong.length > 0 ? w.worstIntro(many) : w.leastSureIntro(many)}</p>
${list(samples.slice(0, first))}
${rest.length > 0 && html`<details><summary>${w.moreRows(rest.length)}</summary>${list(rest)}</details>`}`;
  return wrong.length > 0 ? body : { title: w.leastSureTitle, body };
}
