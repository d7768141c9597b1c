// What `npm test` says if it cannot run here: one sentence with the cure, and nothing is left behind.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { ensureChromium, ensureFirefox } from "../../scripts/browsers.mjs";
import { isFull, openTestPlace } from "../../scripts/test-place.mjs";

const folder = mkdtempSync(join(tmpdir(), "engraft-test-place-"));
const checkout = join(folder, "checkout");
const temporary = join(folder, "tmp");
beforeAll(() => {
  mkdirSync(join(checkout, "node_modules"), { recursive: true });
  mkdirSync(temporary);
});
afterEach(() => {
  vi.unstubAllEnvs();
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(join(checkout, "node_modules"))).toEqual([]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a place has empty folders, which closing removes", async () => {
  vi.stubEnv("TMPDIR", temporary);
  const place = await openTestPlace(checkout);
  expect(place.temporary.startsWith(temporary)).toBe(true);
  expect(readdirSync(place.temporary)).toEqual([]);
  writeFileSync(join(place.temporary, "left"), "");
  await place.close();
  expect(existsSync(place.temporary)).toBe(false);
});

test("a second run in the same checkout is refused, and not after the first has ended", async () => {
  vi.stubEnv("TMPDIR", temporary);
  const first = await openTestPlace(checkout);
  await expect(openTestPlace(checkout)).rejects.toThrow(
    "Another run of npm test uses this checkout: wait until it ends, or run this one in a second clone.",
  );
  await first.close();
  await (await openTestPlace(checkout)).close();
});

test("a disk without enough space is refused before any test", async () => {
  vi.stubEnv("TMPDIR", temporary);
  await expect(openTestPlace(checkout, 1e18)).rejects.toThrow(
    `npm test needs 1000000000 GB in the temporary folder ${temporary}, which has less: delete something, or set TMPDIR to another folder.`,
  );
  expect([isFull(temporary, 0), isFull(temporary, 1e18)]).toEqual([false, true]);
});

test("a temporary folder that is missing, or is no folder, is refused", async () => {
  vi.stubEnv("TMPDIR", join(folder, "missing"));
  await expect(openTestPlace(checkout)).rejects.toThrow(
    `npm test cannot write to the temporary folder ${join(folder, "missing")}: it does not exist; set TMPDIR to another folder.`,
  );
  const file = join(folder, "file");
  writeFileSync(file, "");
  vi.stubEnv("TMPDIR", file);
  await expect(openTestPlace(checkout)).rejects.toThrow(
    `npm test cannot write to the temporary folder ${file}: it is no folder; set TMPDIR to another folder.`,
  );
});

// The folder of running processes: even root makes no folder there.
test.runIf(process.platform === "linux")("a temporary folder that cannot be written is refused", async () => {
  vi.stubEnv("TMPDIR", "/proc/self");
  await expect(openTestPlace(checkout)).rejects.toThrow(
    /^npm test cannot write to the temporary folder \/proc\/self: .*; set TMPDIR to another folder\.$/,
  );
});

test("without a browser, and without a mirror to install it from, the cure is named", () => {
  const none = () => undefined;
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  expect(() => ensureChromium(none, "/bin/false")).toThrow(
    "The tests need Chromium, and apt-get could not install it: check the network and the package mirror, or set CHROMIUM_PATH to a browser.",
  );
  expect(() => ensureChromium(none, "/bin/true")).toThrow(
    "The tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to a browser.",
  );
  expect(() => ensureFirefox(none, "/bin/true")).toThrow(
    "The tests need Firefox: install it (Debian: apt-get install firefox-esr), or set FIREFOX_PATH to a browser.",
  );
  expect(() => ensureChromium(() => "/usr/bin/chromium", "/bin/false")).not.toThrow();
});
