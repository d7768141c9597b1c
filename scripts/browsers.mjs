// Finds the browsers of the tests, or installs Debian's packages. The tests are never skipped silently.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { TestPlaceError } from "./test-place.mjs";

/** By Debian's name: the variable that gives another browser's path, and the usual places. */
const browsers = {
  chromium: {
    name: "Chromium",
    variable: "CHROMIUM_PATH",
    places: [
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
      "/usr/bin/google-chrome",
      "/usr/bin/google-chrome-stable",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    ],
  },
  "firefox-esr": {
    name: "Firefox",
    variable: "FIREFOX_PATH",
    places: [
      "/usr/bin/firefox-esr",
      "/usr/bin/firefox",
      "/Applications/Firefox.app/Contents/MacOS/firefox",
      "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
    ],
  },
};

const pathOf = (debianName) => {
  const { variable, places } = browsers[debianName];
  const given = process.env[variable];
  return given && existsSync(given) ? given : places.find((place) => existsSync(place));
};
export const chromiumPath = () => pathOf("chromium");
export const firefoxPath = () => pathOf("firefox-esr");

/** Debian's installer, if this process may use it. */
const debian = "/usr/bin/apt-get";
const usable = () => (existsSync(debian) && process.getuid?.() === 0 ? debian : undefined);

export const ensureChromium = (find = chromiumPath, aptGet = usable()) => ensure("chromium", find, aptGet);
export const ensureFirefox = (find = firefoxPath, aptGet = usable()) => ensure("firefox-esr", find, aptGet);

/** Installs Debian's package if there is no browser. @throws TestPlaceError if that fails */
function ensure(debianName, find, aptGet) {
  if (find()) return;
  const { name, variable } = browsers[debianName];
  if (aptGet !== undefined) {
    console.log(`${name} is missing; installing Debian's package (once) …`);
    const how = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    try {
      execFileSync(aptGet, ["update", "-qq"], how);
      execFileSync(aptGet, ["install", "-y", "-qq", debianName], how);
    } catch {
      throw new TestPlaceError(
        `The tests need ${name}, and apt-get could not install it: check the network and the package mirror, or set ${variable} to a browser.`,
      );
    }
  }
  if (!find())
    throw new TestPlaceError(
      `The tests need ${name}: install it (Debian: apt-get install ${debianName}), or set ${variable} to a browser.`,
    );
}
