import { stopIf } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { pause } from "../../core/pause.js";
import type { Lang } from "../../report/words/langs.js";
import { RunFolder } from "../../run/folder/run-folder.js";
import { openMachine } from "../../run/machine.js";
import { openRun, type RunReport, requireLang, runNow } from "../../run/report/run-report.js";
import { reportOn } from "./write-report.js";

export interface FollowOptions {
  /** Port on 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** Language of the page. Default "en". */
  readonly lang?: Lang;
  /** Receives the page's address in the event "serving". */
  readonly onEvent?: OnEvent;
  /** Ends the serving, not the run. */
  readonly signal?: AbortSignal;
}

/** Pause between two reads of the run, and how long a requesting page may take to fetch the last state (ms). */
const [between, lastCall] = [500, 4000] as const;

/**
 * Serves a page, on this machine only, that shows a run until it has ended. Then writes its report if the run has not
 * done so. The run is only read: it may belong to another process, or be a copy.
 * @throws RunError if the folder holds no run; OptionError if the port is taken
 * @example await followRun("runs/2026-01-31-flowers", { onEvent: (e) => e.event === "serving" && console.log(e.url) });
 */
export async function followRun(run: string, options: FollowOptions = {}): Promise<RunReport> {
  const { signal, lang } = options;
  requireLang(lang);
  const machine = await openMachine();
  const { platform } = machine;
  stopIf(signal);
  const folder = await openRun(platform, run);
  const { EventLines } = await import("../../report/live/event-lines.js");
  const { liveState } = await import("../../report/live/live-state.js");
  const { growthOf, servePage } = await import("../../run/report/follow-node.js");
  const lines = new EventLines();
  const growth = growthOf(folder.file("events.jsonl"));
  const readChanges = async () => {
    const grew = await growth.read((bytes) => lines.feed(bytes));
    const { manifest } = await RunFolder.open(platform, folder.path);
    return { grew, now: await runNow(platform, folder, manifest, lines) };
  };
  let { now } = await readChanges();
  if (now.status === "running") {
    const { renderLivePage, liveScripts } = await import("../../report/live/live-page.js");
    const assets = await machine.reportAssets();
    if (!assets) throw new Error("no charts on this machine");
    const page = await servePage(renderLivePage(assets, lang), liveScripts(assets, lang), options.port);
    try {
      page.show(liveState(now, lang), false);
      options.onEvent?.({ event: "serving", url: page.url, run: folder.path });
      while (now.status === "running" && !signal?.aborted) {
        await pause(between, signal);
        const { grew, now: later } = await readChanges();
        if (grew || later.status !== now.status)
          page.show(liveState(later, lang), later.status !== "running");
        now = later;
      }
      if (now.status !== "running") await page.fetched(lastCall, signal);
    } finally {
      await page.close();
    }
  }
  const path = folder.file("report.html");
  const own = now.status === "done" && (await platform.files.stat(path));
  // The run's own report is in English.
  if (!own || (lang ?? "en") !== "en") return reportOn(machine, folder.path, { lang });
  lines.end();
  return {
    run: folder.path,
    report: path,
    status: now.status,
    events: lines.events.length,
    broken: lines.broken,
  };
}
