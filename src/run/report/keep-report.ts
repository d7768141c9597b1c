import { messageOf } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { foldersIn, hideFolders } from "../../core/hide-folders.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Machine } from "../machine.js";

/** The folder of a run, a comparison, a learning curve or a diagnosis. */
interface Reported {
  readonly path: string;
  file(name: string): string;
  /** The requested options, with the user's paths. */
  readonly manifest: object;
}

/**
 * Writes report.html into a run folder, on machines that write reports. If it cannot be written, a warning is emitted
 * and the run continues.
 * @param render loads what it needs: a page without reports loads none of it
 */
export async function keepReport(
  machine: Machine,
  folder: Reported,
  render: () => Promise<string>,
  onEvent: OnProgress | undefined,
): Promise<void> {
  const { platform, report } = machine;
  if (!report) return;
  try {
    const page = hideUserFolders(machine, await render(), [folder.path, folder.manifest]);
    await platform.files.writeAtomic(folder.file("report.html"), page);
  } catch (error) {
    const failed = message("report-not-written", { why: messageOf(error) });
    onEvent?.({ event: "warning", ...warningText("report", failed) });
  }
}

/**
 * Removes the folders of this machine from a page, because a report is passed on to others.
 * @param record contains the user's paths
 */
export function hideUserFolders(
  { platform: { files, cacheDir } }: Pick<Machine, "platform">,
  page: string,
  record: unknown,
): string {
  return hideFolders(page, [...foldersIn([withoutResult(record), cacheDir()]), files.resolve(".")]);
}

/** A result holds the user's data; paths in it are those of the surrounding record. */
function withoutResult(record: unknown): unknown {
  if (Array.isArray(record)) return record.map(withoutResult);
  if (typeof record !== "object" || record === null) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== "result"));
}
