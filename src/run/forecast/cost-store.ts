import type { Platform } from "../../platform/platform.js";
import type { CostStore, CostTable } from "../../runtime/runtime.js";

/** Increase it when forms change and take other times. */
const format = 1;
/** Largest table that is read, in bytes. */
const limit = 2 ** 24;

/**
 * Times measured on this machine, in its cache folder: for this processor, these threads and this version of the
 * runtime. An unreadable or invalid file is measured again.
 */
export function costStore(platform: Platform, threads: number, version: string): CostStore {
  const { files } = platform;
  const path = async (): Promise<string> => {
    const of = JSON.stringify([platform.machine(), threads, version, format]);
    const name = `${(await platform.sha256(of)).slice(0, 32)}.json`;
    return files.join(platform.cacheDir(), "costs", name);
  };
  return {
    async load() {
      try {
        const text = new TextDecoder().decode(await files.read(await path(), { limit }));
        const table: unknown = JSON.parse(text);
        return isTable(table) ? table : {};
      } catch {
        // First time, or damaged, or no permission.
        return {};
      }
    },
    async save(table) {
      try {
        await files.writeAtomic(await path(), JSON.stringify(table, undefined, 1));
      } catch {
        // It is measured again next time.
      }
    },
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isTable(value: unknown): value is CostTable {
  const isTime = (ms: unknown) => typeof ms === "number" && ms > 0;
  return (
    isRecord(value) && Object.values(value).every((row) => isRecord(row) && Object.values(row).every(isTime))
  );
}
