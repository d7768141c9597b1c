import { expect, test } from "vitest";
import { bytesOf } from "./bytes.js";

test.each([
  ["4GB", 4e9],
  ["1.5 gb", 1.5e9],
  ["512MiB", 512 * 2 ** 20],
  ["2000000", 2e6],
  [3e9, 3e9],
])("%s is %i bytes", (text, bytes) => expect(bytesOf(text)).toBe(bytes));

test.each(["", "GB", "4 GX", "-1GB", "0", "1e9", "NaN", "999999999TB", Number.NaN, "4GB4"])(
  "%s is no amount of memory",
  (text) => expect(bytesOf(text)).toBe(undefined),
);
