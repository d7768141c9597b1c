/** Bytes of the bundle, gzipped. */
export function bundleSize(): Promise<{
  /** What every page loads. */
  readonly always: number;
  /** What is loaded when it is needed. */
  readonly later: number;
  /** By the name of the file. */
  readonly files: Readonly<Record<string, number>>;
}>;
