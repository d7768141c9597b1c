// Writes the page of a run.
import { EngraftError } from "../../core/errors.js";
import { type EngraftEvent, isTrained, isTrainResult } from "../../core/events/events.js";
import type { RunExplanations } from "../../core/results/explanation.js";
import type { Platform } from "../../platform/platform.js";
import type { RunNow } from "../../report/pages/unfinished.js";
import type { ReportData } from "../../report/report-data.js";
import type { Table } from "../../report/sheet/sheet.js";
import type { Lang } from "../../report/words/langs.js";
import { loadLanguage } from "../../report/words/load-language.js";
import { shellWord } from "../../run/command-line.js";
import { RunFolder } from "../../run/folder/run-folder.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import type { Machine } from "../../run/machine.js";
import { filesOf } from "../../run/report/data-files.js";
import { hideUserFolders } from "../../run/report/keep-report.js";
import {
  damagedResult,
  openRun,
  pageAt,
  type ReportOptions,
  type RunReport,
  recordOf,
  requireLang,
  runNow,
} from "../../run/report/run-report.js";
import { hasSheet, sheetOf } from "../sheets.js";
import { withShown } from "./read-shown.js";

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
  if (lang) await loadLanguage(lang);
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
    throw damagedResult(machine.platform, now.run, error);
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
  const reported = {
    title,
    events,
    command,
    versions: manifest.versions,
    samples,
    ...(lang && { lang }),
    ...(explanations && { explanations }),
  };
  // The folder may have been moved.
  const moved = { run, model: machine.platform.files.join(run, "model") };
  const { isStudy, studyPage } = await import("../../report/studies/study-sheets.js");
  if (isStudy(given)) return studyPage({ ...given, ...moved }, lang, reported);
  if (given.task === "language-modelling") throw pretrainingHasNone(machine.platform, run);
  if (hasSheet(given)) {
    const { sheetPage } = await import("../../report/sheet/sheet-page.js");
    const result = await withShown(machine, { ...given, ...moved }, { manifest, events, samples });
    const sheet = await sheetOf(given.task);
    const { tables } = sheet.scores(result.test, result);
    const kind = result.task === "automatic-speech-recognition" ? "speech" : "sound";
    return sheetPage(sheet, {
      ...reported,
      assets: isTrainResult(result) ? await machine.reportAssets() : undefined,
      sounds: samples ? await soundsOn(machine, manifest, tables, kind, explanations) : {},
      result,
    });
  }
  if (isTrained(given)) {
    const { sheetPage } = await import("../../report/sheet/sheet-page.js");
    const { customSheet } = await import("../custom/custom-sheet.js");
    return sheetPage(customSheet, { ...reported, result: { ...given, ...moved } });
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

/** Returns the sounds of a page if the data still has them: those of its tables of samples, and whole ones with explanations. */
async function soundsOn(
  machine: Machine,
  manifest: RunManifest,
  tables: readonly Table[],
  kind: "sound" | "speech",
  explanations: RunExplanations | undefined,
): Promise<NonNullable<ReportData["sounds"]>> {
  const { soundName } = await import("../../data/sounds/files/sound-format.js");
  const { shownSounds } = await import("../../run/report/shown-sounds.js");
  const shown = async (ids: readonly string[], how: Parameters<typeof shownSounds>[2]) => {
    const files = await filesOf(
      machine.platform,
      manifest,
      ids.filter((id) => soundName.test(id)),
    );
    return files.length === 0 ? {} : shownSounds(machine.platform, files, how);
  };
  const listed = tables.flatMap(({ samples = [] }) => samples);
  const explained = explanations?.samples.map(({ input }) => input) ?? [];
  return { ...(await shown(listed, { kind })), ...(await shown(explained, { whole: true })) };
}
