/** The path of Chromium or Chrome: CHROMIUM_PATH, or a usual place. Undefined where there is none. */
export function chromiumPath(): string | undefined;
/** Installs Debian's package where there is no browser and apt-get may be used; else ends the process with a message. */
export function ensureChromium(): void;
