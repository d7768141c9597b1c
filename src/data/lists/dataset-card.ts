import { cardLimit, yamlDepthLimit } from "../../core/file-limits.js";
import type { Files } from "../../platform/platform.js";
import type { ColumnNames, NamesByColumn } from "./columns.js";
import { decodeTexts } from "./list-bytes.js";

type Fields = Readonly<Record<string, unknown>>;
/** Returns true for an object that is no list. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True for YAML that is nested too deep to be parsed in a reasonable time: in brackets, or by indentation. */
export function isDeepYaml(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + ("[{".includes(bracket) ? 1 : -1));
    if (depth > yamlDepthLimit) return true;
  }
  const open: number[] = [];
  for (const [, lead = "", begin] of text.matchAll(/^([ \t?:-]*)(\S?)/gm)) {
    // A dash begins a list, and what follows it on the line is nested in that list.
    const columns = [...lead.matchAll(/[?:-](?=[ \t]|$)/g)].map(({ index }) => index);
    if (begin) columns.push(lead.length);
    for (const column of columns) {
      while (open.length > 0 && open.at(-1)! >= column) open.pop();
      if (open.push(column) > yamlDepthLimit) return true;
    }
  }
  return false;
}

/**
 * Returns the front matter of a dataset card; an empty object for an unreadable card.
 * @param word text that the front matter must contain; otherwise it is not parsed
 */
export async function cardFields(files: Files, path: string, word: string): Promise<Fields> {
  const text = await decodeTexts(await files.read(path, { limit: cardLimit }), path).catch(() => "");
  const front = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
  if (!front?.includes(word) || isDeepYaml(front)) return {};
  try {
    const card: unknown = (await import("yaml")).parse(front);
    return isFields(card) ? card : {};
  } catch {
    return {};
  }
}

/**
 * Returns the class names by column from the front matter of a dataset card (`dataset_info.features`).
 * @param config name of the configuration; if missing, "default" or the only configuration is used
 */
export async function cardClassNames(files: Files, path: string, config: string): Promise<NamesByColumn> {
  const named = new Map<string, ColumnNames>();
  const { dataset_info: given } = await cardFields(files, path, "class_label");
  const all = (Array.isArray(given) ? given : [given]).filter(isFields);
  const called = (name: string) => all.find(({ config_name }) => config_name === name);
  const info = called(config) ?? called("default") ?? (all.length === 1 ? all[0] : undefined);
  for (const feature of Array.isArray(info?.features) ? info.features.filter(isFields) : []) {
    const names = classLabel(feature);
    if (typeof feature.name === "string" && names)
      named.set(feature.name, { names, from: "the dataset card README.md" });
  }
  return named;
}

/** Returns the class names of a feature or of its list elements. */
function classLabel(feature: Fields): readonly string[] | undefined {
  for (const key of ["class_label", "dtype", "sequence", "list"]) {
    const inner = feature[key];
    if (!isFields(inner)) continue;
    if (key !== "class_label") return classLabel(inner);
    const names = isFields(inner.names) || Array.isArray(inner.names) ? Object.entries(inner.names) : [];
    const ordered = names.sort(([a], [b]) => Number(a) - Number(b)).map(([, name]) => String(name));
    return ordered.length > 0 ? ordered : undefined;
  }
  return undefined;
}
