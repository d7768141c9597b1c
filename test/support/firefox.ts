/** Firefox for tests, over WebDriver BiDi: Debian's, never a downloaded one. */
import { createRequire } from "node:module";
import { type Browser, firefox } from "playwright-core";
import { ensureFirefox, firefoxPath } from "../../scripts/browsers.mjs";

/** A command to the browser, as far as it is read here. */
interface Command {
  readonly id: number;
  readonly method: string;
  readonly params?: { userActivation?: boolean };
}
interface Transport {
  onmessage?(answer: object): void;
  send(command: Command): void;
}
const { server } = createRequire(import.meta.url)("playwright-core/lib/coreBundle") as {
  readonly server: { readonly WebSocketTransport: { readonly prototype: Transport } };
};

/** Commands that playwright-core sends to every browser, and Firefox 140 does not know. No test depends on them. */
const unknown = new Set([
  "network.addDataCollector",
  "browser.setDownloadBehavior",
  "emulation.setLocaleOverride",
  "emulation.setMediaFeaturesOverride",
  "emulation.setScreenOrientationOverride",
  "emulation.setScreenSettingsOverride",
]);
const transport = server.WebSocketTransport.prototype;
const { send } = transport;
transport.send = function (this: Transport, command: Command): void {
  // Otherwise each command of a test would count as an action of the user, and the page would not load itself once more.
  delete command.params?.userActivation;
  if (!unknown.has(command.method)) send.call(this, command);
  else setImmediate(() => this.onmessage?.({ type: "success", id: command.id, result: {} }));
};

/**
 * Starts Firefox with a fake camera, whose colour changes.
 * @param downloads folder for the files that a page saves
 * @param settings preferences besides those of every test
 */
export function launchFirefox(
  downloads: string,
  settings: Readonly<Record<string, boolean | number>> = {},
): Promise<Browser> {
  ensureFirefox();
  return firefox.launch({
    executablePath: firefoxPath()!,
    // Of playwright-core's ways to drive Firefox, it takes WebDriver BiDi for this one.
    channel: "moz-firefox",
    firefoxUserPrefs: {
      ...{ "media.navigator.streams.fake": true, "media.navigator.permission.disabled": true },
      // While WebDriver drives Firefox 140 on a busy machine, a worker that starts workers can stop for ever in `new Worker`. So a page sees
      // one core, and starts none; a private window would claim four. `test/web/firefox-threads.test.ts` tests threads in a Firefox that
      // nothing drives.
      ...{ "dom.maxHardwareConcurrency": 1, "privacy.fingerprintingProtection.pbmode": false },
      ...{ "browser.download.folderList": 2, "browser.download.dir": downloads },
      ...settings,
    },
  });
}
