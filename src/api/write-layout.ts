import { placeFolder } from "../bases/model-folder/write-folder.js";
import { EngraftError } from "../core/errors.js";
import { type Layout, type LayoutSample, layoutFiles, listNames } from "../data/lists/layout-files.js";
import { openMachine } from "../run/machine.js";

/** A sample of {@link writeLayout}: `file` is a path or the bytes; `name` is needed for bytes. */
export type WrittenSample = LayoutSample<string | Uint8Array>;

export interface WriteLayoutOptions {
  /** "folders": a folder for each class, with `metadata.csv`. "csv", "jsonl": a list, and its files in `files`. */
  readonly layout: Layout;
}

/**
 * Writes samples as data that `train` reads. The folder appears when all files are complete.
 *
 * Labels, groups and texts may be anything: files get names that every system takes. Readers remove spaces around values, and skip samples
 * without a text or a label.
 *
 * @param folder new or empty folder
 * @param samples columns of each sample, with `file` for a picture or a sound
 * @returns path for `train`: the folder, or its list
 * @throws FileError if the folder is not empty, DataError for a sample that the layout cannot hold
 * @example
 * const samples = [{ text: "a fine book", label: "good", group: "Ann" }];
 * const list = await writeLayout("reviews", samples, { layout: "csv" });
 */
export async function writeLayout(
  folder: string,
  samples: Iterable<WrittenSample>,
  { layout }: WriteLayoutOptions,
): Promise<string> {
  if (!Object.hasOwn(listNames, layout))
    throw new EngraftError("OptionError", `layout is ${JSON.stringify(layout)}`, {
      help: `give one of: ${Object.keys(listNames).join(", ")}`,
    });
  const { files } = (await openMachine()).platform;
  const final = files.resolve(folder);
  const there = await files.stat(final);
  if (there && (there.kind !== "folder" || (await files.list(final)).length > 0))
    throw new EngraftError("FileError", `"${folder}" is there already, and nothing is overwritten`, {
      help: "give a new or empty folder",
    });
  await placeFolder(files, final, async (temporary) => {
    for (const one of layoutFiles(named(samples), layout)) {
      const at = files.join(temporary, ...one.path.split("/"));
      const content = "list" in one ? one.list : one.content;
      const isPath = typeof content === "string" && !("list" in one);
      await files.writeAtomic(at, isPath ? await files.read(files.resolve(content)) : content);
    }
  });
  return layout === "folders" ? final : files.join(final, listNames[layout]);
}

/** Yields the samples, with the name of each file. @throws DataError for bytes without a name */
function* named(samples: Iterable<WrittenSample>): Generator<WrittenSample> {
  let number = 0;
  for (const sample of samples) {
    number++;
    const { file, name } = sample;
    if (typeof file === "object" && name === undefined)
      throw new EngraftError("DataError", `sample ${number} has bytes without a name`, {
        help: 'give a name with the ending of its format, such as "1.jpg"',
      });
    yield typeof file === "string" && name === undefined
      ? { ...sample, name: file.split(/[\\/]/).at(-1)! }
      : sample;
  }
}
