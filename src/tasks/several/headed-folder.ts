import type { NamedHead } from "../../bases/task-heads.js";
import { Builder } from "../../graph/builder.js";
import { extract } from "../../graph/surgery/index.js";
import type { OpenedFolder, ScoringFolder } from "../../inference/model-session.js";
import { requireHeads } from "../../inference/open-folder.js";

/** A model folder of texts or sounds, as it was read. */
interface ReadFolder extends OpenedFolder {
  /** Missing: the model has one head. */
  readonly tasks?: readonly NamedHead[] | undefined;
  /** Number of logits of each head, if the output has several. Missing: the head of all classes. */
  readonly sizes?: readonly number[];
}

/** A model folder that scores inputs with its first head, or with others. */
export interface HeadedFolder<Input> extends ScoringFolder<Input> {
  /** Missing: the model has one head. */
  readonly tasks?: readonly NamedHead[] | undefined;
  /** Returns the model with some of its heads. Their logits are one output, side by side. */
  withHeads(heads: readonly NamedHead[]): ScoringFolder<Input>;
}

/** Returns a folder that scores with its first head. @param scoring adds the scores @throws ModelError if an output of a head is missing */
export function headedFolder<Folder extends ReadFolder, Scoring extends ScoringFolder<Input>, Input>(
  folder: Folder,
  scoring: (folder: Folder) => Scoring & ScoringFolder<Input>,
): Scoring & HeadedFolder<Input> {
  const { tasks, graph, dir } = folder;
  if (tasks) requireHeads(graph, tasks, dir);
  const withHeads = (heads: readonly NamedHead[]) => scoring(cutAt(folder, heads));
  return { ...(tasks ? withHeads(tasks.slice(0, 1)) : scoring(folder)), tasks, withHeads };
}

/** Returns the model with one output: the logits of some heads, side by side. */
function cutAt<Folder extends ReadFolder>(folder: Folder, heads: readonly NamedHead[]): Folder {
  const graph = extract(
    folder.graph,
    heads.map(({ output }) => output),
  );
  if (heads.length > 1) {
    const joined = new Builder(graph, "heads").concat([...graph.outputs], 1);
    graph.outputs.splice(0, heads.length, joined);
  }
  const classes = heads.flatMap((head) => head.classes);
  const sizes = heads.map((head) => head.classes.length);
  return { ...folder, graph, classes, sizes, outputShapes: [["batch", classes.length]] };
}

/** Splits a row of logits by head. */
export function rowsOfHeads(row: Float32Array, sizes: readonly number[]): Float32Array[] {
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return row.subarray(end - size, end);
  });
}
