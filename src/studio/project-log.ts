// The log of a project: its first line holds the project, and each further line an action.

import * as z from "zod/mini";
import { EngraftError } from "../core/errors.js";
import { parseJson } from "../core/parse-json.js";
import {
  type Action,
  actionSchema,
  type History,
  historyOf,
  type Project,
  projectSchema,
  reduce,
} from "./project.js";

const firstLine = z.strictObject({ do: z.literal("create"), project: z.unknown() });

/** Returns the first line of a log. */
export const startOfLog = (project: Project): string => `${JSON.stringify({ do: "create", project })}\n`;

/** Returns actions as lines of a log. */
export const linesOf = (actions: readonly Action[]): string =>
  actions.map((action) => `${JSON.stringify(action)}\n`).join("");

/** Reads a log. A last line that a crash cut is left out. @throws DataError for a damaged log, or one of a newer version */
export function readLog(text: string): History {
  const [first = "", ...lines] = text.split("\n").slice(0, -1);
  const start = firstLine.safeParse(jsonOf(first));
  if (!start.success) throw damaged("line 1 of its log is no project");
  const actions = lines.map((line, i) => {
    const { success, data } = actionSchema.safeParse(jsonOf(line));
    if (!success) throw damaged(`line ${i + 2} of its log is no change of a project`);
    return data;
  });
  return actions.reduce(reduce, historyOf(parseProject(start.data.project)));
}

/** Checks a project that was read from a file. @throws DataError */
export function parseProject(json: unknown): Project {
  if (Number((json as { readonly format?: unknown } | null)?.format) > 1)
    throw new EngraftError(
      "DataError",
      "This project was made by a newer version of Engraft: update the page.",
      {
        help: "Reload the page, or install the newest version of Engraft. The project is not changed.",
        code: "project-newer",
        details: {},
      },
    );
  const { success, data, error } = projectSchema.safeParse(json);
  if (!success) {
    const { path, message } = error.issues[0]!;
    throw damaged(`${path.join(".") || "project.json"}: ${message}`);
  }
  return data;
}

/** Returns undefined for text that is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

const damaged = (why: string): EngraftError =>
  new EngraftError("DataError", `This project is damaged: ${why}.`, {
    help: "Open the newest zip of this project that you downloaded.",
    code: "project-damaged",
    details: {},
  });
