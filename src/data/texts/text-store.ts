import { ByteStore, type OpenScratch } from "../byte-store.js";

/** What is kept of a text. */
export interface Stored {
  /** The file of a folder that it is from; default the list. */
  readonly file?: string;
  /** Its line there; missing for a file that is one text. */
  readonly line?: number;
  readonly text: string;
  /** The second text of a pair. */
  readonly pair?: string;
  /** hex */
  readonly sha256: string;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const digits = "0123456789abcdef";
const codes = new Array<number>(64).fill(0);

/**
 * Many texts, each found by its place. Their letters stand side by side as UTF-8, and where they are many in a file: 70 bytes a
 * text are in memory, where an object with its strings would take 350.
 */
export class TextStore {
  readonly #letters: ByteStore;
  readonly #files: string[] = [];
  readonly #fileNumbers = new Map<string, number>();
  #count = 0;
  /** 5 numbers a text: where it begins, bytes of it, of its pair (+ 1; 0: none), its line (0: none), its file. */
  #numbers = new Float64Array(5 * 256);
  #hashes = new Uint8Array(32 * 256);

  /** @param list how messages call it @param scratch asked for once they are many */
  constructor(
    readonly list: string,
    scratch?: OpenScratch,
  ) {
    this.#letters = new ByteStore(scratch);
  }

  /** @returns its place */
  add({ file, line, text, pair, sha256 }: Stored): number {
    const place = this.#count++;
    if (place * 32 >= this.#hashes.length) {
      const [hashes, numbers] = [this.#hashes, this.#numbers];
      this.#hashes = new Uint8Array(2 * hashes.length);
      this.#hashes.set(hashes);
      this.#numbers = new Float64Array(2 * numbers.length);
      this.#numbers.set(numbers);
    }
    for (let i = 0; i < 32; i++)
      this.#hashes[32 * place + i] = Number.parseInt(sha256.slice(2 * i, 2 * i + 2), 16);
    const name = file ?? this.list;
    let number = this.#fileNumbers.get(name);
    if (number === undefined) {
      number = this.#files.push(name) - 1;
      this.#fileNumbers.set(name, number);
    }
    const first = encoder.encode(text);
    const second = pair === undefined ? undefined : encoder.encode(pair);
    const at = this.#letters.append(first);
    if (second) this.#letters.append(second);
    this.#numbers.set([at, first.length, second ? second.length + 1 : 0, line ?? 0, number], 5 * place);
    return place;
  }

  /** `reviews.csv, line 12`, or the file that is the text. */
  idOf(place: number): string {
    const [line, file] = [this.#numbers[5 * place + 3]!, this.#numbers[5 * place + 4]!];
    return line === 0 ? this.#files[file]! : `${this.#files[file]}, line ${line}`;
  }

  textOf(place: number): string {
    return this.#read(this.#numbers[5 * place]!, this.#numbers[5 * place + 1]!);
  }

  pairOf(place: number): string | undefined {
    const second = this.#numbers[5 * place + 2]!;
    const at = this.#numbers[5 * place]! + this.#numbers[5 * place + 1]!;
    return second === 0 ? undefined : this.#read(at, second - 1);
  }

  /** sha256 of the text, hex. */
  hashOf(place: number): string {
    // At once: made by pieces it would be 32 strings that hold each other.
    for (let i = 0; i < 32; i++) {
      const byte = this.#hashes[32 * place + i]!;
      codes[2 * i] = digits.charCodeAt(byte >> 4);
      codes[2 * i + 1] = digits.charCodeAt(byte & 15);
    }
    return String.fromCharCode(...codes);
  }

  #read(at: number, length: number): string {
    const bytes = new Uint8Array(length);
    this.#letters.read(at, bytes);
    return decoder.decode(bytes);
  }
}

/** One text of a store: what it says is read when it is asked for, so that `{ ...text }` has none of it. */
export class StoredText {
  constructor(
    readonly store: TextStore,
    readonly place: number,
  ) {}
  get id(): string {
    return this.store.idOf(this.place);
  }
  get text(): string {
    return this.store.textOf(this.place);
  }
  get sha256(): string {
    return this.store.hashOf(this.place);
  }
}
