import type { FilesRow } from "../task-row.js";
import { FilesPage } from "./files-page.js";
import { JsonSource } from "./json-source.js";

export const files: FilesRow = { kind: "files", data: "files", Page: FilesPage, Source: JsonSource };
