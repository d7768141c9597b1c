/**
 * The browser globals that are used, in a page or a worker. Node's types do not have them, and the DOM's types would
 * apply to every file of the library.
 */
export interface WebScope {
  readonly navigator?: {
    readonly userAgent?: string;
    readonly hardwareConcurrency?: number;
    /** GiB, rounded and at most 8 (in some browsers 32); missing if the browser does not report it. */
    readonly deviceMemory?: number;
    readonly storage?: { getDirectory?(): Promise<FolderHandle> };
    readonly locks?: WebLocks;
  };
  readonly crossOriginIsolated?: boolean;
  readonly crypto?: { readonly subtle?: { digest(name: string, data: Uint8Array): Promise<ArrayBuffer> } };
  createImageBitmap?(
    source: Blob,
    options?: Readonly<Record<string, string | number>>,
  ): Promise<DecodedBitmap>;
  readonly OffscreenCanvas?: new (width: number, height: number) => Canvas;
}

export interface DecodedBitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

export interface Canvas {
  getContext(kind: "2d", options: { readonly willReadFrequently: boolean }): CanvasContext | null;
  convertToBlob(options: { readonly type: string; readonly quality: number }): Promise<Blob>;
}

export interface CanvasContext {
  fillStyle: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  drawImage(image: DecodedBitmap, x: number, y: number, width: number, height: number): void;
  getImageData(
    x: number,
    y: number,
    width: number,
    height: number,
  ): { readonly data: Uint8ClampedArray<ArrayBuffer> };
}

/** The used part of the origin private file system. */
export interface FolderHandle {
  readonly kind: "directory";
  getDirectoryHandle(name: string, options?: { readonly create?: boolean }): Promise<FolderHandle>;
  getFileHandle(name: string, options?: { readonly create?: boolean }): Promise<FileHandle>;
  removeEntry(name: string, options?: { readonly recursive?: boolean }): Promise<void>;
  entries(): AsyncIterable<readonly [name: string, handle: FolderHandle | FileHandle]>;
}

export interface FileHandle {
  readonly kind: "file";
  getFile(): Promise<Blob & { readonly lastModified: number }>;
  /** Writes to a copy that replaces the file on close. */
  createWritable(options?: { readonly keepExistingData?: boolean }): Promise<{
    seek(position: number): Promise<void>;
    write(content: Uint8Array): Promise<void>;
    close(): Promise<void>;
    abort(): Promise<void>;
  }>;
}

/** @see https://www.w3.org/TR/web-locks/ */
export interface WebLocks {
  request<T>(
    name: string,
    options: { readonly ifAvailable?: boolean; readonly signal?: AbortSignal },
    work: (lock: object | null) => Promise<T>,
  ): Promise<T>;
}

/** Globals of the page or worker. */
export const webScope = (): WebScope => globalThis as unknown as WebScope;
