/** Returns the path of Chromium or Chrome: CHROMIUM_PATH, or a usual place. Undefined if there is none. */
export function chromiumPath(): string | undefined;

/**
 * Installs Debian's package if there is no browser.
 * @param find returns the browser's path. Default {@link chromiumPath}
 * @param aptGet the program that installs. Default Debian's, for root
 */
export function ensureChromium(find?: () => string | undefined, aptGet?: string): void;
