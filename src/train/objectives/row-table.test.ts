import { expect, test } from "vitest";
import { piecesOf, wholeOf } from "../../core/results/rows.js";
import type { Scratch } from "../../platform/platform.js";
import { largeTable, rowTable, someRows } from "./row-table.js";

const width = 250;
const large = largeTable / 4 / width + 10;

/** A simulated disk of `size` bytes. */
function disk(size: number) {
  const bytes = new Uint8Array(size);
  const state = { closed: 0, written: 0 };
  const scratch: Scratch = {
    write(at, content) {
      if (at + content.length > size) throw new Error("disk full");
      bytes.set(content, at);
      state.written += content.length;
    },
    read: (at, into) => into.set(bytes.subarray(at, at + into.length)),
    close: () => {
      state.closed++;
    },
  };
  return { scratch, state };
}

const row = (i: number): Float32Array => Float32Array.from({ length: width }, (_, t) => i + t / 1000);

test("a small table stays in memory and asks for no file", () => {
  const table = rowTable(10, width, () => {
    throw new Error("asked for a file");
  });
  table.write(3, row(3));
  expect(table.whole).toHaveLength(10 * width);
  expect(wholeOf(someRows(table, 3, 1))).toEqual(row(3));
});

test("a large one lies on disk, and is read in pieces that together are all of it", () => {
  const { scratch, state } = disk(2 * largeTable);
  const table = rowTable(large, width, () => scratch);
  for (let i = 0; i < large; i++) table.write(i, row(i));
  expect(table.whole).toBeUndefined();
  const part = someRows(table, 5, large - 5);
  let next = 0;
  for (const { first, count, values } of piecesOf(part)) {
    expect(first).toBe(next);
    expect(values.subarray(0, width)).toEqual(row(5 + first));
    expect(values.subarray(-width)).toEqual(row(4 + first + count));
    next += count;
  }
  expect(next).toBe(large - 5);
  table.close();
  expect(state).toEqual({ closed: 1, written: large * width * 4 });
});

test("a disk that fills up takes nothing along: the table goes on in memory", () => {
  const { scratch, state } = disk(largeTable / 2);
  const table = rowTable(large, width, () => scratch);
  for (let i = 0; i < large; i++) table.write(i, row(i));
  for (const i of [0, 100, large - 1]) {
    const found = new Float32Array(width);
    table.read(i, found);
    expect(found).toEqual(row(i));
  }
  expect(state.closed).toBe(1);
});

test("where no file can be made the table is in memory", () => {
  expect(rowTable(large, width, () => undefined).whole).toHaveLength(large * width);
  expect(rowTable(large, width).whole).toHaveLength(large * width);
});
