/** Files in the folder `studio` of the private storage of the browser. A path is the names of its folders and of the file. */
export interface FileCalls {
  /** Returns the entries of a folder. Creates a missing folder. */
  list(path: readonly string[]): Promise<readonly { readonly kind: string; readonly name: string }[]>;
  read(path: readonly string[]): Promise<File>;
  size(path: readonly string[]): Promise<number>;
  /** Writes a file, or its bytes from `at` on. Creates missing folders. */
  write(path: readonly string[], data: Blob, at: number): Promise<void>;
  /** Removes a file, or a folder with its files. */
  remove(path: readonly string[]): Promise<void>;
}

/** A call that the worker gets. */
export interface FileCall {
  readonly id: number;
  readonly name: keyof FileCalls;
  readonly args: readonly unknown[];
}

/** Its answer. */
export interface FileReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: unknown;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts the worker of the files. */
export function openFiles(): FileCalls {
  const name = "file-worker.js";
  const worker = new Worker(new URL(name, document.baseURI), { type: "module" });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let failed: Error | undefined;
  worker.addEventListener("message", ({ data: { id, value, error } }: MessageEvent<FileReply>) => {
    const { resolve, reject } = waiting.get(id)!;
    waiting.delete(id);
    if (error === undefined) resolve(value as never);
    else reject(error);
  });
  worker.addEventListener("error", () => {
    failed = new Error(`${name} could not be loaded`);
    for (const { reject } of waiting.values()) reject(failed);
  });
  const call =
    (called: keyof FileCalls) =>
    (...args: readonly unknown[]): Promise<never> =>
      new Promise((resolve, reject) => {
        if (failed) return reject(failed);
        waiting.set(++last, { resolve, reject });
        worker.postMessage({ id: last, name: called, args } satisfies FileCall);
      });
  return {
    ...{ list: call("list"), read: call("read"), size: call("size") },
    ...{ write: call("write"), remove: call("remove") },
  };
}
