// Requests to `engraft studio`. An error of the server has a text for the user.
import { EngraftError, type ErrorKind, type ErrorOptions } from "../../src/core/errors.js";
import type { ErrorBody } from "../../src/studio/protocol.js";
import { currentWords } from "../words/current-words.js";

export interface Call {
  /** JSON of a command. */
  readonly json?: unknown;
  /** Bytes of a content. */
  readonly bytes?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** True if no server answered. */
export const isLost = (error: unknown): boolean =>
  error instanceof EngraftError && error.kind === "NetworkError";

/**
 * Calls the server.
 * @param path below the address of the page
 * @throws EngraftError NetworkError if no server answers, else the error that it sent
 */
export async function callServer(
  path: string,
  { json, bytes, headers, ...others }: Call = {},
): Promise<Response> {
  const isBytes = bytes !== undefined;
  const body = isBytes ? bytes : json === undefined ? undefined : JSON.stringify(json);
  const type = isBytes ? "application/octet-stream" : "application/json";
  const { app } = currentWords();
  const response = await fetch(new URL(path, document.baseURI), {
    method: isBytes ? "PUT" : json === undefined ? "GET" : "POST",
    ...others,
    ...(body !== undefined && { body }),
    headers: {
      authorization: `Bearer ${browserKey()}`,
      ...(body !== undefined && { "content-type": type }),
      ...headers,
    },
  }).catch((cause) => {
    throw new EngraftError("NetworkError", app.connectionLost, { cause });
  });
  if (response.ok) return response;
  if (response.status === 401)
    throw new EngraftError("OptionError", app.signedOut, { help: app.signedOutHelp });
  const error = (await response.json().catch(() => ({ message: response.statusText }))) as Partial<ErrorBody>;
  const { kind = "InternalError", message = "", ...options } = error;
  throw new EngraftError(kind as ErrorKind, message, options as ErrorOptions);
}

const keyName = "engraft-key";
/** Key of a window that keeps nothing. */
let ownKey = "";

/** Key of this browser: all tabs of this address share it, and pages of other ports do not get it. */
export function browserKey(): string {
  try {
    return localStorage.getItem(keyName) ?? ownKey;
  } catch {
    return ownKey;
  }
}

/** Signs this browser in with the token of the address, then opens the address behind the token. */
export async function signIn(): Promise<void> {
  const [, token, rest = "/"] = /^#token=([^/]*)(\/.*)?$/.exec(location.hash) ?? [];
  if (token === undefined) return;
  try {
    ownKey = ((await (await callServer("api/session", { json: { token } })).json()) as { key: string }).key;
    localStorage.setItem(keyName, ownKey);
  } catch {
    // The browser may be signed in already: the next request shows it. A private window may keep nothing.
  }
  location.replace(`#${rest}`);
}
