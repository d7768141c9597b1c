// Writes the page of a run.
import { EngraftError, messageOf } from "../../core/errors.js";
import {
  type EngraftEvent,
  isTrained,
  isTrainResult,
  type TrainResultEvent,
} from "../../core/events/events.js";
import { listedAnswers } from "../../core/results/counts.js";
import type { RunExplanations } from "../../core/results/explanation.js";
import { classificationOf, hasTask } from "../../core/results/task.js";
import type { Platform } from "../../platform/platform.js";
import type { RunNow } from "../../report/live/live-state.js";
import type { ReportData } from "../../report/report-data.js";
import type { Lang } from "../../report/words/langs.js";
import { shellWord } from "../../run/command-line.js";
import { RunFolder, type RunManifest } from "../../run/folder/run-folder.js";
import type { Machine } from "../../run/machine.js";
import { pathInside } from "../../run/report/draw-pictures.js";
import { hideUserFolders } from "../../run/report/keep-report.js";
import {
  ofTasks,
  openRun,
  pageAt,
  type ReportOptions,
  type RunReport,
  recordOf,
  requireLang,
  runNow,
} from "../../run/report/run-report.js";
import { textsById } from "../../run/report/texts-by-id.js";
import { hasSheet, sheetOf, withShown } from "../sheets.js";

/**
 * Writes the report.html of one run from its record: a finished run completely, any other as far as it is known.
 * @param state `isComplete`: the run has its result and is about to be marked as done
 */
export async function reportOn(
  machine: Machine,
  path: string,
  { lang, out, pictures }: ReportOptions = {},
  state: { readonly isComplete?: boolean } = {},
): Promise<RunReport> {
  requireLang(lang);
  const { platform } = machine;
  const { files } = platform;
  const folder = await openRun(platform, path);
  const lines = await recordOf(platform, folder);
  const page = out === undefined ? folder.file("report.html") : await pageAt(platform, out);
  const writePage = async (recorded: RunManifest): Promise<RunReport["status"]> => {
    const manifest =
      pictures === undefined ? recorded : { ...recorded, options: { ...recorded.options, pictures } };
    const known = await runNow(platform, folder, manifest, lines);
    const now = state.isComplete ? { ...known, status: "done" as const } : known;
    const text = await pageOf(machine, manifest, now, lang);
    await files.writeAtomic(page, hideUserFolders(machine, text, [folder.path, manifest]));
    return now.status;
  };
  let { manifest } = folder;
  let status = await writePage(manifest);
  // A run that ended meanwhile has written its own report, which is now overwritten.
  if (manifest.status !== "done") {
    ({ manifest } = await RunFolder.open(platform, folder.path));
    if (manifest.status === "done") status = await writePage(manifest);
  }
  return { run: folder.path, report: page, status, events: lines.events.length, broken: lines.broken };
}

/** Returns the page of a run's current state. */
async function pageOf(
  machine: Machine,
  manifest: RunManifest,
  now: RunNow,
  lang: Lang | undefined,
): Promise<string> {
  if (now.status !== "done") {
    const { renderUnfinished } = await import("../../report/pages/unfinished.js");
    return renderUnfinished(now, await machine.reportAssets(), lang);
  }
  try {
    return await finishedPage(machine, manifest, now, lang);
  } catch (error) {
    if (error instanceof EngraftError) throw error;
    // The file may come from anywhere: a result that cannot be drawn is damaged.
    throw new EngraftError("RunError", `the run's result is damaged: ${messageOf(error)}`, {
      at: machine.platform.files.join(now.run, "run.json"),
      help: "resume the run from a copy that is whole, or train again",
      cause: error,
    });
  }
}

async function finishedPage(
  machine: Machine,
  manifest: RunManifest,
  now: RunNow,
  lang: Lang | undefined,
): Promise<string> {
  const { events, title, command, run } = now;
  const samples = manifest.options.pictures !== false;
  const { explanationsIn } = await import("../../run/insights/explanations-file.js");
  const explanations = await explanationsIn(machine.platform, run);
  const given = manifest.result;
  if (given?.event !== "result") throw new Error("run.json says that it is done, and has no result");
  const sounds = samples && {
    ...(await worstSoundsOf(machine, manifest, given)),
    ...(await explainedSoundsOf(machine, manifest, explanations)).sounds,
  };
  const reported = {
    ...{ title, events, command, versions: manifest.versions, samples },
    ...(lang && { lang }),
    ...(explanations && { explanations }),
    ...(sounds && { sounds }),
  };
  // The folder may have been moved.
  const moved = { run, model: machine.platform.files.join(run, "model") };
  if (ofTasks(given)) {
    const { renderTasksReport } = await import("../../report/pages/tasks-report.js");
    return renderTasksReport({ ...reported, result: { ...given, ...moved } });
  }
  if (given.task === "domain-adaptation") {
    const { renderAdaptation } = await import("../../report/pages/adaptation.js");
    return renderAdaptation({ ...reported, result: { ...given, ...moved } });
  }
  if (given.task === "language-modelling") throw pretrainingHasNone(machine.platform, run);
  if (hasSheet(given)) {
    const { sheetPage } = await import("../../report/sheet/sheet-page.js");
    const result = await withShown(machine.platform, { ...given, ...moved }, samples);
    return sheetPage(await sheetOf(given.task), { ...reported, result });
  }
  if (hasTask(given, { input: "table" })) {
    const { renderTaskReport } = await import("../../report/pages/task-report.js");
    return renderTaskReport({ ...reported, result: { ...given, ...moved } });
  }
  if (isTrainResult(given)) {
    const { renderReport } = await import("../../report/report.js");
    const data = await reportData(machine, manifest, { ...given, ...moved }, now);
    return renderReport({ ...data, ...(lang && { lang }) }, await machine.reportAssets());
  }
  if (isTrained(given)) {
    const { renderCustomReport } = await import("../../report/pages/custom-report.js");
    return renderCustomReport({ ...reported, result: { ...given, ...moved } });
  }
  throw new EngraftError(
    "RunError",
    `this version of Engraft has no report for the task "${(given as EngraftEvent & { task?: string }).task}"`,
    { at: run },
  );
}

const pretrainingHasNone = ({ files }: Platform, run: string): EngraftError =>
  new EngraftError("RunError", "a pretraining on texts has no report: its card says what it came to", {
    at: files.join(run, "model", "README.md"),
    help: `engraft pretrain --resume ${shellWord(run)} prints its result again`,
  });

/** Returns the data of a classification run's page: its record, and the samples that still exist. */
export async function reportData(
  machine: Machine,
  manifest: RunManifest,
  result: TrainResultEvent,
  { title, events, command, run }: Pick<RunNow, "title" | "events" | "command" | "run">,
): Promise<ReportData> {
  const { insightsOf } = await import("../../run/insights/insights-file.js");
  const seen = await insightsOf(machine.platform, run);
  const samples = manifest.options.pictures !== false;
  const insights = seen && !samples ? { ...seen, pictures: [], texts: [] } : seen;
  const adapterOnly = manifest.options.adapterOnly === true;
  const reported = {
    ...{ title, events, command, versions: manifest.versions, result, adapterOnly },
    ...(insights && { insights }),
  };
  if (!samples) return { ...reported, thumbnails: {} };
  if (result.task === classificationOf.text)
    return { ...reported, thumbnails: {}, texts: await textsOf(machine, manifest, result) };
  if (result.task === classificationOf.audio) {
    const { explanationsIn } = await import("../../run/insights/explanations-file.js");
    const all = await explanationsIn(machine.platform, run);
    const { sounds: explained = {} } = await explainedSoundsOf(machine, manifest, all);
    const sounds = await soundsOf(machine, manifest, listedAnswers(result.test), "sound");
    return {
      ...{ ...reported, thumbnails: {}, sounds },
      ...(all && { explained: { samples: all.samples, sounds: explained } }),
    };
  }
  const { leakedItems } = await import("../../report/pages/leaks.js");
  const cut = [...listedAnswers(result.test).map((w) => w.item), ...leakedItems(events)];
  const whole = insights?.pictures?.map((p) => p.item) ?? [];
  return {
    ...reported,
    thumbnails: await picturesOf(machine, manifest, cut),
    whole: await picturesOf(machine, manifest, whole, { whole: true }),
  };
}

/** Returns the spectrograms of explained sounds if the data still exists. */
async function explainedSoundsOf(
  machine: Machine,
  manifest: RunManifest,
  explanations: RunExplanations | undefined,
): Promise<Pick<ReportData, "sounds">> {
  const { soundName } = await import("../../data/sounds/files/sound-format.js");
  const ids = explanations?.samples.map(({ input }) => input).filter((id) => soundName.test(id)) ?? [];
  if (ids.length === 0) return {};
  const { shownSounds } = await import("../../run/report/shown-sounds.js");
  const items = await filesOf(machine, manifest, ids);
  return { sounds: await shownSounds(machine.platform, items, { whole: true }) };
}

/** Returns the worst sounds of a result with labels, numbers or transcripts; none for another task. */
async function worstSoundsOf(
  machine: Machine,
  manifest: RunManifest,
  given: EngraftEvent & { readonly event: "result" },
): Promise<ReportData["sounds"]> {
  if (ofTasks(given)) return {};
  if (hasTask(given, { head: "transcript" })) return soundsOf(machine, manifest, given.test.worst, "speech");
  const withClips = hasTask(given, { head: "labels" }) && given.unit === "clips";
  if (!withClips && !hasTask(given, { input: "audio", head: "numbers" })) return {};
  return soundsOf(machine, manifest, given.test.worst, "sound");
}

/** Returns thumbnails for the report if the data still exists. */
const picturesOf = async (
  machine: Machine,
  manifest: RunManifest,
  shown: readonly string[],
  how: { readonly whole?: boolean } = {},
): Promise<Record<string, string>> => machine.thumbnails(await filesOf(machine, manifest, shown), how);

/** Returns the sounds of samples if the data still exists. */
async function soundsOf(
  machine: Machine,
  manifest: RunManifest,
  samples: readonly { readonly item: string }[],
  kind: "sound" | "speech",
): Promise<NonNullable<ReportData["sounds"]>> {
  const { shownSounds } = await import("../../run/report/shown-sounds.js");
  const items = samples.map(({ item }) => item);
  return shownSounds(machine.platform, await filesOf(machine, manifest, items), { kind });
}

/** Returns the files of samples if the data still exists; nothing outside it is opened. */
async function filesOf(
  { platform }: Machine,
  { data }: RunManifest,
  shown: readonly string[],
): Promise<{ readonly id: string; readonly path: string }[]> {
  const there = await platform.files.stat(data);
  if (!there) return [];
  const root = there.kind === "folder" ? data : platform.files.dirname(data);
  return [...new Set(shown)].flatMap((id) => {
    const path = pathInside(platform, root, id);
    return path === undefined ? [] : [{ id, path }];
  });
}

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
