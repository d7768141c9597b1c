/** Returns a hint for a list with a single column that contains another separator; undefined otherwise. */
export function otherSeparator(columns: readonly string[]): string | undefined {
  const [only] = columns;
  const found = columns.length === 1 && (["\t", ",", ";", "|"] as const).find((sign) => only!.includes(sign));
  if (!found) return undefined;
  const named = {
    "\t": "tabs: call it .tsv",
    ",": "commas: call it .csv",
    ";": "semicolons: call it .csv",
    "|": "bars",
  };
  return `its only column is ${JSON.stringify(only)}; values are separated by ${named[found]}${found === "|" ? ": separate them by commas or tabs" : ""} (line 1, column ${only!.indexOf(found) + 1})`;
}
