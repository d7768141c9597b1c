/** Returns what is wrong with a value of a file, as the end of a sentence; undefined if nothing is. @param at its name: "split.train" */
export type Shape = (value: unknown, at: string) => string | undefined;

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "list" : typeof value;

/** Returns a value in a few words. It may be large. */
const inWords = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? `${Array.isArray(value) ? "a list" : "an object"}`
    : JSON.stringify(value).slice(0, 60);

const wrong = (value: unknown, at: string): string =>
  value === undefined ? `it has no ${at}` : `its ${at} is ${inWords(value)}`;

export const is =
  (...types: readonly ("string" | "number" | "boolean" | "object" | "list" | "null")[]): Shape =>
  (value, at) =>
    (types as readonly string[]).includes(typeOf(value)) ? undefined : wrong(value, at);

export const whole: Shape = (value, at) => (Number.isInteger(value) ? undefined : wrong(value, at));

export const oneOf =
  (...words: readonly string[]): Shape =>
  (value, at) =>
    words.includes(value as string) ? undefined : wrong(value, at);

export const maybe =
  (shape: Shape): Shape =>
  (value, at) =>
    value === undefined ? undefined : shape(value, at);

/** A list of values of a shape, of at least `least`. */
export const list =
  (shape: Shape, least = 0): Shape =>
  (value, at) =>
    Array.isArray(value) && value.length >= least
      ? firstOf(value.entries(), (i, one) => shape(one, `${at}[${i}]`))
      : wrong(value, at);

/** An object whose values have one shape. */
export const each =
  (shape: Shape): Shape =>
  (value, at) =>
    typeOf(value) === "object"
      ? firstOf(Object.entries(value as object), (name, one) => shape(one, `${at}.${name}`))
      : wrong(value, at);

/** An object with these fields. It may have others. */
export const fields =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value, at) =>
    typeOf(value) === "object"
      ? firstOf(Object.entries(shapes), (name, shape) =>
          shape((value as Readonly<Record<string, unknown>>)[name], at === "" ? name : `${at}.${name}`),
        )
      : wrong(value, at);

function firstOf<Key, Value>(
  entries: Iterable<readonly [Key, Value]>,
  check: (key: Key, value: Value) => string | undefined,
): string | undefined {
  for (const [key, value] of entries) {
    const found = check(key, value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the first wrong field of a file, as a sentence: "its started is 5"; undefined if there is none. */
export const wrongIn = (value: unknown, shape: Shape): string | undefined => shape(value, "");

/** True if a value is nested deeper than this: writing it as JSON would end the program. */
export const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)));
