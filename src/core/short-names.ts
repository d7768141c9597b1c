/** Most characters of a name in a message. */
const most = 300;

const cut = (text: string): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/**
 * Shortens what a message repeats from a file, so that a hostile name does not fill the screen: each text in quotation marks, and
 * each word, keeps 300 characters.
 */
export const withShortNames = (message: string): string =>
  message.length <= most
    ? message
    : message
        .replace(/"((?:[^"\\]|\\.)*)"/gs, (_, inner: string) => `"${cut(inner)}"`)
        .replace(/[^\s"]{301,}/g, cut);
