// Finds Chromium for the browser tests, or installs Debian's package. The tests are never skipped silently.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

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

export function ensureChromium() {
  if (chromiumPath()) return;
  if (existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
    console.log("Chromium is missing; installing Debian's package (once) …");
    const quiet = { stdio: ["ignore", "ignore", "inherit"] };
    execFileSync("apt-get", ["update", "-qq"], quiet);
    execFileSync("apt-get", ["install", "-y", "-qq", "chromium"], {
      ...quiet,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  if (!chromiumPath()) {
    console.error(
      "The tests need Chromium: install it (Debian: apt-get install chromium), or set CHROMIUM_PATH.",
    );
    process.exit(1);
  }
}
