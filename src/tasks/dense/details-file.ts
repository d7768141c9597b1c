import type { Platform } from "../../platform/platform.js";
import { readReportJson } from "../../run/folder/report-json.js";

const file = "details.json";

/** Six digits suffice for drawings, also for coordinates of large images. */
const short = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(6)) : value;

/** Stores what the report of a run shows besides its result. */
export async function keepDetails({ files }: Platform, run: string, details: object): Promise<void> {
  await files.writeAtomic(files.join(run, file), `${JSON.stringify(details, short)}\n`);
}

/** Reads it; undefined if there is none, or if it is damaged. */
export const detailsIn = <Details>(
  platform: Platform,
  run: string,
  isSound: (json: unknown) => json is Details,
): Promise<Details | undefined> => readReportJson(platform, platform.files.join(run, file), isSound);
