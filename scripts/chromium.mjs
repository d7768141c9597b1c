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

/** Installs Debian's package if there is no browser. @throws TestPlaceError if that fails */
export function ensureChromium() {
  if (chromiumPath()) return;
  if (existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
    console.log("Chromium is missing; installing Debian's package (once) …");
    const how = {
      stdio: ["ignore", "ignore", "ignore"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    };
    try {
      execFileSync("apt-get", ["update", "-qq"], how);
      execFileSync("apt-get", ["install", "-y", "-qq", "chromium"], how);
    } catch (error) {
      throw new TestPlaceError(
        `The tests need Chromium, and apt-get could not install it (exit status ${error.status}): check the network and the package mirror, or set CHROMIUM_PATH to a browser.`,
      );
    }
  }
  if (!chromiumPath())
    throw new TestPlaceError(
      "The tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH to a browser.",
    );
}
