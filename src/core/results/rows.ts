/** float32[count, width], read in pieces: it may be on disk. */
export interface Rows {
  readonly count: number;
  readonly width: number;
  /** The whole table, if it is in memory. */
  readonly whole?: Float32Array;
  /** Reads rows from `first` on, as many as `into` holds. */
  read(first: number, into: Float32Array): void;
  /** Creates a table for other rows, in memory or on disk like this one. */
  another?(count: number, width: number): WritableRows;
}

/** Rows that are being written. */
export interface WritableRows extends Rows {
  write(first: number, values: Float32Array): void;
  /** Releases the storage; nothing can be read afterwards. */
  close(): void;
}

/** Returns rows in memory. */
export function rowsOf(values: Float32Array, width: number): Rows {
  return {
    count: values.length / width,
    width,
    whole: values,
    read: (first, into) => into.set(values.subarray(first * width, first * width + into.length)),
  };
}

/** About a megabyte: small in memory, large relative to the overhead of a read. */
const pieceValues = 2 ** 18;

/** Rows per read of a table that is not in memory: a multiple of 4. */
export const rowsAtOnce = (width: number): number => Math.max(4, 4 * Math.floor(pieceValues / width / 4));

/** Yields rows in order, each piece valid until the next; a table in memory is one piece. */
export function* piecesOf(
  rows: Rows,
): Generator<{ readonly first: number; readonly count: number; readonly values: Float32Array }> {
  const { count, width, whole } = rows;
  if (whole !== undefined) {
    yield { first: 0, count, values: whole };
    return;
  }
  const atOnce = Math.min(count, rowsAtOnce(width));
  const buffer = new Float32Array(atOnce * width);
  for (let first = 0; first < count; first += atOnce) {
    const taken = Math.min(atOnce, count - first);
    const values = buffer.subarray(0, taken * width);
    rows.read(first, values);
    yield { first, count: taken, values };
  }
}

/** Returns all rows in memory: a copy, unless they are there. */
export function wholeOf(rows: Rows): Float32Array {
  if (rows.whole !== undefined) return rows.whole;
  const values = new Float32Array(rows.count * rows.width);
  rows.read(0, values);
  return values;
}

/** Returns the rows of two tables, one after the other. Tables on disk stay there. */
export function stackedRows(first: Rows, second: Rows): Rows {
  const { width, another } = first;
  const count = first.count + second.count;
  if (first.whole && second.whole) {
    const whole = new Float32Array(count * width);
    whole.set(first.whole);
    whole.set(second.whole, first.whole.length);
    return { ...rowsOf(whole, width), ...(another && { another }) };
  }
  return {
    count,
    width,
    ...(another && { another }),
    read(from, into) {
      const above = Math.min(Math.max(first.count - from, 0) * width, into.length);
      if (above > 0) first.read(from, into.subarray(0, above));
      if (above < into.length) second.read(Math.max(from - first.count, 0), into.subarray(above));
    },
  };
}

/** Concatenates rows in memory. */
export function concatenatedRows(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Returns rows at `places`, in memory. */
export function rowsAt(rows: Rows, places: readonly number[]): Float32Array {
  const { width } = rows;
  const values = new Float32Array(places.length * width);
  places.forEach((place, i) => {
    rows.read(place, values.subarray(i * width, (i + 1) * width));
  });
  return values;
}
