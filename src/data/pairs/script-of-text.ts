import { type Script, scripts } from "../../core/messages/pair-en.js";

/** Most characters of a text that are read. */
const mostCharacters = 500;

/** Letters of each script, by Unicode's property Script. */
const lettersOf = scripts.map((script) =>
  script === "other"
    ? /\p{L}/u
    : script === "Kana"
      ? /[\p{Script=Hiragana}\p{Script=Katakana}]/u
      : new RegExp(`(?=\\p{L})\\p{Script=${script}}`, "u"),
);

const none = -1;
/** Script of each character that was seen. */
const known = new Map<number, number>();

function scriptOfCharacter(point: number): number {
  const found = known.get(point);
  if (found !== undefined) return found;
  const letter = String.fromCodePoint(point);
  const place = lettersOf.findIndex((letters) => letters.test(letter));
  known.set(point, place);
  return place;
}

/**
 * Returns the script of most letters among the first 500 characters. Japanese writes Han and Kana: any Kana makes a text one of Kana.
 * @returns undefined for a text without letters
 * @example scriptOfText("Ich heiße 李.") // "Latin"
 */
export function scriptOfText(text: string): Script | undefined {
  const counts = new Uint16Array(scripts.length);
  const end = Math.min(text.length, mostCharacters);
  for (let i = 0; i < end; i++) {
    const point = text.codePointAt(i)!;
    if (point > 0xffff) i++;
    const place = scriptOfCharacter(point);
    if (place !== none) counts[place]!++;
  }
  if (counts[scripts.indexOf("Kana")]! > 0) return "Kana";
  const most = Math.max(...counts);
  return most === 0 ? undefined : scripts[counts.indexOf(most)];
}
