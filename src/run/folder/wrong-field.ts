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
