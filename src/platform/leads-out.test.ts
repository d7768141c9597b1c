import { win32 } from "node:path";
import { expect, test } from "vitest";
import { leadsOut } from "./leads-out.js";

test("a path above the folder leads out of it, names that begin with dots do not", () => {
  for (const way of ["..", "../x", "/etc/passwd"]) expect(leadsOut(way), way).toBe(true);
  for (const way of ["", "x", "..x", "...", "a/../b"]) expect(leadsOut(way), way).toBe(false);
});

test("a path on another drive leads out of the folder", () => {
  const way = (to: string) => win32.relative("C:\\photos", to).split("\\").join("/");
  expect(leadsOut(way("C:\\photos\\ants\\a.jpg"))).toBe(false);
  expect(leadsOut(way("D:\\secret"))).toBe(true);
  expect(leadsOut(way("\\\\server\\share\\secret"))).toBe(true);
});
