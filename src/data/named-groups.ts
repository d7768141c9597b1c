import { EngraftError, messageOf } from "../core/errors.js";
import { type FoundPicture, quoted } from "./found.js";
import { linearPattern } from "./linear-pattern.js";

/** A pattern longer than this is no pattern of a file name. */
const longest = 200;

/**
 * Pictures with the group that their name says: the first bracket of a regular expression, or the whole match.
 *
 * @param pattern tried on the id, such as `([^/]+)_\\d+\\.jpg$` for anna_01.jpg, anna_02.jpg
 * @throws OptionError when it is no pattern, has a backreference or lookaround, or fits no picture
 */
export function groupedBy(pictures: readonly FoundPicture[], pattern: string): FoundPicture[] {
  let find: ReturnType<typeof linearPattern>;
  try {
    if (pattern.length > longest) throw new RangeError(`it has ${pattern.length} characters`);
    // Of the user's own making, tried on names from anywhere: it must not take forever on one of them.
    find = linearPattern(pattern);
  } catch (error) {
    throw new EngraftError("OptionError", `groupFrom is no pattern: ${messageOf(error)}`, {
      help: 'give a regular expression whose bracket is the group, like "([^/]+)_[0-9]+[.]jpg$"',
      details: { option: "groupFrom", value: pattern },
      cause: error,
    });
  }
  let fits = 0;
  const grouped = pictures.map((picture): FoundPicture => {
    const found = find(picture.id);
    const group = found?.bracket ?? found?.match;
    if (group === undefined || group === "") return picture;
    fits++;
    return { ...picture, group };
  });
  if (fits === 0)
    throw new EngraftError("OptionError", `groupFrom ${JSON.stringify(pattern)} fits no picture`, {
      help: `names are like ${quoted(pictures.map(({ id }) => id))}`,
      details: { option: "groupFrom", value: pattern },
    });
  return grouped;
}
