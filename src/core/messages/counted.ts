/** Returns a whole number with its thousands separated: "2,000". Not toLocaleString, whose tables take long to load. */
export const thousands = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

/** Returns "1 picture", "2,000 pictures". */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${thousands(n)} ${n === 1 ? one : many}`;

/** Some names, and how many more there are. */
export interface Names {
  readonly names: readonly string[];
  readonly more: number;
}

/** Returns the first names of a list. */
export const firstOf = (names: readonly string[], most = 3): Names => ({
  names: names.slice(0, most),
  more: Math.max(0, names.length - most),
});

/** Returns `"a", "b", "c" and 2 more`. */
export const listed = ({ names, more }: Names): string =>
  `${names.map((name) => JSON.stringify(name)).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
