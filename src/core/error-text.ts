import { type ErrorCode, messageOf } from "./errors.js";

/** An error, or the event of a run that failed. */
interface Described {
  readonly message: string;
  readonly help?: string | undefined;
  readonly code?: ErrorCode | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Returns what is wrong and what to do, for a page. Errors that a user can cause have a `code`, and Chinese words. Other errors stay English.
 * @param error an EngraftError, the event `error` of a run, or anything that was thrown
 * @param lang "en" or "zh"
 * @example console.log(await errorText(error, "zh"));
 */
export async function errorText(error: unknown, lang: "en" | "zh" = "en"): Promise<string> {
  if (typeof error !== "object" || error === null || !("message" in error)) return messageOf(error);
  const { message, help, code, details } = error as Described;
  if (lang === "zh" && code !== undefined) {
    const { errorsZh } = await import("./messages/errors-zh.js");
    if (Object.hasOwn(errorsZh, code)) return (errorsZh[code] as (values: unknown) => string)(details);
  }
  return help === undefined ? message : `${message}\n${help}`;
}
