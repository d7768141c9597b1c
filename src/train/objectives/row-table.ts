import type { Rows, WritableRows } from "../../core/results/rows.js";
import type { Scratch } from "../../platform/platform.js";

/** Size in bytes above which a table is kept on disk: 20,000 images need no more memory than 2,000. */
export const largeTable = 8e6;

/** Opens storage for tables that are too large for memory; undefined if not possible. */
export type OpenScratch = () => Scratch | undefined;

/**
 * Creates a table for features, in memory or in a scratch file. If the disk is full, it moves back to memory.
 * @param scratch called if the table is larger than {@link largeTable}
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

/** Returns some rows of a table as a view. */
export function someRows(table: Rows, first: number, count: number): Rows {
  const { width, whole, another } = table;
  return {
    count,
    width,
    whole: whole?.subarray(first * width, (first + count) * width),
    another,
    read: (from, into) => table.read(first + from, into),
  };
}
