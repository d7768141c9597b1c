/** Returns 52 bits of a hash as a number, which a float64 represents exactly. */
const bitsOf = (sha256: string, from: number): number => Number.parseInt(sha256.slice(from, from + 13), 16);

const isHash = /^[0-9a-f]{64}$/;

/**
 * A hash table from sha256 to a number. An entry takes at least 40 bytes, less than its string in a Map: only the first 104 bits of
 * a hash are stored. Names that are no sha256 go into a Map.
 */
export class HashPlaces {
  readonly #others = new Map<string, number>();
  #count = 0;
  #high = new Float64Array(1024);
  #low = new Float64Array(1024);
  /** The number + 1; 0 for a free slot. */
  #numbers = new Int32Array(1024);

  get size(): number {
    return this.#count + this.#others.size;
  }

  get(name: string): number | undefined {
    if (!isHash.test(name)) return this.#others.get(name);
    const found = this.#numbers[this.#slot(bitsOf(name, 0), bitsOf(name, 13))]!;
    return found === 0 ? undefined : found - 1;
  }

  set(name: string, number: number): void {
    if (!isHash.test(name)) {
      this.#others.set(name, number);
      return;
    }
    if (2 * this.#count >= this.#numbers.length) this.#grow();
    this.#put(bitsOf(name, 0), bitsOf(name, 13), number + 1);
  }

  #put(high: number, low: number, number: number): void {
    const slot = this.#slot(high, low);
    if (this.#numbers[slot] === 0) this.#count++;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#numbers[slot] = number;
  }

  #slot(high: number, low: number): number {
    const { length } = this.#numbers;
    let slot = high % length;
    while (this.#numbers[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low))
      slot = (slot + 1) % length;
    return slot;
  }

  #grow(): void {
    const [high, low, numbers] = [this.#high, this.#low, this.#numbers];
    const length = 2 * numbers.length;
    [this.#high, this.#low] = [new Float64Array(length), new Float64Array(length)];
    this.#numbers = new Int32Array(length);
    this.#count = 0;
    numbers.forEach((number, i) => {
      if (number !== 0) this.#put(high[i]!, low[i]!, number);
    });
  }
}
