/** A real browser for tests: Debian's Chromium, never a downloaded one. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { chromiumPath } from "../../scripts/browsers.mjs";

const names = ["chromium", "chromium-browser", "google-chrome"];

/** The browser's path: CHROMIUM_PATH or a usual place, else from PATH. */
export function findChromium(path = process.env.PATH ?? ""): string {
  const usual = chromiumPath();
  if (usual !== undefined) return usual;
  const folders = [...path.split(delimiter).filter((f) => f !== ""), "/usr/bin"];
  for (const name of names) {
    for (const folder of folders) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not here.
      }
    }
  }
  throw new Error(
    `no Chromium found: looked for ${names.join(", ")} in ${folders.join(", ")}\n` +
      "  help: install Debian's package: sudo apt-get install --no-install-recommends chromium",
  );
}

/** @param more flags besides those of every test */
export function launchChromium(...more: readonly string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}
