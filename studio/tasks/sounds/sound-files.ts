import { EngraftError } from "../../../src/core/errors.js";
import type { Draft } from "../../store/store.js";
import { currentWords } from "../../words/current-words.js";

/** `accept` of file inputs. */
export const accept = "audio/*,.wav,.mp3,.ogg,.oga,.opus,.flac";

/** Returns sound files as samples. The library decodes them. @throws DataError for a file that is empty or no sound */
export async function soundDrafts(files: readonly File[]): Promise<Draft[]> {
  const { sounds: words } = currentWords().tasks;
  return files.map((file) => {
    const { name, type, size } = file;
    const isSound = type.startsWith("audio/") || /\.(wav|mp3|og[ga]|opus|flac)$/i.test(name);
    if (isSound && size > 0) return { content: file, name };
    const message = isSound ? words.emptyFile(name) : words.noSound(name);
    throw new EngraftError("DataError", message, { help: words.soundFiles });
  });
}
