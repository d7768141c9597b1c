/** Widest line of text: longer lines are hard to read, also in a wide terminal. */
const widest = 80;
/** Fewest columns that a text is wrapped for. */
const narrowest = 30;

/** Returns the columns of the terminal: COLUMNS, or what the terminal reports; undefined if there is none. */
export function terminalColumns(
  env: NodeJS.ProcessEnv = process.env,
  streams: readonly { readonly columns?: number }[] = [process.stderr, process.stdout],
): number | undefined {
  const given = [Number(env.COLUMNS), ...streams.map(({ columns }) => columns)];
  return given.find((columns) => columns !== undefined && Number.isInteger(columns) && columns > 0);
}

/** Returns the most columns of a line of text: 80, or fewer in a narrow terminal. */
export function lineWidth(): number {
  return Math.max(narrowest, Math.min(widest, terminalColumns() ?? widest));
}

/** Environment variables of Windows terminals that draw every character. The old console does not. */
const windowsTerminals = ["WT_SESSION", "TERM_PROGRAM", "ConEmuTask", "TERM", "CI"];

/**
 * Returns whether the terminal can show more than ASCII. The first of LC_ALL, LC_CTYPE and LANG that is set decides: its
 * encoding must be UTF-8. If none is set: true, except in the old console of Windows.
 */
export function showsUnicode(env: NodeJS.ProcessEnv = process.env, platform = process.platform): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== "");
  if (locale !== undefined) return /utf-?8/i.test(locale);
  return platform !== "win32" || windowsTerminals.some((name) => (env[name] ?? "") !== "");
}

/** ASCII for the characters that Engraft writes. Characters of the user's data stay as they are. */
const ascii: Readonly<Record<string, string>> = {
  "–": "-",
  "—": "-",
  "−": "-",
  "‑": "-",
  "·": "-",
  "…": "...",
  "±": "+/-",
  "≥": ">=",
  "≤": "<=",
  "≈": "~",
  "×": "x",
  "→": "->",
  "←": "<-",
  "²": "2",
  "³": "3",
  µ: "u",
  "✓": "+",
  "✗": "-",
  "“": '"',
  "”": '"',
  "‘": "'",
  "’": "'",
  "\u00a0": " ",
  "\u202f": " ",
  // Shades of a drawn map.
  "░": ".",
  "▒": ":",
  "▓": "*",
  "█": "#",
};
const replaced = new RegExp(`[${Object.keys(ascii).join("")}]`, "g");

/**
 * Characters of names and texts from outside that a terminal would obey: control characters but the tab, line separators, and marks
 * that change the direction of the text around them.
 */
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are replaced
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Returns a character as an escape that is harmless and visible: `\n`, `\x1b`, `\u202e`. */
function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, "0")}`
    : `\\u${code.toString(16).padStart(4, "0")}`;
}

/**
 * Returns a line as the terminal can show it: characters that a terminal would obey as visible escapes, and in a locale without UTF-8
 * ASCII for typographic characters.
 */
export function shown(line: string, unicode: boolean = showsUnicode()): string {
  const harmless = line.replace(obeyed, escaped);
  return unicode ? harmless : harmless.replace(replaced, (character) => ascii[character]!);
}

/** Returns cells as a line with tabs between them. A tab in a cell becomes an escape. */
export const tabbed = (cells: readonly string[]): string =>
  cells.map((cell) => cell.replace(/\t/g, escaped)).join("\t");
