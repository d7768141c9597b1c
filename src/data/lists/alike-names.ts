import { numberOf } from "../column.js";
import { byCodePoint } from "../split/found.js";

/** Letters of other scripts, in lower case, and the Latin letters that look the same. */
const lookalikes = new Map(
  [..."аaеeоoрpсcхxуyіiјjѕsһhԁdԛqԝwкkмmтtвbнnοoαaρpνvιiκkτtυuχx".matchAll(/(.)(.)/gu)].map(
    ([, other, latin]) => [other!, latin!],
  ),
);

/** How two names of one class may differ, with the form that they share. */
const spellings = [
  ["case", (name) => name.toLowerCase()],
  [
    "spaces",
    (name) =>
      name
        .toLowerCase()
        .trim()
        .replace(/[\s_]+/g, " "),
  ],
  ["yes and no", (name) => (/^true$/i.test(name) ? "1" : /^false$/i.test(name) ? "0" : name)],
  ["number", (name) => String(numberOf(name) ?? name)],
  [
    "look",
    (name) =>
      Array.from(
        name
          .normalize("NFKC")
          .replace(/\p{Cf}/gu, "")
          .trim()
          .toLowerCase(),
        (letter) => lookalikes.get(letter) ?? letter,
      ).join(""),
  ],
] as const satisfies readonly (readonly [by: string, form: (name: string) => string])[];

/** What two names of one class differ by. */
export type Spelling = (typeof spellings)[number][0];

/** Two names that are one class in different spellings. */
export interface AlikeNames {
  readonly by: Spelling;
  /** In the order of code points; what a reader cannot see is written as \u{…}. */
  readonly names: readonly [string, string];
}

/** Returns the first two names that differ by their spelling alone. Composed and decomposed characters are the same. */
export function alikeNames(names: readonly string[]): AlikeNames | undefined {
  for (const [by, form] of spellings) {
    const seen = new Map<string, string>();
    for (const name of names.map((one) => one.normalize("NFC"))) {
      const other = seen.get(form(name));
      if (other !== undefined && other !== name) {
        const [first, second] = [other, name].sort(byCodePoint).map((one) => shownIn(by, one));
        return { by, names: [first!, second!] };
      }
      seen.set(form(name), name);
    }
  }
  return undefined;
}

/** Returns a name with what a reader cannot see written as \u{…}: invisible characters, and those that look like others. */
function shownIn(by: Spelling, name: string): string {
  const looksLikeOther = (letter: string): boolean =>
    letter.normalize("NFKC") !== letter || lookalikes.has(letter.toLowerCase());
  return Array.from(name, (letter) =>
    /\p{Cf}/u.test(letter) || (by === "look" && looksLikeOther(letter))
      ? `\\u{${letter.codePointAt(0)!.toString(16)}}`
      : letter,
  ).join("");
}
