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

/** Returns a text as the terminal can show it: in a locale without UTF-8 with ASCII for typographic characters. */
export function shown(text: string, unicode: boolean = showsUnicode()): string {
  return unicode ? text : text.replace(replaced, (character) => ascii[character]!);
}
