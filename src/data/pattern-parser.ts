/** Is this one character (code point) meant? */
export type Atom = (character: string) => boolean;

/** A part of a pattern. */
export type Node =
  | { readonly kind: "one"; readonly atom: Atom }
  | { readonly kind: "assert"; readonly holds: (before: string, after: string) => boolean }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "either"; readonly parts: readonly Node[] }
  | { readonly kind: "bracket"; readonly number: number; readonly body: Node }
  | {
      readonly kind: "repeat";
      readonly body: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
      /** It holds the first bracket, which begins anew with each turn. */
      readonly forgets: boolean;
    };

const word = /^\w$/;
const isWord = (character: string): boolean => word.test(character);
const edge = (before: string, after: string): boolean => isWord(before) !== isWord(after);

/** `\u{1F600}`, `\uD83D\uDE00`, `\u00e9`, `\xe9`, `\cJ`, `\p{L}`, `\d`, `\.` */
const escaped = /^\\(?:u\{[^}]*\}|u[dD][89abAB]..\\u[dD][c-fC-F]..|u....|x..|c.|[pP]\{[^}]*\}|.)/su;
const quantifier = /^(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})(\??)/;

/**
 * Read a regular expression of JavaScript, with the flag `u`. Single characters and classes are left to JavaScript.
 * @throws SyntaxError as JavaScript does, RangeError for backreferences, lookaround, and what is repeated and can match nothing
 */
export function parsePattern(pattern: string): Node {
  // What is no pattern is said in JavaScript's own words; this makes nothing run.
  new RegExp(pattern, "u");
  let rest = pattern;
  let brackets = 0;
  const take = (text: string): string => {
    rest = rest.slice(text.length);
    return text;
  };
  const atomOf = (source: string): Node => {
    const expression = new RegExp(`^${source}$`, "u");
    const known = new Map<string, boolean>();
    return {
      kind: "one",
      atom: (character) => {
        const before = known.get(character);
        if (before !== undefined) return before;
        const is = expression.test(character);
        known.set(character, is);
        return is;
      },
    };
  };

  const alternatives = (): Node => {
    const parts = [sequence()];
    while (rest.startsWith("|")) {
      take("|");
      parts.push(sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: "either", parts };
  };

  const sequence = (): Node => {
    const parts: Node[] = [];
    while (rest !== "" && !rest.startsWith("|") && !rest.startsWith(")")) {
      const before = pattern.length - rest.length;
      const first = brackets + 1;
      const node = one();
      const repeated = quantifier.exec(rest);
      if (repeated === null) parts.push(node);
      else {
        take(repeated[0]);
        const said = pattern.slice(before, pattern.length - rest.length);
        if (canBeEmpty(node))
          throw new RangeError(`"${said}" repeats what can match nothing, which is not known here`);
        parts.push({
          kind: "repeat",
          body: node,
          ...timesOf(repeated),
          forgets: first === 1 && brackets >= 1,
        });
      }
    }
    return { kind: "sequence", parts };
  };

  const one = (): Node => {
    if (rest.startsWith("(")) return bracket();
    if (rest.startsWith("^")) {
      take("^");
      return { kind: "assert", holds: (before) => before === "" };
    }
    if (rest.startsWith("$")) {
      take("$");
      return { kind: "assert", holds: (_before, after) => after === "" };
    }
    if (rest.startsWith("[")) return atomOf(take(classAt(rest)));
    if (rest.startsWith("\\")) {
      const source = take(escaped.exec(rest)![0]);
      if (source === "\\b") return { kind: "assert", holds: edge };
      if (source === "\\B") return { kind: "assert", holds: (before, after) => !edge(before, after) };
      if (/^\\[1-9k]/.test(source))
        throw new RangeError(`it has the backreference "${source}", which is not known here`);
      return atomOf(source);
    }
    return atomOf(take(String.fromCodePoint(rest.codePointAt(0)!)));
  };

  const bracket = (): Node => {
    const [, opening = "("] = /^(\((?:\?(?:<[^=!>][^>]*>|:|<?[=!]|.))?)/su.exec(rest)!;
    take(opening);
    const named = opening.startsWith("(?<") && opening.endsWith(">");
    const captures = opening === "(" || named;
    if (!captures && opening !== "(?:") throw new RangeError(`it has "${opening}", which is not known here`);
    const number = captures ? ++brackets : 0;
    const body = alternatives();
    take(")");
    return captures ? { kind: "bracket", number, body } : body;
  };

  return alternatives();
}

/** `[^\]/]` at the beginning of a text. */
function classAt(rest: string): string {
  let end = 1;
  while (rest[end] !== "]") end += rest[end] === "\\" ? 2 : 1;
  return rest.slice(0, end + 1);
}

function timesOf([, sign, low, comma, high, lazy]: RegExpExecArray): {
  least: number;
  most: number;
  lazy: boolean;
} {
  const without = { lazy: lazy === "?" };
  if (sign !== undefined)
    return {
      ...without,
      least: sign === "+" ? 1 : 0,
      most: sign === "?" ? 1 : Number.POSITIVE_INFINITY,
    };
  const least = Number(low);
  if (comma === undefined) return { ...without, least, most: least };
  return { ...without, least, most: high === "" ? Number.POSITIVE_INFINITY : Number(high) };
}

function canBeEmpty(node: Node): boolean {
  switch (node.kind) {
    case "one":
      return false;
    case "assert":
      return true;
    case "sequence":
      return node.parts.every(canBeEmpty);
    case "either":
      return node.parts.some(canBeEmpty);
    case "bracket":
      return canBeEmpty(node.body);
    case "repeat":
      return node.least === 0 || canBeEmpty(node.body);
  }
}
