import type { TaskRow } from "../task-row.js";
import { TableSource } from "./row-source.js";
import { tableTypes } from "./rows.js";
import { TablePage } from "./table-page.js";

export const table: TaskRow = {
  kind: "table",
  data: "files",
  accept: tableTypes,
  Gather: TablePage,
  Tile: () => null,
  Source: TableSource,
  draftsOf: async () => [],
};
