import { ByteStore, type OpenScratch } from "../byte-store.js";

/** A text to store. */
export interface Stored {
  /** Source file of a text from a folder. Default: the list. */
  readonly file?: string;
  /** Line in the source file; missing for a file with one text. */
  readonly line?: number;
  readonly text: string;
  /** The second text of a pair. */
  readonly pair?: string;
  /** hex */
  readonly sha256: string;
  /** hex, as {@link StoredText.copyHash} */
  readonly copyHash: string;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
const digits = "0123456789abcdef";
const codes = new Array<number>(64).fill(0);

/**
 * A compact store of texts, indexed by place. It concatenates the texts as UTF-8 and moves them to a scratch file if they are many.
 * It needs 102 bytes of memory a text; an object with strings would need 480.
 */
export class TextStore {
  readonly #letters: ByteStore;
  readonly #files: string[] = [];
  readonly #fileNumbers = new Map<string, number>();
  #count = 0;
  /** Five numbers a text: offset, bytes of the text, bytes of its pair + 1 (0: no pair), line (0: none), number of its file. */
  #numbers = new Float64Array(5 * 256);
  /** Two hashes a text. */
  #hashes = new Uint8Array(64 * 256);

  /** @param list name of the list in messages @param scratch opens the scratch file for many texts */
  constructor(
    readonly list: string,
    scratch?: OpenScratch,
  ) {
    this.#letters = new ByteStore(scratch);
  }

  /** Adds a text and returns its place. */
  add({ file, line, text, pair, sha256, copyHash }: Stored): number {
    const place = this.#count++;
    if (place * 64 >= this.#hashes.length) {
      const [hashes, numbers] = [this.#hashes, this.#numbers];
      this.#hashes = new Uint8Array(2 * hashes.length);
      this.#hashes.set(hashes);
      this.#numbers = new Float64Array(2 * numbers.length);
      this.#numbers.set(numbers);
    }
    const both = sha256 + copyHash;
    for (let i = 0; i < 64; i++)
      this.#hashes[64 * place + i] = Number.parseInt(both.slice(2 * i, 2 * i + 2), 16);
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

  /** Returns `reviews.csv, line 12`, or the file name of a text in its own file. */
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

  /** Returns the sha256 of the text, or the second hash, hex. */
  hashOf(place: number, which: 0 | 1 = 0): string {
    // One call, since concatenation would build a rope of 32 strings.
    for (let i = 0; i < 32; i++) {
      const byte = this.#hashes[64 * place + 32 * which + i]!;
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

/** A text of a store. Its getters read the store on access, so `{ ...text }` has no copy of the text. */
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
  /** sha256 of the text's normal form. */
  get copyHash(): string {
    return this.store.hashOf(this.place, 1);
  }
}
