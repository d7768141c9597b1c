import type { TaskRow } from "../task-row.js";

export const texts: TaskRow = {
  kind: "texts",
  data: "samples",
  base: "text-mini",
  accept: ".txt,.csv,.tsv,.json,.jsonl",
  Gather: () => null,
  Tile: ({ sample }) => <span>{sample.name}</span>,
  Source: () => null,
  draftsOf: async (files) => files.map((file) => ({ content: file, name: file.name })),
};
