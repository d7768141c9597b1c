/** Most bytes that every page loads, gzipped. */
export const limit: number;
/** Packages with code under the LGPL, by the name of the file that each is. */
export const replaceable: Readonly<Record<string, string>>;
/** Bytes of the bundle, gzipped. */
export function bundleSize(): Promise<{
  /** What every page loads. */
  readonly always: number;
  /** What is loaded when it is needed. */
  readonly later: number;
  /** By the name of the file. */
  readonly files: Readonly<Record<string, number>>;
  /** Files of which most comes from packages. */
  readonly libraries: readonly string[];
}>;
