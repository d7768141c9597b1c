import type { TaskRow } from "../task-row.js";

export const table: TaskRow = {
  kind: "table",
  data: "files",
  accept: ".csv,.tsv,.json,.jsonl,.parquet",
  Gather: () => null,
  Tile: ({ sample }) => <span>{sample.name}</span>,
  Source: () => null,
  draftsOf: async (files) => files.map((file) => ({ content: file, name: file.name })),
};
