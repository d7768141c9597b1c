/** Returns the path of Chromium or Chrome: CHROMIUM_PATH, or a usual place. Undefined if there is none. */
export function chromiumPath(): string | undefined;
/** Installs Debian's package if there is no browser. Throws an error of one sentence if that fails. */
export function ensureChromium(): void;
