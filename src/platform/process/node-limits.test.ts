import { expect, test } from "vitest";
import type { EngraftError } from "../../core/errors.js";
import { addressableBytes, least, limitsIn, requireLimits } from "./node-limits.js";

const text = (files: string, space: string): string =>
  [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max cpu time              unlimited            unlimited            seconds   ",
    `Max open files            ${files.padEnd(20)} 20000                files     `,
    `Max address space         ${space.padEnd(20)} unlimited            bytes     `,
  ].join("\n");
const refusal = (given: Parameters<typeof requireLimits>[0]): string => {
  try {
    requireLimits(given);
  } catch (error) {
    return (error as EngraftError).format();
  }
  return "";
};

test("the soft limits of Linux are read; unlimited ones are missing", () => {
  expect(limitsIn(text("64", "2147483648"))).toEqual({ files: 64, addressBytes: 2 ** 31 });
  expect(limitsIn(text("unlimited", "unlimited"))).toEqual({});
  expect(limitsIn("")).toEqual({});
});

test("limits under which Node aborts are refused, with both figures and the command that raises them", () => {
  expect(refusal({ files: 64 })).toBe(
    `FileError: this process may open 64 files at once, Engraft needs at least ${least.files}\n` +
      "  help: raise the limit: ulimit -n 1024",
  );
  expect(refusal({ addressBytes: 2 ** 30 })).toMatch(
    /^OptionError: this process has 1\.0 GiB of addresses, Engraft needs at least \d+\.\d GiB\n {2}help: raise the limit: ulimit -v unlimited;/,
  );
  expect(refusal(least)).toBe("");
  expect(refusal({})).toBe("");
});

test("a limit of addresses bounds the memory that a run plans with", () => {
  expect(addressableBytes({ addressBytes: 3 * 2 ** 30 })).toBe(2 * 2 ** 30);
  expect(addressableBytes({ addressBytes: 1000 })).toBe(0);
  expect(addressableBytes({})).toBe(Number.POSITIVE_INFINITY);
});

test("this process is not refused", () => {
  expect(() => requireLimits()).not.toThrow();
});
