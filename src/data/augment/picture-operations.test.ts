import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Pixels } from "../dataset.js";
import { type PictureOperation, pictureOperations } from "./picture-operations.js";

const golden = JSON.parse(
  await readFile(new URL("../../../test/golden/picture-operations.json", import.meta.url), "utf8"),
) as {
  height: number;
  width: number;
  cases: readonly { name: PictureOperation; magnitude: number; hex: string }[];
};

/** As scripts/golden/make-augment.py makes it. */
function picture(): Pixels {
  const { height, width } = golden;
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / (3 * width)), Math.floor(i / 3) % width, i % 3];
    return 20 + ((37 * y + 11 * x * x + 53 * c + 7 * x * y) % 190);
  });
  return { height, width, data };
}

/** Those that multiply: torchvision does it in float32, whose cut-off fraction may be another. */
const rounded = new Set(["brightness", "color", "contrast", "sharpness", "autoContrast"]);

test("the golden values of torchvision have every operation", () => {
  expect([...new Set(golden.cases.map(({ name }) => name))]).toEqual(Object.keys(pictureOperations));
});

test.each(golden.cases)("$name at $magnitude equals torchvision", ({ name, magnitude, hex }) => {
  const given = picture();
  const { data } = (pictureOperations[name] as (p: Pixels, m: number) => Pixels)(given, magnitude);
  const theirs = Uint8Array.from(Buffer.from(hex, "hex"));
  const worst = data.reduce((most, v, i) => Math.max(most, Math.abs(v - theirs[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(rounded.has(name) ? 1 : 0);
  const other = data.filter((v, i) => v !== theirs[i]).length;
  expect(other / data.length).toBeLessThan(0.02);
  expect(given).toEqual(picture());
});
