import type { RE2JS } from "re2js";
import { EngraftError, messageOf } from "../core/errors.js";
import { type FoundPicture, quoted } from "./found.js";

/** Most characters of a pattern: a file name needs fewer. */
const longest = 200;

/**
 * Images with the group that their name contains: the first capturing group of a regular expression, or the whole match.
 *
 * @param pattern RE2 syntax, tried on the id, such as `([^/]+)_[0-9]+[.]jpg$` for anna_01.jpg, anna_02.jpg
 * @throws OptionError if it is not a pattern of RE2 (backreferences and lookaround are not), or matches no image
 */
export async function groupedBy(pictures: readonly FoundPicture[], pattern: string): Promise<FoundPicture[]> {
  const expression = await compiled(pattern);
  let fits = 0;
  const grouped = pictures.map((picture): FoundPicture => {
    const match = expression.matcher(picture.id);
    if (!match.find()) return picture;
    const group = (match.groupCount() > 0 ? match.group(1) : null) ?? match.group();
    if (!group) return picture;
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

/** The pattern, by an engine that takes time proportional to the name's length whatever the pattern is. */
async function compiled(pattern: string): Promise<RE2JS> {
  try {
    if (pattern.length > longest)
      throw new RangeError(`it has ${pattern.length} characters, at most ${longest} are allowed`);
    const { RE2JS } = await import("re2js");
    return RE2JS.compile(pattern);
  } catch (error) {
    const why = messageOf(error).replace("error parsing regexp: ", "");
    throw new EngraftError("OptionError", `groupFrom is no pattern: ${why}`, {
      help: 'give a regular expression whose bracket is the group, like "([^/]+)_[0-9]+[.]jpg$"; it is written in RE2\'s syntax, without backreferences (\\1) and lookaround ((?=…), (?<!…))',
      details: { option: "groupFrom", value: pattern },
      cause: error,
    });
  }
}
