/** Returns the path of Chromium or Chrome: CHROMIUM_PATH, or a usual place. Undefined if there is none. */
export function chromiumPath(): string | undefined;

/** Returns the path of Firefox: FIREFOX_PATH, or a usual place. Undefined if there is none. */
export function firefoxPath(): string | undefined;

/**
 * Installs Debian's Chromium if there is no browser.
 * @param find returns the browser's path. Default {@link chromiumPath}
 * @param aptGet the program that installs. Default Debian's, for root
 */
export function ensureChromium(find?: () => string | undefined, aptGet?: string): void;

/** Installs Debian's Firefox if there is none, as {@link ensureChromium} does. */
export function ensureFirefox(find?: () => string | undefined, aptGet?: string): void;
