import { isCustomTask, taskAliases, tasks } from "../../core/results/task.js";

/** Type of a field of a JSON object; "?" for a field that may be missing. */
export type FieldType = "string" | "string?" | "number?" | "object?";

/** Returns the first field that is missing or of another type, in words; undefined if there is none. */
export function wrongField<Name extends string>(
  value: Readonly<Partial<Record<Name, unknown>>>,
  types: Readonly<Record<Name, FieldType>>,
): string | undefined {
  for (const name of Object.keys(types) as Name[]) {
    const [field, type] = [value[name], types[name]];
    if (field === undefined && type.endsWith("?")) continue;
    if (field === undefined) return `it has no ${name}`;
    if (field === null || typeof field !== type.replace("?", ""))
      return `its ${name} is ${JSON.stringify(field).slice(0, 60)}`;
  }
  return undefined;
}

/** Returns the task of a manifest that only a newer version knows. */
export function unknownTask(
  manifest: { readonly task?: unknown; readonly options?: { readonly task?: unknown } } | undefined | null,
): string | undefined {
  const { task, options } = manifest ?? {};
  for (const [name, known] of [
    [task, ["adapt", "pretrain"]],
    [options?.task, ["auto", ...tasks, ...Object.keys(taskAliases)]],
  ] as const)
    if (typeof name === "string" && !(known as readonly string[]).includes(name) && !isCustomTask(name))
      return name;
  return undefined;
}
