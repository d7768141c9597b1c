import { expect, test } from "vitest";
import { draws } from "../../core/random.js";
import { fillPolygons } from "../../data/boxes/shape.js";
import { regionPath } from "./overlay-svg.js";

/** Corners of the rings of a path of M, h, v and z. */
function ringsOf(path: string): number[][] {
  return [...path.matchAll(/M(\d+) (\d+)([^z]*)z/g)].map(([, x0, y0, moves]) => {
    let [x, y] = [Number(x0), Number(y0)];
    const ring = [x, y];
    for (const [, axis, step] of moves!.matchAll(/([hv])(-?\d+)/g)) {
      if (axis === "h") x += Number(step);
      else y += Number(step);
      ring.push(x, y);
    }
    // The last step leads back.
    expect([x, y]).toEqual([Number(x0), Number(y0)]);
    return ring.slice(0, -2);
  });
}

function maskOf(rows: readonly string[]) {
  const [height, width] = [rows.length, rows[0]!.length];
  return { labels: Uint8Array.from(rows.join(""), Number), size: { width, height } };
}

test("a rectangle is one ring with four corners", () => {
  const { labels, size } = maskOf(["0000", "0110", "0110"]);
  expect(regionPath(labels, size, 1)).toBe("M1 1h2v2h-2v-2z");
  expect(regionPath(labels, size, 7)).toBe("");
});

test("a hole is a ring of its own, and pixels that touch at a corner are two rings", () => {
  const { labels, size } = maskOf(["11110", "10010", "11111", "00000", "10000", "01000"]);
  expect(ringsOf(regionPath(labels, size, 1))).toHaveLength(4);
});

test("the path fills exactly the pixels with the value, whatever their shape", () => {
  for (const seed of [1, 2, 3, 4]) {
    const d = draws(seed, "mask");
    const size = { width: 17 + seed, height: 13 };
    const labels = Uint8Array.from({ length: size.width * size.height }, () => d.integer(3));
    for (const value of [0, 1, 2]) {
      const filled = new Uint8Array(labels.length);
      fillPolygons(filled, size, ringsOf(regionPath(labels, size, value)), 1);
      expect([...filled]).toEqual([...labels].map((label) => (label === value ? 1 : 0)));
    }
  }
});
