import { messageOf } from "../../core/errors.js";
import type { OnEvent } from "../../core/events/events.js";
import { foldersIn, hideFolders } from "../../core/hide-folders.js";
import type { Machine } from "../machine.js";

/** The folder of a run, a comparison, a learning curve or a diagnosis. */
interface Reported {
  readonly path: string;
  file(name: string): string;
  /** What was asked for, with the user's paths. */
  readonly manifest: object;
}

/**
 * Writes report.html into a run folder, on machines that write reports. If it cannot be written, a warning says so and
 * the run goes on.
 * @param render loads what it needs: a page without reports loads none of it
 */
export async function keepReport(
  machine: Machine,
  folder: Reported,
  render: () => Promise<string>,
  onEvent: OnEvent | undefined,
): Promise<void> {
  const { platform, report } = machine;
  if (!report) return;
  try {
    const page = hideUserFolders(machine, await render(), [folder.path, folder.manifest]);
    await platform.files.writeAtomic(folder.file("report.html"), page);
  } catch (error) {
    const message = `the report could not be written: ${messageOf(error)}`;
    onEvent?.({ event: "warning", code: "report", message });
  }
}

/**
 * Returns a page without the folders of this machine: a report is passed on to others.
 * @param record names the user's paths
 */
export function hideUserFolders(
  { platform: { files, cacheDir } }: Pick<Machine, "platform">,
  page: string,
  record: unknown,
): string {
  return hideFolders(page, [...foldersIn([withoutResult(record), cacheDir()]), files.resolve(".")]);
}

/** A result holds the user's data; the paths in it are those of the record around it. */
function withoutResult(record: unknown): unknown {
  if (Array.isArray(record)) return record.map(withoutResult);
  if (typeof record !== "object" || record === null) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== "result"));
}
