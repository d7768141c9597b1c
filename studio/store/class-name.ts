import { EngraftError } from "../../src/core/errors.js";
import { alikeNames } from "../../src/data/lists/alike-names.js";
import { labelList } from "../../src/data/lists/columns.js";
import { longestName } from "../../src/studio/project.js";
import { currentWords } from "../words/current-words.js";

/** Returns the name of a class as readers of lists take it: characters composed, on one line, without spaces around it. */
export const classNameOf = (name: string): string =>
  name
    .normalize("NFC")
    .trim()
    .slice(0, longestName)
    // A name may be cut within a character.
    .replace(/[\p{Cc}\p{Cs}]+/gu, " ")
    .trim();

/** True if two names are one class, as `engraft train` reads them: it refuses two spellings of a name. */
export const isSameClass = (a: string, b: string): boolean =>
  classNameOf(a) === classNameOf(b) || alikeNames([classNameOf(a), classNameOf(b)]) !== undefined;

/** Refuses a name that `engraft train` would not read as one class. @throws DataError */
export function requireClassName(name: string): void {
  const { samples: words } = currentWords();
  if (labelList.test(name))
    throw new EngraftError("DataError", words.listName(name), { help: words.listNameHelp });
}
