import type { FilesRow } from "../task-row.js";
import { RowSource } from "./row-source.js";
import { TablePage } from "./table-page.js";

export const table: FilesRow = { kind: "table", data: "files", Page: TablePage, Source: RowSource };
