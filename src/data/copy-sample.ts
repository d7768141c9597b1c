import type { Sample } from "./dataset.js";

/** Returns a copy of a sample with other fields. The copy of a text inherits the getters that read the text from its store. */
export function copySample<S extends Sample, Fields extends object>(item: S, fields: Fields): S & Fields {
  if (Object.getPrototypeOf(item) === Object.prototype) return { ...item, ...fields };
  const own = Object.entries(fields).map(([name, value]) => [
    name,
    { value, enumerable: true, writable: true },
  ]);
  return Object.create(item, Object.fromEntries(own)) as S & Fields;
}
