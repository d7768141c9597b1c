import { EngraftError } from "../../../src/core/errors.js";
import { decodeTexts } from "../../../src/data/lists/list-bytes.js";
import type { Draft } from "../../store/store.js";
import { currentWords } from "../../words/current-words.js";
import type { SamplesRow } from "../task-row.js";
import { OpenList } from "./open-list.js";
import { TextSource } from "./source.js";
import { linesOf, TextBox } from "./text-box.js";

export const texts: SamplesRow = {
  kind: "texts",
  data: "samples",
  example: "Where is my parcel?",
  accept: ".txt,text/plain",
  Gather: TextBox,
  Above: OpenList,
  Tile: ({ sample: { text } }) => (
    <span class="text-tile" title={text}>
      {text}
    </span>
  ),
  tileSize: { width: 220, height: 64 },
  Source: TextSource,
  draftsOf: async (files) => (await Promise.all(files.map(draftsOfFile))).flat(),
};

/** Returns the lines of a text file. @throws DataError for a list, and for a file without text */
async function draftsOfFile(file: File): Promise<Draft[]> {
  const { name } = file;
  const { texts: words } = currentWords().tasks;
  if (/\.(csv|tsv|jsonl?|ndjson|parquet)$/i.test(name))
    throw new EngraftError("DataError", words.isList(name), { help: words.isListHelp });
  const drafts = linesOf(await decodeTexts(new Uint8Array(await file.arrayBuffer()), name));
  if (drafts.length > 0) return drafts.map((draft) => ({ ...draft, name }));
  throw new EngraftError("DataError", words.noText(name), { help: words.box });
}
