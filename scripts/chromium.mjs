// Finds Chromium for the browser tests, or installs Debian's package. The tests are never skipped silently.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { TestPlaceError } from "./test-place.mjs";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

export function chromiumPath() {
  if (process.env.CHROMIUM_PATH && existsSync(process.env.CHROMIUM_PATH)) return process.env.CHROMIUM_PATH;
  return places.find((place) => existsSync(place));
}

/** Debian's installer, if this process may use it. */
const debian = "/usr/bin/apt-get";
const usable = () => (existsSync(debian) && process.getuid?.() === 0 ? debian : undefined);

/** Installs Debian's package if there is no browser. @throws TestPlaceError if that fails */
export function ensureChromium(find = chromiumPath, aptGet = usable()) {
  if (find()) return;
  if (aptGet !== undefined) {
    console.log("Chromium is missing; installing Debian's package (once) …");
    const how = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    try {
      execFileSync(aptGet, ["update", "-qq"], how);
      execFileSync(aptGet, ["install", "-y", "-qq", "chromium"], how);
    } catch {
      throw new TestPlaceError(
        "The tests need Chromium, and apt-get could not install it: check the network and the package mirror, or set CHROMIUM_PATH to a browser.",
      );
    }
  }
  if (!find())
    throw new TestPlaceError(
      "The tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to a browser.",
    );
}
