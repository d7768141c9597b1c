import type { FilesRow } from "../task-row.js";
import { TableSource } from "./row-source.js";
import { TablePage } from "./table-page.js";

export const table: FilesRow = { kind: "table", data: "files", Page: TablePage, Source: TableSource };
