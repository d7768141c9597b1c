// The page of classes of pictures, texts and sounds, and what it shows besides the result.

import type { TrainResultEvent } from "../../core/events/events.js";
import { listedAnswers } from "../../core/results/counts.js";
import { classificationOf } from "../../core/results/task.js";
import { leakedItems } from "../../report/pages/leaks.js";
import type { ReportAssets, ReportData } from "../../report/report-data.js";
import { sheetCard } from "../../report/sheet/sheet-card.js";
import { sheetPage } from "../../report/sheet/sheet-page.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import { insightsOf } from "../../run/insights/insights-file.js";
import type { Machine } from "../../run/machine.js";
import { filesOf } from "../../run/report/data-files.js";
import type { ShownRun } from "../../run/report/run-report.js";
import { textsById } from "../../run/report/texts-by-id.js";
import type { ClassesShown } from "./classes-drawings.js";
import { classesSheet } from "./classes-sheet.js";

/**
 * Reads what the page shows besides the result: explanations, the map of features, and samples that still exist. It has every field, so
 * that a damaged `run.json` cannot give one.
 */
export async function shownClasses(
  machine: Machine,
  result: TrainResultEvent,
  { manifest, events, samples }: ShownRun,
): Promise<ClassesShown> {
  const seen = await insightsOf(machine.platform, result.run);
  const insights = seen && !samples ? { ...seen, pictures: [], texts: [] } : seen;
  const shown = {
    insights,
    adapterOnly: manifest.options.adapterOnly === true,
    thumbnails: undefined,
    whole: undefined,
    texts: undefined,
  };
  if (!samples || result.task === classificationOf.audio) return shown;
  if (result.task === classificationOf.text)
    return { ...shown, texts: await textsOf(machine, manifest, result) };
  const cut = [...listedAnswers(result.test).map((w) => w.item), ...leakedItems(events)];
  const whole = insights?.pictures?.map((p) => p.item) ?? [];
  return {
    ...shown,
    thumbnails: await picturesOf(machine, manifest, cut),
    whole: await picturesOf(machine, manifest, whole, { whole: true }),
  };
}

/** Returns thumbnails for the report if the data still exists. */
const picturesOf = async (
  machine: Machine,
  manifest: RunManifest,
  shown: readonly string[],
  how: { readonly whole?: boolean } = {},
): Promise<Record<string, string>> =>
  machine.thumbnails(await filesOf(machine.platform, manifest, shown), how);

/** Returns the worst texts if the data still exists. */
async function textsOf(
  { platform }: Machine,
  { data, split_seed, options }: RunManifest,
  { test }: TrainResultEvent,
): Promise<Record<string, string>> {
  if (!(await platform.files.stat(data))) return {};
  const { openTexts } = await import("../../data/texts/index.js");
  const { textListOptions } = await import("../../options/text-list-options.js");
  const seed = split_seed ?? options.seed ?? 0;
  try {
    const { items } = await openTexts(platform, data, { seed, labelled: true, ...textListOptions(options) });
    return textsById(items, listedAnswers(test));
  } catch {
    // Changed since: the report is written without the texts.
    return {};
  }
}

/** Returns the page of a run on classes of pictures, texts or sounds. @param how.samples false: no sample is shown */
export const classesPage = (
  data: ReportData,
  how: { readonly samples: boolean; readonly assets: ReportAssets | undefined },
): string => sheetPage(classesSheet, { ...data, ...how, result: withSamples(data) });

/** Returns the card of a run on classes of pictures, texts or sounds. */
export const classesCard = (data: ReportData): string =>
  sheetCard(classesSheet, { ...data, result: withSamples(data) });

const withSamples = ({
  thumbnails,
  whole,
  texts,
  insights,
  adapterOnly = false,
  result,
}: ReportData): TrainResultEvent & ClassesShown => ({
  ...result,
  thumbnails,
  adapterOnly,
  ...(whole && { whole }),
  ...(texts && { texts }),
  ...(insights && { insights }),
});
