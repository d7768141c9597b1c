/**
 * The interface to the machine. Node has {@link nodePlatform}; a browser has its own. Every failure is an EngraftError
 * of kind FileError, DataError or RunError.
 */
export interface Platform {
  readonly files: Files;
  readonly pictures: Pictures;
  readonly sounds: Sounds;
  /** Returns the sha256 of bytes, of a text in UTF-8, or of lines with line ends between them, as 64 hex digits. */
  sha256(content: Uint8Array | string | readonly string[]): Promise<string>;
  /** Folder for derived data that is kept between runs: an absolute path, created on first write. */
  cacheDir(): string;
  /** Number of parallel threads, at least 1. */
  cores(): number;
  /** Returns an environment variable; undefined if missing or empty. */
  env(name: string): string | undefined;
  /** The package's `assets/` folder: bundled bases and demo data. */
  assetsDir(): string;
  /** Peak resident memory of this process in MB (10^6 bytes). */
  peakMemoryMb(): number;
  /** Current resident memory of this process in MB. */
  memoryMb(): number;
  /** Memory that this process may use, in bytes: the machine's, or the limit of its container. */
  memoryBytes(): number;
  /**
   * Frees unused memory now, if possible. A JavaScript engine's collector does not know that native code is about to
   * need memory: after opening 20,000 files it would keep 60 MB. `compact` also frees nearly empty pages, but needs
   * some memory itself, so do not use it near the peak.
   */
  releaseMemory(options?: { readonly compact?: boolean }): void;
  /**
   * Runs work in a child process. Its memory is freed when it ends, and a crash does not affect the parent. Its peak
   * counts in {@link peakMemoryMb}. Missing if there are no processes.
   * @throws what the work throws; RunError if the process ends without a message
   */
  runInChildProcess?(work: ChildProcessWork): Promise<unknown>;
  /** Name of the machine, for messages. */
  host(): string;
  /** Processor, cores and system, for manifests: results are bit-equal only on the same type of machine. */
  machine(): string;
  /** Versions of Node and the libraries that compute; `pictures.version()` names the decoder. */
  versions(): Readonly<Record<string, string>>;
}

/** Work for {@link Platform.runInChildProcess}. Its data is copied to the child process, so it holds no functions. */
export interface ChildProcessWork {
  /** Module with a function as default export; its path in the package, such as "api/train-child.js". */
  readonly module: string;
  readonly input: unknown;
  readonly onMessage?: (message: unknown) => void;
  readonly signal?: AbortSignal;
  /** For messages: "the training". */
  readonly what: string;
  /** Longest time without an answer (ms), after which its process is ended. Default: any. */
  readonly silence?: number | undefined;
  /** True if it creates many small short-lived objects: it may run a little slower to use less memory. */
  readonly small?: boolean;
}

/** An entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

export interface FileState {
  /** Links are followed. */
  readonly kind: "file" | "folder" | "other";
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970, with fractions if the file system has them. */
  readonly modified: number;
  /** Time of the last change of content or metadata; unlike `modified` it cannot be set by hand. */
  readonly changed: number;
}

/** File operations on absolute paths. */
export interface Files {
  readonly join: (...parts: string[]) => string;
  readonly resolve: (...parts: string[]) => string;
  readonly dirname: (path: string) => string;
  /** Relative path from `from` to `to`, with "/"; begins with ".." if `to` is outside. */
  readonly relative: (from: string, to: string) => string;
  readonly isAbsolute: (path: string) => boolean;
  /** undefined if nothing exists there (also for a broken link). */
  stat(path: string): Promise<FileState | undefined>;
  /** Returns the path with all links resolved. */
  realPath(path: string): Promise<string>;
  list(folder: string): Promise<FolderEntry[]>;
  /** Reads a whole file; refuses more than `limit` bytes (default 2 GiB) before reading. */
  read(path: string, options?: { readonly limit?: number }): Promise<Uint8Array>;
  ensureDir(path: string): Promise<void>;
  /** Both on one disk; a folder may only replace an empty one. */
  rename(from: string, to: string): Promise<void>;
  /** Appends to a file, which is created if missing. */
  append(path: string, content: Uint8Array): Promise<void>;
  /** Pieces are written in order, so that a large file need not be in memory. */
  writeAtomic(path: string, content: Uint8Array | string | Iterable<string>): Promise<void>;
  sha256(path: string, signal?: AbortSignal): Promise<string>;
  remove(path: string): Promise<void>;
  withLock<T>(path: string, work: () => Promise<T>, options?: LockOptions): Promise<T>;
  /**
   * State of a lock: "held" by a live process, or "left" by a dead one; undefined if there is none or it is unknown.
   */
  lockState?(path: string): Promise<"held" | "left" | undefined>;
  /** Process that holds a lock; undefined if there is none, or it is on another machine. Missing if not supported. */
  lockHolder?(path: string): Promise<number | undefined>;
  /** True if written files disappear with the process: a browser without storage. Default false. */
  isVolatile?(path: string): boolean;
  /** Opens a nameless file in a folder; undefined if it cannot be created. Missing if not supported. */
  scratch?(folder: string): Scratch | undefined;
}

/** A scratch file for numbers that do not fit into memory. It disappears when closed and with the process. */
export interface Scratch {
  /** @throws FileError if the disk is full */
  write(at: number, bytes: Uint8Array): void;
  read(at: number, into: Uint8Array): void;
  close(): void;
}

export interface LockOptions {
  /** Milliseconds to wait for another holder (default 0: give up at once). */
  readonly wait?: number;
  /** Name of what the lock protects, for the message ("the run folder runs/x"). */
  readonly what?: string;
  /** Called once when the lock is taken and waiting begins. */
  readonly onWait?: () => void;
}

/** Metadata of an image, read before it is decoded. */
export interface PictureHeader {
  readonly format: string;
  /** After EXIF rotation. */
  readonly height: number;
  readonly width: number;
  /** More than 1: animated, or several pages; the first is used. */
  readonly frames: number;
  /** EXIF orientation, 1 … 8: how the stored image is rotated and mirrored. Missing: 1, upright. */
  readonly orientation?: number;
  /** EXIF time at which it was taken, in the time of its place: milliseconds since 1970. */
  readonly taken?: number;
}

/** uint8[height, width, 3], RGB. */
export interface PictureData {
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** A drawing over an image, with the size of the result in pixels. */
export interface PictureOverlay {
  readonly svg: string;
  readonly height: number;
  readonly width: number;
}

/** An image decoder. `data/decode.ts` turns what it throws into a DataError. */
export interface Pictures {
  /** Name and version of the decoder: part of the key of everything derived from its pixels. */
  version(): Promise<string>;
  header(bytes: Uint8Array): Promise<PictureHeader>;
  /** Decodes the first frame: EXIF rotation, alpha over white, sRGB, and Lanczos resize of the whole image. */
  decode(
    bytes: Uint8Array,
    size: { readonly height: number; readonly width: number },
    header?: PictureHeader,
  ): Promise<PictureData>;
  /**
   * Draws an SVG over the whole image, and encodes it. EXIF rotation is applied. Missing in a browser, where a page lays the SVG over the
   * image.
   */
  overlay?(bytes: Uint8Array, overlay: PictureOverlay, format: "jpeg" | "png"): Promise<Uint8Array>;
  /** Decodes the image small and approximately, as fast as the format allows. */
  thumbnail(bytes: Uint8Array, side: number, header?: PictureHeader): Promise<PictureData>;
}

/** Compressed formats of sounds. */
export type SoundCodec = "flac" | "mp3" | "vorbis" | "opus";

/** Decoded channels, float32[n] each, and their samples per second. */
export interface SoundData {
  readonly rate: number;
  readonly channels: readonly Float32Array[];
}

export interface SoundLimits {
  /** Most samples over all channels. Decoding stops above it. */
  readonly samples: number;
  /** Longest time for one file, in milliseconds. */
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

/** A decoder of compressed sounds. `data/sounds/decode-sound.ts` turns what it throws into a DataError. */
export interface Sounds {
  /** Decodes a file. Damaged files may give fewer samples than their headers state, and no channels at all. */
  decode(bytes: Uint8Array, codec: SoundCodec, limits: SoundLimits): Promise<SoundData>;
}
