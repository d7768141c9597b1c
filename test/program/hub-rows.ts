// Rows of the catalogue on the hub, with their recorded repositories.
import { parseHubRef } from "../../src/bases/hub/hub-ref.js";
import { type BaseRow, catalog } from "../../src/bases/index.js";
import { recordings } from "./hub-recordings/index.js";

export const rows = catalog.filter(({ kind }) => kind === "hub");
export const rowNamed = (name: string): BaseRow => rows.find((row) => row.name === name)!;
export const named = rows.map((row) => [row.name, row, recordings[row.name]!] as const);

/** "46.8 MB" -> 46.8; the hub counts in powers of ten. */
export function megabytes(size: string | null): number {
  if (size === null) return 0;
  const [number, unit] = size.split(" ") as [string, "Bytes" | "kB" | "MB" | "GB"];
  return Number(number) * { Bytes: 1e-6, kB: 1e-3, MB: 1, GB: 1e3 }[unit];
}

/** Path of the ONNX file of a row. */
export const onnxOf = ({ ref }: BaseRow): string => parseHubRef(ref)!.file!;
