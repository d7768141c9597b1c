/** Files of a tarball and their contents, by path. */
export function readTarball(path: string): Map<string, Uint8Array>;
/** @throws Error that names every file that is missing */
export function requireContents(
  files: ReadonlyMap<string, Uint8Array>,
  manifest: { readonly exports: object },
): void;
/** Runs npm without a shell on any system. @returns what it prints */
export function npm(args: readonly string[], options?: { readonly cwd?: string }): string;
