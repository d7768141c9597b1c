import type { TaskRow } from "../task-row.js";
import { FilesPage } from "./files-page.js";
import { JsonSource } from "./json-source.js";

export const files: TaskRow = {
  kind: "files",
  data: "files",
  accept: "",
  Gather: FilesPage,
  Tile: () => null,
  Source: JsonSource,
  draftsOf: async () => [],
};
