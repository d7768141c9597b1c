import { messageOf } from "../core/errors.js";
import type { OnEvent } from "../core/events.js";
import type { Machine } from "./machine.js";

/**
 * Write a report where the machine has any; that it could not be written is told, and stops nothing.
 * @param render loads what it needs: a page without reports has none of it
 */
export async function keepReport(
  { platform, report }: Machine,
  file: string,
  render: () => Promise<string>,
  onEvent: OnEvent | undefined,
): Promise<void> {
  if (!report) return;
  try {
    await platform.files.writeAtomic(file, await render());
  } catch (error) {
    const message = `the report could not be written: ${messageOf(error)}`;
    onEvent?.({ event: "warning", code: "report", message });
  }
}
