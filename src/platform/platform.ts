/**
 * What data, bases and train need from the machine they run on. Node has {@link nodePlatform}; a browser
 * brings its own. Every failure is an EngraftError of kind FileError, DataError or RunError.
 */
export interface Platform {
  readonly files: Files;
  readonly pictures: Pictures;
  /** sha256 of bytes, or of a text in UTF-8, as 64 hex digits. */
  sha256(content: Uint8Array | string): Promise<string>;
  /** Where derived data may be kept between runs: an absolute path, created on first write. */
  cacheDir(): string;
  /** Threads worth of work that run at once, at least 1. */
  cores(): number;
  /** An environment variable; undefined when it is missing or empty. */
  env(name: string): string | undefined;
  /** The package's own `assets/`: bundled bases and demo data. */
  assetsDir(): string;
  /** Largest resident memory of this process so far, in MB (10^6 bytes). */
  peakMemoryMb(): number;
  /** Resident memory of this process now, in MB. */
  memoryMb(): number;
  /** Memory that this process may use: the machine's, or the limit it was given (a container), in bytes. */
  memoryBytes(): number;
  /**
   * Give unused memory back now, where that is possible. The collector of a JavaScript engine does not know that native
   * code beside it is about to need much: after looking through 20,000 files it would keep 60 MB for nothing.
   * `compact` also gives back pages that are nearly empty, but needs some memory for it: not near the peak.
   */
  releaseMemory(options?: { readonly compact?: boolean }): void;
  /**
   * Do a piece of work in a process of its own, whose memory is given back when it ends, and whose crash is its own.
   * Its peak counts in {@link peakMemoryMb}. Missing where there are no processes.
   * @throws what the work throws; RunError when the process ends without a word
   */
  apart?(work: ApartWork): Promise<unknown>;
  /** Processor, cores and system, for manifests: results are bit-equal on the same machine type only. */
  machine(): string;
  /** Versions of what computes: Node, the decoder's package is named by `pictures.version()`. */
  versions(): Readonly<Record<string, string>>;
}

/** Work for {@link Platform.apart}: what crosses is copied, so it holds no functions. */
export interface ApartWork {
  /** Exports the function by default; its path in the package, as in "api/train-apart.js". */
  readonly module: string;
  readonly input: unknown;
  readonly onMessage?: (message: unknown) => void;
  readonly signal?: AbortSignal;
  /** For messages: "the training". */
  readonly what: string;
  /** Its objects are many, small and short-lived: it may be a little slower for taking less memory. */
  readonly small?: boolean;
}

/** One entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

export interface FileState {
  /** Links are followed. */
  readonly kind: "file" | "folder" | "other";
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, with fractions where the file system has them. */
  readonly modified: number;
  /** When content or metadata last changed; unlike `modified` it cannot be set by hand. */
  readonly changed: number;
}

/** Files by absolute path. */
export interface Files {
  readonly join: (...parts: string[]) => string;
  readonly resolve: (...parts: string[]) => string;
  readonly dirname: (path: string) => string;
  /** From `from` to `to`, with "/" between the parts; begins with ".." when `to` lies outside. */
  readonly relative: (from: string, to: string) => string;
  readonly isAbsolute: (path: string) => boolean;
  /** undefined when nothing is there (also: a link to nothing). */
  stat(path: string): Promise<FileState | undefined>;
  /** The path with every link resolved. */
  realPath(path: string): Promise<string>;
  list(folder: string): Promise<FolderEntry[]>;
  /** The whole file; refuses one of more than `limit` bytes (default 2 GiB) before reading it. */
  read(path: string, options?: { readonly limit?: number }): Promise<Uint8Array>;
  ensureDir(path: string): Promise<void>;
  /** Both on one disk; a folder may only replace an empty one. */
  rename(from: string, to: string): Promise<void>;
  /** Add to the end of a file, which is made when it is missing. */
  append(path: string, content: Uint8Array): Promise<void>;
  /** Pieces are written one after the other, so that a large file need not be in memory. */
  writeAtomic(path: string, content: Uint8Array | string | Iterable<string>): Promise<void>;
  sha256(path: string, signal?: AbortSignal): Promise<string>;
  remove(path: string): Promise<void>;
  withLock<T>(path: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;
  /** Who works under a lock: "held" by a process that lives, or "left" behind; undefined when there is none, or nobody knows. */
  lockState?(path: string): Promise<"held" | "left" | undefined>;
  /** true where what is written is gone with the process: a browser without storage. Default: it stays. */
  isVolatile?(path: string): boolean;
  /** A nameless file in a folder; undefined when it cannot be made. Missing where nothing is read in place. */
  scratch?(folder: string): Scratch | undefined;
}

/** A file for numbers that are too many for memory, gone when it is closed and with the process. */
export interface Scratch {
  /** @throws FileError when the disk is full */
  write(at: number, bytes: Uint8Array): void;
  read(at: number, into: Uint8Array): void;
  close(): void;
}

export interface LockOptions {
  /** How long to wait for another holder, in milliseconds (default 0: give up at once). */
  readonly wait?: number;
  /** What the lock protects, for the message ("the run folder runs/x"). */
  readonly what?: string;
  /** Told once when the lock is taken and waiting begins. */
  readonly onWait?: () => void;
}

/** What a picture says about itself before it is decoded. */
export interface PictureHeader {
  readonly format: string;
  /** After EXIF rotation. */
  readonly height: number;
  readonly width: number;
  /** More than 1: animated, or several pages; the first is used. */
  readonly frames: number;
}

/** uint8[height, width, 3], RGB. */
export interface PictureData {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/**
 * The most pixels a picture may have: 100 MP is beyond every camera of common use and needs 300 MB.
 * Read from the header, before anything is decoded.
 */
export const picturePixelLimit = 100_000_000;

/** A picture decoder; what it throws is turned into a DataError by `data/decode.ts`. */
export interface Pictures {
  /** Names the decoder and its version: part of the key of everything derived from its pixels. */
  version(): Promise<string>;
  header(bytes: Uint8Array): Promise<PictureHeader>;
  /** First frame, EXIF rotation applied, alpha over white, sRGB, Lanczos resize of the whole picture. */
  decode(
    bytes: Uint8Array,
    size: { readonly height: number; readonly width: number },
    header?: PictureHeader,
  ): Promise<PictureData>;
  /** The same picture, small and approximate: as fast as the format allows. */
  thumbnail(bytes: Uint8Array, side: number, header?: PictureHeader): Promise<PictureData>;
}
