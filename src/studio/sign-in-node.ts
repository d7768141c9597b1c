// Sign-in: the token of an address works once, for a key that the page sends as a header. Browsers send a cookie to every port.
import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { readdir, readFile, realpath, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileError } from "../platform/file-errors.js";
import { cacheDir, ensureDir } from "../platform/node.js";
import { reportKey, type SignedInBrowser } from "./protocol.js";

const random = (): string => randomBytes(32).toString("base64url");

/** Compares in constant time. */
const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());

/** A browser that is signed in. */
interface Session {
  readonly id: string;
  readonly key: string;
  readonly since: string;
  used: string;
  readonly browser: string;
}

/** Characters of a browser's name that are kept. */
const longest = 300;
const now = (): string => new Date().toISOString();

/** Sign-in of the studio of one folder. Its token and its keys are known to this process only, and end with it. */
export class SignIn {
  #token: string | undefined = random();
  #sessions: Session[] = [];
  /** Called when a browser has signed in. */
  onSignedIn: (() => void) | undefined;

  private constructor(
    private readonly file: string,
    /** Port of the last server of the folder. */
    readonly lastPort: number | undefined,
    /** Last ports of other folders. Their pages look for them. */
    readonly otherPorts: ReadonlySet<number>,
  ) {}

  /** Reads the ports of studios from the cache folder. */
  static async open(root: string): Promise<SignIn> {
    const folder = join(cacheDir(), "studios");
    const real = await realpath(root).catch(() => root);
    const own = `${createHash("sha256").update(real).digest("hex").slice(0, 32)}.json`;
    const names = await readdir(folder).catch((): string[] => []);
    const ports = await Promise.all(
      names.filter((name) => name !== own).map((name) => readPort(join(folder, name))),
    );
    const others = ports.filter((port) => port !== undefined);
    return new SignIn(join(folder, own), await readPort(join(folder, own)), new Set(others));
  }

  /** Token of the address that the terminal prints. */
  get token(): string {
    return this.#token ?? "";
  }

  /** Makes a token for a further browser; an unused one before it no longer works. */
  invite(): string {
    this.#token = random();
    return this.#token;
  }

  /** Keeps the port for the next server: an open page looks for it there. @throws FileError */
  async keep(port: number): Promise<void> {
    await ensureDir(dirname(this.file));
    await writeFile(this.file, JSON.stringify({ port })).catch((error) => {
      throw fileError("write", this.file, error);
    });
  }

  /** Takes the token, which works once. @returns the key of the browser; undefined for a wrong token */
  exchange(token: string, browser = ""): string | undefined {
    if (this.#token === undefined || !isSame(token, this.#token)) return undefined;
    this.#token = undefined;
    const key = random();
    const time = now();
    this.#sessions.push({
      ...{ id: randomUUID(), key, since: time, used: time },
      browser: browser.slice(0, longest),
    });
    this.onSignedIn?.();
    return key;
  }

  /** Returns the id of the browser that has a key. */
  use(key: string | undefined): string | undefined {
    const session = this.#sessions.find((one) => key !== undefined && isSame(key, one.key));
    if (session) session.used = now();
    return session?.id;
  }

  /** True for the key of a run's report, of a browser that is signed in. */
  async opensReport(key: string, project: string, run: string): Promise<boolean> {
    const keys = await Promise.all(this.#sessions.map((one) => reportKey(one.key, project, run)));
    return keys.some((one) => isSame(key, one));
  }

  /** Returns the browsers that are signed in. @param own id of the one that asks */
  list(own: string | undefined): readonly SignedInBrowser[] {
    return this.#sessions.map(({ key: _, ...shown }) => ({ ...shown, isOwn: shown.id === own }));
  }

  /** Signs a browser out; without an id, all of them, and an unused token ends too. */
  end(id?: string): void {
    this.#sessions = id === undefined ? [] : this.#sessions.filter((one) => one.id !== id);
    if (id === undefined) this.#token = undefined;
  }
}

async function readPort(file: string): Promise<number | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const [, port] = /^\{"port":(\d{1,5})\}$/.exec(text) ?? [];
  return port === undefined ? undefined : Number(port);
}
