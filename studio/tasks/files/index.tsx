import type { TaskRow } from "../task-row.js";

export const files: TaskRow = {
  kind: "files",
  data: "files",
  accept: "",
  Gather: () => null,
  Tile: ({ sample }) => <span>{sample.name}</span>,
  Source: () => null,
  draftsOf: async (files) => files.map((file) => ({ content: file, name: file.name })),
};
