/** What a path points at. */
export interface FileInfo {
  readonly kind: "file" | "folder";
  readonly size: number;
  readonly modified: number;
}

/**
 * Files as the layers above see them; the browser has its own (or none). Every method that fails throws a
 * FileError that names the path and the reason; a missing file is `undefined` from {@link Files.info}.
 */
export interface Files {
  join(...parts: readonly string[]): string;
  dirname(path: string): string;
  basename(path: string): string;
  /** Absolute form of a path. */
  resolve(path: string): string;
  info(path: string): Promise<FileInfo | undefined>;
  /** The whole file. `limit`: refuse larger ones (bytes). @throws FileError */
  read(path: string, limit?: number): Promise<Uint8Array>;
  readText(path: string, limit?: number): Promise<string>;
  /** Names in a folder, sorted by code point. */
  list(folder: string): Promise<string[]>;
  /** Written under a temporary name, synced, renamed: never a half file under the final name. */
  write(path: string, data: Uint8Array | string): Promise<void>;
  /** Append to a file, making it when it is missing. */
  append(path: string, data: Uint8Array): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Both on one disk; an empty or missing target only. */
  rename(from: string, to: string): Promise<void>;
  /** File or folder with all it holds; a missing one is fine. */
  remove(path: string): Promise<void>;
  /** sha256 of a file's bytes, hex, read in pieces. */
  sha256(path: string): Promise<string>;
  sha256Of(bytes: Uint8Array): string;
  /** Wait for the lock of a path (made if missing); returns the release. */
  lock(path: string): Promise<() => Promise<void>>;
  /** An environment variable, undefined when empty. */
  env(name: string): string | undefined;
  /** Where downloads and features are kept: ENGRAFT_CACHE, else the user's cache folder. */
  cacheFolder(): Promise<string>;
  /** The package's own `assets/`. */
  assetsFolder(): string;
}
