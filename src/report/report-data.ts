/** What a report is made of: what the run said while it worked, and pictures of what it got wrong. */

import type { EngraftEvent, EpochEvent, TrainResultEvent, WarningEvent } from "../core/events/events.js";
import type { Insights } from "../core/results/insights.js";
import { factsOf } from "../core/results/task.js";
import { type Lang, type Words, wordsIn } from "./words/index.js";

export interface ReportData {
  readonly title: string;
  readonly result: TrainResultEvent;
  /** The run's events in order; of a resumed run, those of all its parts. */
  readonly events: readonly EngraftEvent[];
  /** `data:image/…` by item id; items without one are listed by name. */
  readonly thumbnails: Readonly<Record<string, string>>;
  /** The same with the whole picture on them, of the items whose maps are drawn. */
  readonly whole?: Readonly<Record<string, string>>;
  /** Texts by item id, where items are texts and are still there. */
  readonly texts?: Readonly<Record<string, string>>;
  /** What was seen inside the model, where somebody looked. */
  readonly insights?: Insights;
  /** Language of the page's own sentences. Default "en". */
  readonly lang?: Lang;
  /** The model folder holds an adapter only. */
  readonly adapterOnly?: boolean;
  /** The exact command that does the run again. */
  readonly command: string;
  /** Program or package to version. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Returns how many samples a page shows: pictures or texts, each once. */
export function samplesIn({ thumbnails, whole = {}, texts = {} }: ReportData): number {
  return new Set([thumbnails, whole, texts].flatMap(Object.keys)).size;
}

/** The last event of a kind: a resumed run says some things twice. */
export function lastEvent<Name extends EngraftEvent["event"]>(
  data: Pick<ReportData, "events">,
  wanted: Name,
): Extract<EngraftEvent, { event: Name }> | undefined {
  const matches = (e: EngraftEvent): e is Extract<EngraftEvent, { event: Name }> => e.event === wanted;
  return data.events.filter(matches).at(-1);
}

/** One curve's worth of epochs. */
export interface Stage {
  readonly name: string;
  readonly scratch: boolean;
  readonly epochs: readonly EpochEvent[];
}

/**
 * Epochs by stage in the order of their first mention; an epoch that was trained again after a resume counts
 * once, as it was the last time.
 */
export function stagesOf(data: Pick<ReportData, "events">): readonly Stage[] {
  const stages = new Map<string, Map<number, EpochEvent>>();
  for (const event of data.events) {
    if (event.event !== "epoch") continue;
    const epochs = stages.get(event.stage) ?? new Map<number, EpochEvent>();
    epochs.set(event.epoch, event);
    stages.set(event.stage, epochs);
  }
  return [...stages].map(([name, epochs]) => ({
    name,
    scratch: name.startsWith("scratch"),
    epochs: [...epochs.values()].sort((a, b) => a.epoch - b.epoch),
  }));
}

/** Warnings, each once. */
export function warningsOf(data: Pick<ReportData, "events">): readonly WarningEvent[] {
  const all = data.events.filter((e): e is WarningEvent => e.event === "warning");
  return all.filter((e, i) => all.findIndex((f) => f.code === e.code && f.message === e.message) === i);
}

const picture = /^data:image\/(?:webp|png|jpeg|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

/** The picture of an item, if it is a picture and nothing else. */
function pictureIn(all: Readonly<Record<string, string>> = {}, item: string): string | undefined {
  const uri = Object.hasOwn(all, item) ? all[item] : undefined;
  return uri !== undefined && picture.test(uri) ? uri : undefined;
}

/** An item's thumbnail: its middle. */
export const thumbnailOf = (data: Pick<ReportData, "thumbnails">, item: string): string | undefined =>
  pictureIn(data.thumbnails, item);

/** An item's picture, nothing cut off. */
export const wholeOf = (data: Pick<ReportData, "whole">, item: string): string | undefined =>
  pictureIn(data.whole, item);

/** The sentences of the page. */
export const wordsOf = ({ lang = "en" }: Pick<ReportData, "lang">): Words => wordsIn(lang);

/** What the run is about: its items in words. */
export const itemOf = ({ result }: ReportData) => factsOf(result.task).sample;
