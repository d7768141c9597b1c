// Messages between the page and the server of `engraft studio`.
import * as z from "zod/mini";
import type { ErrorCode } from "../core/errors.js";
import { hashOf } from "./content-hash.js";
import { actionSchema, idSchema, projectSchema } from "./project.js";

/** Most bytes of a JSON body. */
export const mostJson = 1_000_000;
/** Most bytes of a sample or a file. */
export const mostBytes = 2_000_000_000;

/** `POST /api/session` */
export const sessionBody = z.strictObject({ token: z.string().check(z.maxLength(100)) });

/** `POST /api/sessions/end`: signs one browser out, or all. */
export const endBody = z.strictObject({ id: z.optional(idSchema) });

/** A browser that is signed in. */
export interface SignedInBrowser {
  readonly id: string;
  /** Time of the sign-in and of the last request (ISO 8601). */
  readonly since: string;
  readonly used: string;
  /** What it says of itself: its user agent. */
  readonly browser: string;
  /** True for the browser that asks. */
  readonly isOwn: boolean;
}

/** Returns the key in the address of a report: a frame sends no header. It opens this report only. @param key of the browser */
export const reportKey = (key: string, project: string, run: string): Promise<string> =>
  hashOf(new Blob([`${key} ${project} ${run}`]));

/** `POST /api/projects` */
export const createBody = projectSchema;

/** `POST /api/projects/ID/actions`. `after`: number of lines of the log that the page knows. */
export const appendBody = z.strictObject({ after: z.int().check(z.gte(1)), actions: z.array(actionSchema) });

/** `POST /api/projects/ID/runs` */
export const startBody = z.strictObject({ options: projectSchema.shape.options });

/** `POST /api/runs/ID/resume` */
export const resumeBody = z.strictObject({ more: z.optional(z.string().check(z.maxLength(40))) });

/** Body of a command without values: removing, stopping. */
export const emptyBody = z.strictObject({});

/** `GET /api/projects/ID` */
export interface OpenedLog {
  /** Log of the project, with a line for each action. */
  readonly log: string;
  /** True if another studio has the folder open. */
  readonly readOnly: boolean;
}

/** Body of every answer to a failed request. */
export interface ErrorBody {
  readonly kind: string;
  readonly message: string;
  /** What to do. */
  readonly help?: string;
  readonly at?: string;
  /** Of an error with Chinese words. */
  readonly code?: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
}
