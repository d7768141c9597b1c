import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Returns the rows of a folder's metadata.csv as objects. Its fields hold no commas. */
export function metadataRows(folder) {
  const text = readFileSync(join(folder, "metadata.csv"), "utf8");
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i], value])));
}
