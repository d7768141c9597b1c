import type { Scratch } from "../platform/platform.js";

/** Where bytes are put that are too many for memory; undefined where that is not possible. */
export type OpenScratch = () => Scratch | undefined;

/** Bytes that are kept in memory; of more all but the last ones are kept in a file. */
const mostBytes = 4e6;
/** Bytes that are written to it at once. */
const together = 2 ** 16;

/** Bytes side by side, beyond 4 MB in a file without a name. A disk that is full takes them back into memory. */
export class ByteStore {
  /** What is not in the file, and how much of it is used. */
  #bytes = new Uint8Array(together);
  #used = 0;
  #file: Scratch | undefined;
  /** Bytes in the file. */
  #written = 0;

  /** @param scratch asked for once they are many */
  constructor(private readonly scratch?: OpenScratch) {}

  /** Bytes in all. */
  get length(): number {
    return this.#written + this.#used;
  }

  /** @returns where they begin */
  append(bytes: Uint8Array): number {
    if (this.#used + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    const at = this.length;
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
    return at;
  }

  /** Fill `into` with what was appended at once, or a part of it. */
  read(at: number, into: Uint8Array): void {
    if (at < this.#written) this.#file!.read(at, into);
    else into.set(this.#bytes.subarray(at - this.#written, at - this.#written + into.length));
  }

  #makeRoom(bytes: number): void {
    if (this.#file === undefined && this.#used > mostBytes) this.#file = this.scratch?.();
    if (this.#file && this.#toFile(this.#file)) {
      if (this.#bytes.length < bytes || this.#bytes.length > together)
        this.#bytes = new Uint8Array(Math.max(together, bytes));
      return;
    }
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#used + bytes));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }

  /** @returns false when the disk is full: everything is in memory then */
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
