import type { Rows, WritableRows } from "../../core/results/rows.js";
import type { Scratch } from "../../platform/platform.js";

/** Tables above this many bytes are kept on disk: 20,000 pictures shall not need more memory than 2,000. */
export const largeTable = 8e6;

/** Where tables are put that are too large for memory; undefined where that is not possible. */
export type OpenScratch = () => Scratch | undefined;

/**
 * A table for features, in memory or in a scratch file. A disk that is full takes it back into memory.
 * @param scratch asked for when the table is larger than {@link largeTable}
 */
export function rowTable(count: number, width: number, scratch?: OpenScratch): WritableRows {
  const file = count * width * 4 > largeTable ? scratch?.() : undefined;
  const another = (n: number, d: number): WritableRows => rowTable(n, d, scratch);
  return file === undefined ? inMemory(count, width, another) : onDisk(file, count, width, another);
}

type Another = NonNullable<Rows["another"]>;

function inMemory(count: number, width: number, another: Another): WritableRows {
  const whole = new Float32Array(count * width);
  return {
    count,
    width,
    whole,
    another,
    read: (first, into) => into.set(whole.subarray(first * width, first * width + into.length)),
    write: (first, values) => whole.set(values, first * width),
    close: () => undefined,
  };
}

function onDisk(file: Scratch, count: number, width: number, another: Another): WritableRows {
  let written = 0;
  let instead: WritableRows | undefined;
  return {
    count,
    width,
    another,
    read(first, into) {
      if (instead) instead.read(first, into);
      else file.read(first * width * 4, bytesOf(into));
    },
    write(first, values) {
      if (instead === undefined) {
        try {
          file.write(first * width * 4, bytesOf(values));
          written = Math.max(written, first * width + values.length);
          return;
        } catch {
          instead = inMemory(count, width, another);
          file.read(0, bytesOf(instead.whole!.subarray(0, written)));
          file.close();
        }
      }
      instead.write(first, values);
    },
    close() {
      if (instead === undefined) file.close();
    },
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Some rows of a table, which stay where they are. */
export function someRows(table: Rows, first: number, count: number): Rows {
  const { width, whole, another } = table;
  return {
    count,
    width,
    ...(whole && { whole: whole.subarray(first * width, (first + count) * width) }),
    ...(another && { another }),
    read: (from, into) => table.read(first + from, into),
  };
}
