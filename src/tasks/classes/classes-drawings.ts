// What only the page of classes of pictures, texts and sounds shows: the worst samples, explanations, a map of the features.
import type { ClassificationScores, TrainResultEvent } from "../../core/events/events.js";
import { type BaseClassification, isBaseClassification } from "../../core/results/task.js";
import { featureMap, mapStyle } from "../../report/charts/feature-map.js";
import { percent } from "../../report/charts/numbers.js";
import { html, type Markup, name } from "../../report/html.js";
import { explanationsPart, explanationsStyle } from "../../report/pages/explained/explained-samples.js";
import { layerPart } from "../../report/pages/layers.js";
import { otherTest } from "../../report/pages/other-test-set.js";
import { shownClip } from "../../report/pages/shown-clip.js";
import { itemOf, type ReportData, type SampleData, thumbnailOf, wordsOf } from "../../report/report-data.js";
import type { Drawing } from "../../report/sheet/sheet.js";
import { wordsIn } from "../../report/words/index.js";

/** What the run's folder and its data have besides the result. */
export type ClassesShown = {
  readonly [Field in "thumbnails" | "whole" | "texts" | "insights" | "adapterOnly"]?:
    | ReportData[Field]
    | undefined;
};

type Result = ClassesShown & Pick<TrainResultEvent, "task" | "classes" | "test" | "elsewhere">;

/** Returns true for classes of pictures, texts or sounds. A model of rows has no base. */
export const hasBase = <R extends { readonly task: string }>(
  result: R,
): result is R & { readonly task: BaseClassification } => isBaseClassification(result.task);

/** Returns the ids of the samples that a page shows, without sounds. */
export const samplesShown = ({ thumbnails, whole, texts, insights }: ClassesShown): readonly string[] => [
  ...[thumbnails, whole, texts].flatMap((shown) => Object.keys(shown ?? {})),
  ...(insights?.texts ?? []).map(({ item }) => item),
];

/** Returns the drawings of a classification with a base. */
export function classesDrawings(result: Result): readonly Drawing[] {
  const { test, insights, elsewhere, thumbnails = {} } = result;
  const { map, layers, pictures = [], texts = [], left_out: missing = [] } = insights ?? {};
  const misses = (...what: readonly string[]): boolean => missing.some((one) => what.includes(one.what));
  const drawings: Drawing[] = [];
  const add = (
    section: Drawing["section"],
    draw: (data: SampleData) => Markup | undefined,
    more: Pick<Drawing, "style" | "samples"> = {},
  ): void => {
    drawings.push({
      section,
      ...more,
      draw: (shown) => html`${draw({ ...result, ...shown, thumbnails, result })}`,
    });
  };
  if ([...test.worst, ...(test.least_sure ?? [])].length > 0) add("worst", worstSamples, { samples: true });
  if (elsewhere) add("otherTest", ({ lang = "en" }) => otherTest(elsewhere, wordsIn(lang)));
  if (pictures.length + texts.length > 0 || misses("grad-cam", "occlusion"))
    add("explanations", explanationsPart, { style: explanationsStyle });
  if (map || misses("map")) add("features", featureMap, { style: mapStyle });
  if (layers) add("layers", layerPart);
  return drawings;
}

type Sample = ClassificationScores["worst"][number];

/** Most samples of the list; the events have the others. */
const most = 24;
/** Samples that are not folded: two rows of pictures, or a screen of texts or clips. */
const shown = { picture: 16, text: 6, clip: 8 } as const;

/** Returns a text itself if the data still has it. */
function textOf(data: SampleData, item: string): Markup | undefined {
  const text = Object.hasOwn(data.texts ?? {}, item) ? data.texts?.[item] : undefined;
  return text === undefined ? undefined : html`<blockquote dir="auto">${text}</blockquote>`;
}

function sampleMarkup(data: SampleData, sample: Sample): Markup {
  const { page: w, items } = wordsOf(data);
  const picture = thumbnailOf(data, sample.item);
  const right = sample.true === sample.predicted;
  const shownSample = picture
    ? html`<img src="${picture}" alt="${w.pictureOf(sample.true)}" width="96" height="96">`
    : itemOf(data) === "picture"
      ? html`<div class="missing">${w.noPreview}</div>`
      : (shownClip(data, sample.item) ?? textOf(data, sample.item));
  // The score is NaN if it was not stored.
  return html`<li><figure>${shownSample}<figcaption>${w.predicted} <span class="${right ? "correct" : "mistake"}">${name(sample.predicted)}</span>${Number.isFinite(sample.score) && html` <span class="muted">${percent(sample.score, 0)}</span>`}<br>${w.labelled} ${name(sample.true)}<span class="file">${name(items.item(sample.item))}</span></figcaption></figure></li>`;
}

/** Returns the worst predictions with their samples. */
function worstSamples(data: SampleData): Markup {
  const { worst, least_sure: leastSure = [] } = data.result.test;
  const samples = (worst.length > 0 ? worst : leastSure).slice(0, most);
  const { page: w } = wordsOf(data);
  const kind = itemOf(data);
  const list = (some: readonly Sample[]): Markup =>
    html`<ul class="examples${kind === "text" ? " texts" : kind === "clip" ? " clips" : ""}">${some.map((sample) => sampleMarkup(data, sample))}</ul>`;
  const first = shown[kind];
  const rest = samples.slice(first);
  return html`${list(samples.slice(0, first))}
${rest.length > 0 && html`<details><summary>${w.moreRows(rest.length)}</summary>${list(rest)}</details>`}`;
}
