/** An absolute path: POSIX, a drive, or a share. */
const absolute = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;
/** The words of a command line; quoted ones may hold spaces. */
const words = /"(?:[^"\\]|\\.)*"|'[^']*'(?:\\''[^']*')*|\S+/g;
/** Returns the text inside the quotes of a word. */
const unquoted = (word: string): string =>
  word.replace(/^["']|["']$/g, "").replaceAll(quoteInWord, word.startsWith("'") ? "'" : quoteInWord);
/** A single quote inside a word in single quotes. */
const quoteInWord = "'\\''";
const separators = /[\\/]+/;

/** Returns the last part of a path: "flowers" of "/home/ann/flowers/". */
export function baseName(path: string): string {
  return path.split(separators).filter(Boolean).at(-1) ?? "";
}

/** Returns the folders that hold the absolute paths of a record: values that are paths, and words of a command line. */
export function foldersIn(record: unknown): string[] {
  if (Array.isArray(record)) return record.flatMap(foldersIn);
  if (typeof record === "object" && record !== null) return Object.values(record).flatMap(foldersIn);
  if (typeof record !== "string") return [];
  const paths = absolute.test(record)
    ? [record]
    : Array.from(record.matchAll(words), ([word]) => unquoted(word));
  return paths.flatMap((path) => {
    if (!absolute.test(path)) return [];
    const folder = path.replace(/[\\/]+$/, "").replace(/[\\/]+[^\\/]+$/, "");
    // "/" and "C:" contain everything, so they reveal nothing.
    return /[\\/][^\\/]/.test(folder) ? [folder] : [];
  });
}

/**
 * Returns a page with every path below one of the folders shortened: "/home/ann/flowers" becomes "./flowers". Reports
 * and cards are passed on to others, and a path contains the user's name.
 * @param page HTML, Markdown or JSON
 */
export function hideFolders(page: string, folders: readonly string[]): string {
  const longestFirst = [...new Set(folders)].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((text, folder) => {
    const inWord = folder.replaceAll("'", quoteInWord);
    const forms = [folder, inWord].flatMap((one) => [one, escapeHtml(one), JSON.stringify(one).slice(1, -1)]);
    const written = [...new Set(forms)].map(escapePattern);
    // After a letter, a digit or a slash it is the middle of a longer path or of encoded bytes.
    return text.replace(
      new RegExp(`(?<![\\w+/.\\\\-])(?:${written.join("|")})(?:\\\\\\\\|[\\\\/])`, "g"),
      "./",
    );
  }, page);
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
const escapeHtml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" })[c]!,
  );
