import type { Scratch } from "../platform/platform.js";

/** Opens a temporary file for bytes that are too many for memory; returns undefined if that is not possible. */
export type OpenScratch = () => Scratch | undefined;

/** Most bytes in memory; of more, all but the last are in a file. */
const maxBytes = 4e6;
/** Bytes per write. */
const writeSize = 2 ** 16;

/** Bytes in memory, beyond 4 MB in an unnamed file. If the disk is full, they are read back into memory. */
export class ByteStore {
  /** Bytes that are not in the file, with the number in use. */
  #bytes = new Uint8Array(writeSize);
  #used = 0;
  #file: Scratch | undefined;
  /** Bytes in the file. */
  #written = 0;

  /** @param scratch called if the bytes exceed the limit */
  constructor(private readonly scratch?: OpenScratch) {}

  /** Total number of bytes. */
  get length(): number {
    return this.#written + this.#used;
  }

  /** @returns the offset of the bytes */
  append(bytes: Uint8Array): number {
    if (this.#used + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    const at = this.length;
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
    return at;
  }

  /** Fills `into` with bytes that one call of {@link append} stored, or with a part of them. */
  read(at: number, into: Uint8Array): void {
    if (at < this.#written) this.#file!.read(at, into);
    else into.set(this.#bytes.subarray(at - this.#written, at - this.#written + into.length));
  }

  #makeRoom(bytes: number): void {
    if (this.#file === undefined && this.#used > maxBytes) this.#file = this.scratch?.();
    if (this.#file && this.#toFile(this.#file)) {
      if (this.#bytes.length < bytes || this.#bytes.length > writeSize)
        this.#bytes = new Uint8Array(Math.max(writeSize, bytes));
      return;
    }
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#used + bytes));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }

  /** @returns false if the disk is full: then everything is in memory */
  #toFile(file: Scratch): boolean {
    try {
      file.write(this.#written, this.#bytes.subarray(0, this.#used));
      this.#written += this.#used;
      this.#used = 0;
      return true;
    } catch {
      const all = new Uint8Array(this.length);
      file.read(0, all.subarray(0, this.#written));
      all.set(this.#bytes.subarray(0, this.#used), this.#written);
      file.close();
      [this.#bytes, this.#used, this.#written, this.#file] = [all, all.length, 0, undefined];
      return false;
    }
  }
}
