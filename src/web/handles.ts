import { EngraftError } from "../core/errors.js";
import type { Handle, Requests } from "./messages.js";

/** Fields and methods of a loaded model or a session. Each has `close`. */
export type Callable = Readonly<Record<string, unknown>>;

/** The open models and sessions of a worker. */
export class Handles {
  readonly #open = new Map<number, Callable>();
  #counter = 0;

  /** Keeps a model or a session, and returns what the page needs to call it. */
  add(callable: Callable): Handle {
    const handle = ++this.#counter;
    this.#open.set(handle, callable);
    const isMethod = ([, value]: readonly [string, unknown]): boolean => typeof value === "function";
    const all = Object.entries(callable);
    const facts = Object.fromEntries(all.filter((one) => !isMethod(one)));
    return { handle, facts, methods: all.filter(isMethod).map(([name]) => name) };
  }

  async call({ handle, method, given }: Requests["callHandle"]): Promise<unknown> {
    const call = this.#open.get(handle)?.[method];
    if (!call && method === "close") return undefined;
    if (typeof call !== "function")
      throw new EngraftError("OptionError", `${method} was called after close`, { help: "open a new one" });
    if (method === "close") this.#open.delete(handle);
    const value: unknown = await call(...given);
    return isStream(value) ? this.#addStream(value) : value;
  }

  /** Keeps what a method yields. The page asks for each piece, so a page that asks no more stops the work. */
  #addStream(stream: AsyncGenerator): Handle {
    return this.add({ next: () => stream.next(), close: () => stream.return(undefined) });
  }
}

const isStream = (value: unknown): value is AsyncGenerator =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;

/** Returns a value with the bytes of its pictures and sounds. */
export async function withBytes(given: unknown): Promise<unknown> {
  if (Array.isArray(given)) return Promise.all(given.map(withBytes));
  if (given instanceof Blob) return new Uint8Array(await given.arrayBuffer());
  return isPixels(given) ? (await import("../platform/web/web-pictures.js")).bytesOfPixels(given) : given;
}

/** True for an `ImageBitmap` or `ImageData` of a page. */
function isPixels(given: unknown): given is object {
  const { ImageBitmap, ImageData } = globalThis as unknown as Partial<Record<string, new () => object>>;
  return [ImageBitmap, ImageData].some((one) => one !== undefined && given instanceof one);
}
