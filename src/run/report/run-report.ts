import { EngraftError, messageOf } from "../../core/errors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import { requireOwnOutput } from "../../platform/disk/write-output.js";
import type { Platform } from "../../platform/platform.js";
import type { RunNow } from "../../report/pages/unfinished.js";
import { type Lang, langs } from "../../report/words/langs.js";
import { shellWord } from "../command-line.js";
import { RunFolder } from "../folder/run-folder.js";
import { commandOf } from "../folder/run-kinds.js";
import type { RunManifest } from "../folder/run-manifest.js";
import type { EventLines } from "./event-lines.js";

/** Result of `report`. */
export interface RunReport {
  /** The run folder, and the page. */
  readonly run: string;
  readonly report: string;
  /** "stopped": not done, and no process works on it. */
  readonly status: RunNow["status"];
  /** Events in its record, and invalid lines; 0 for a comparison, a learning curve or a diagnosis. */
  readonly events: number;
  readonly broken: number;
}

export interface ReportOptions {
  /** Language of the page. Default "en". */
  readonly lang?: Lang;
  /** Path of the page; an earlier page is overwritten, and no other file. Default: `report.html` in the run folder. */
  readonly out?: string;
  /** Show samples: images, texts, and the words of texts. Default: the run's option. */
  readonly pictures?: boolean;
}

/** @throws OptionError for a language that no report is written in */
export function requireLang(lang: unknown): void {
  if (lang === undefined || langs.includes(lang as Lang)) return;
  throw new EngraftError("OptionError", `lang is ${JSON.stringify(lang)}`, {
    help: `use one of ${langs.join(", ")}`,
  });
}

/** Largest record that is read, in bytes. */
const largestRecord = 2 ** 28;

/** If nobody locks a record and it was changed within this time (ms), the run works on another machine. */
const lately = 15_000;

/**
 * Creates the folder for a page.
 * @throws FileError if a folder of the page's name exists, OptionError for a file that is no page of Engraft
 */
export async function pageAt({ files }: Platform, out: string): Promise<string> {
  const page = files.resolve(out);
  if ((await files.stat(page))?.kind === "folder")
    throw new EngraftError("FileError", `"${out}" is a folder, the page is a file`, {
      help: `give a file: --out ${out.replace(/[\\/]$/, "")}/report.html`,
    });
  await requireOwnOutput(files, out, "page", "--out");
  await files.ensureDir(files.dirname(page));
  return page;
}

/** @throws RunError if it does not exist, or is no run folder */
export async function openRun(platform: Platform, path: string): Promise<RunFolder> {
  if (typeof path !== "string")
    throw new EngraftError("OptionError", `run is ${JSON.stringify(path) ?? String(path)}`, {
      help: "give the path of a run folder (runs/…)",
    });
  const folder = platform.files.resolve(path);
  const there = await platform.files.stat(folder);
  if (there?.kind === "folder") return RunFolder.open(platform, folder);
  throw new EngraftError(
    "RunError",
    there ? `"${path}" is a file, a run is a folder` : `there is no run folder at "${path}"`,
    { help: "give the folder that the run printed (runs/…)" },
  );
}

export async function recordOf({ files }: Platform, folder: RunFolder): Promise<EventLines> {
  const { EventLines } = await import("./event-lines.js");
  const lines = new EventLines();
  const path = folder.file("events.jsonl");
  if (await files.stat(path)) lines.feed(await files.read(path, { limit: largestRecord }));
  return lines.end();
}

/** Returns the state of a run. */
export async function runNow(
  platform: Platform,
  folder: RunFolder,
  manifest: RunManifest,
  { events, broken }: EventLines,
): Promise<RunNow> {
  return {
    title: titleOf(manifest),
    status: await statusOf(platform, folder, manifest, async () => events),
    events,
    broken,
    run: folder.path,
    resume: `engraft ${commandOf(manifest)} --resume ${shellWord(folder.path)}`,
    command: String(manifest.command),
    started: String(manifest.started),
  };
}

/**
 * Returns whether a run is done, a process works on it, or it was stopped.
 * @param readEvents its record, which is read only if the lock does not tell
 */
export async function statusOf(
  { files }: Platform,
  folder: RunFolder,
  manifest: RunManifest,
  readEvents: () => Promise<readonly EngraftEvent[]>,
): Promise<RunNow["status"]> {
  if (manifest.status === "done") return "done";
  const lock = await files.lockState?.(folder.path);
  if (lock !== undefined) return lock === "held" ? "running" : "stopped";
  // A run on another machine, with a shared or synchronised folder, has its lock there.
  if ((await readEvents()).at(-1)?.event === "error") return "stopped";
  const modified = (await files.stat(folder.file("events.jsonl")))?.modified ?? 0;
  return Date.now() - modified < lately ? "running" : "stopped";
}

/** Returns the error for a result that cannot be shown. Its file may come from anywhere. */
export const damagedResult = ({ files }: Platform, run: string, cause: unknown): EngraftError =>
  new EngraftError("RunError", `the run's result is damaged: ${messageOf(cause)}`, {
    at: files.join(run, "run.json"),
    help: "resume the run from a copy that is whole, or train again",
    cause,
  });

export function titleOf({ data }: RunManifest): string {
  return (data.split(/[\\/]/).filter(Boolean).at(-1) ?? "run").replace(/\.jsonl$/, "");
}

/** Record of a run whose page is written. */
export interface ShownRun {
  readonly manifest: RunManifest;
  readonly events: readonly EngraftEvent[];
  /** False: the page shows no sample. */
  readonly samples: boolean;
}
