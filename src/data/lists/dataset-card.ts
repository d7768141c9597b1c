import type { Files } from "../../platform/platform.js";
import type { ColumnNames, NamesByColumn } from "./columns.js";
import { decodeTexts } from "./list-bytes.js";

/** A card is at most so large, bytes. */
const largestCard = 2 ** 22;

type Fields = Readonly<Record<string, unknown>>;
export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Returns the front matter of a dataset card. A card that cannot be read has none.
 * @param word the front matter is read only if it holds this
 */
export async function cardFields(files: Files, path: string, word: string): Promise<Fields> {
  const text = await decodeTexts(await files.read(path, { limit: largestCard }), path).catch(() => "");
  const front = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1];
  if (!front?.includes(word)) return {};
  try {
    const card: unknown = (await import("yaml")).parse(front);
    return isFields(card) ? card : {};
  } catch {
    return {};
  }
}

/**
 * Names of classes by column, from the front matter of a dataset card (`dataset_info.features`). A card that cannot be read
 * gives none.
 * @param config of several configurations: the one that is called so, else "default", else the only one
 */
export async function namesOnCard(files: Files, path: string, config: string): Promise<NamesByColumn> {
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

/** The names of a feature, or of what it is a list of. */
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
