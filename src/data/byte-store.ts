import type { Scratch } from "../platform/platform.js";

/** Opens a temporary file for data that exceed the memory limit; undefined if that is impossible. */
export type OpenScratch = () => Scratch | undefined;

/** Largest number of bytes in memory. */
const maxBytes = 4e6;
/** Size of a write, in bytes. */
const writeSize = 2 ** 16;

/** A store of bytes: in memory up to 4 MB, beyond in an unnamed file. If the disk is full, all bytes move back into memory. */
export class ByteStore {
  /** Bytes that are not in the file. */
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

  /** Appends bytes and returns their offset. */
  append(bytes: Uint8Array): number {
    if (this.#used + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    const at = this.length;
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
    return at;
  }

  /** Fills `into` with bytes from `at` on, all of them from one call of {@link append}. */
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

  /** Moves bytes to the file. @returns false if the disk is full; all bytes are in memory then */
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
