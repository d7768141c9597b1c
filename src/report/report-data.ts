// What a report of a classification is made from: the events of the run, its result, and samples.

import type { EngraftEvent, EpochEvent, TrainResultEvent, WarningEvent } from "../core/events/events.js";
import type { DistillationResult, Verdict } from "../core/events/run-outcome.js";
import type { CommonResult } from "../core/results/common-result.js";
import type { RunExplanations } from "../core/results/explanation.js";
import type { Insights } from "../core/results/insights.js";
import type { ScoreName } from "../core/results/metric.js";
import { factsOf } from "../core/results/task.js";
import type { seedsWords } from "./pages/seeds-words.js";
import { type Lang, type Words, wordsIn } from "./words/index.js";

/** Files of uPlot. Without them a report has the table alone. */
export interface ReportAssets {
  /** uPlot.iife.min.js */
  readonly chartScript: string;
  /** uPlot.min.css */
  readonly chartStyle: string;
}

/** A sound of a page. */
export interface ShownSound {
  /** `data:image/png;…` of its log-mel frames. */
  readonly spectrogram: string;
  /** `data:audio/wav;…` of its first seconds. */
  readonly sound: string;
  /** Length of `sound`. */
  readonly seconds: number;
}

/** Result of a classification, with the samples and explanations that a page shows. */
export interface SampleData {
  readonly result: Pick<TrainResultEvent, "task" | "classes" | "test">;
  /** `data:image/…` by sample id. Samples without one are listed by name. */
  readonly thumbnails: Readonly<Record<string, string>>;
  /** Whole pictures by sample id, for samples with an explanation map. */
  readonly whole?: Readonly<Record<string, string>>;
  /** Sounds by sample id, if the data still exists. */
  readonly sounds?: Readonly<Record<string, ShownSound>> | undefined;
  /** Texts by sample id, if the data still exists. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Explanations, feature map and changes of the layers, if they were computed. */
  readonly insights?: Insights;
  /** Language of the page's own sentences. Default "en". */
  readonly lang?: Lang;
}

export interface ReportData extends SampleData {
  readonly title: string;
  readonly result: TrainResultEvent;
  /** Events of the run in order, including those before a resume. */
  readonly events: readonly EngraftEvent[];
  /** True if the model folder holds an adapter only. */
  readonly adapterOnly?: boolean;
  /** The command that reproduces the run. */
  readonly command: string;
  /** Version by program or package. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What a page reads of the result of every run. */
interface RunResult extends Omit<CommonResult, "event"> {
  readonly test: { readonly metric: { readonly name: ScoreName } };
  readonly validation?: { readonly n: number; readonly accuracy?: number; readonly loss?: number };
  readonly verdict?: Verdict;
  readonly baselines?: object;
  readonly by_seed?: Parameters<typeof seedsWords.en.words>[0];
  readonly distillation?: DistillationResult;
  /** `data:image/…` by sample id, of pairs that are in two splits. */
  readonly thumbnails?: ReportData["thumbnails"];
}

/** What a report is made from. */
export interface RunPageData<R extends RunResult = RunResult> {
  readonly title: string;
  readonly result: R;
  readonly events: readonly EngraftEvent[];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
  /** False: the page shows no text of a sample. Default true. */
  readonly samples?: boolean;
  /** Language of the page's own sentences. Default "en". */
  readonly lang?: Lang;
  /** Explanations of samples of the test split. */
  readonly explanations?: RunExplanations;
  /** Sounds that the page shows, by id, if the data still exists. */
  readonly sounds?: ReportData["sounds"];
  /** Files of the chart library: a script draws the learning curves. Default: they are SVG. */
  readonly assets?: ReportAssets | undefined;
}

/** Returns the last event of a kind. A resumed run has some events twice. */
export function lastEvent<Name extends EngraftEvent["event"]>(
  data: Pick<ReportData, "events">,
  wanted: Name,
): Extract<EngraftEvent, { event: Name }> | undefined {
  const matches = (e: EngraftEvent): e is Extract<EngraftEvent, { event: Name }> => e.event === wanted;
  return data.events.filter(matches).at(-1);
}

/** The epochs of one curve. */
export interface Stage {
  readonly name: string;
  readonly scratch: boolean;
  readonly epochs: readonly EpochEvent[];
}

/** Returns the epochs by stage. An epoch that was repeated after a resume counts once, with its last values. */
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

/** Returns the warnings, each once. */
export function warningsOf(data: Pick<ReportData, "events">): readonly WarningEvent[] {
  const all = data.events.filter((e): e is WarningEvent => e.event === "warning");
  return all.filter((e, i) => all.findIndex((f) => f.code === e.code && f.message === e.message) === i);
}

const picture = /^data:image\/(?:webp|png|jpeg|gif);base64,[A-Za-z0-9+/]+={0,2}$/;

/** Returns the picture of a sample if its URI is valid. */
export function pictureIn(all: Readonly<Record<string, string>> = {}, item: string): string | undefined {
  const uri = Object.hasOwn(all, item) ? all[item] : undefined;
  return uri !== undefined && picture.test(uri) ? uri : undefined;
}

/** Returns the thumbnail of a sample: the middle of its picture. */
export const thumbnailOf = (data: Pick<ReportData, "thumbnails">, item: string): string | undefined =>
  pictureIn(data.thumbnails, item);

/** Returns the whole picture of a sample. */
export const wholeOf = (data: Pick<ReportData, "whole">, item: string): string | undefined =>
  pictureIn(data.whole, item);

const recording = /^data:audio\/wav;base64,[A-Za-z0-9+/]+={0,2}$/;

/** Returns the sound of a sample if its URIs are valid. */
export function soundOf(
  { sounds = {} }: { readonly sounds?: ReportData["sounds"] | undefined },
  item: string,
): ShownSound | undefined {
  const one = Object.hasOwn(sounds, item) ? sounds[item] : undefined;
  return one && picture.test(one.spectrogram) && recording.test(one.sound) ? one : undefined;
}

/** Returns the sentences of the page. */
export const wordsOf = ({ lang = "en" }: Pick<ReportData, "lang">): Words => wordsIn(lang);

/** Returns the kind of a sample: "picture", "text" or "clip". */
export const itemOf = ({ result }: Pick<SampleData, "result">) => factsOf(result.task).sample;
