import { EngraftError } from "../../src/core/errors.js";
import { labelList } from "../../src/data/lists/columns.js";
import { currentWords } from "../app/studio.js";

/** Refuses a name that `engraft train` would not read as one class. @throws DataError */
export function requireClassName(name: string): void {
  const { samples: words } = currentWords();
  if (labelList.test(name))
    throw new EngraftError("DataError", words.listName(name), { help: words.listNameHelp });
}
