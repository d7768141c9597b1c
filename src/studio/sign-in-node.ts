// Sign-in: a token works once, then a cookie holds a secret. A restarted server knows the secret, too.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileError } from "../platform/file-errors.js";
import { cacheDir, ensureDir } from "../platform/node.js";

const random = (): string => randomBytes(32).toString("base64url");

/** Compares in constant time. */
const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());

/** Sign-in of the studio of one folder. */
export class SignIn {
  #token: string | undefined = random();

  private constructor(
    private readonly file: string,
    /** Value of the cookie. */
    readonly secret: string,
    /** Port of the last server of the folder. */
    readonly lastPort: number | undefined,
    /** Last ports of other folders. Their pages look for them. */
    readonly otherPorts: ReadonlySet<number>,
  ) {}

  /** Reads secret and port of a studio's folder from the cache folder. @param reset true for new secrets of all folders */
  static async open(root: string, reset = false): Promise<SignIn> {
    const folder = join(cacheDir(), "studios");
    // A folder that cannot be removed cannot be written either: `keep` says so.
    if (reset) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    const real = await realpath(root).catch(() => root);
    const own = `${createHash("sha256").update(real).digest("hex").slice(0, 32)}.json`;
    const names = await readdir(folder).catch((): string[] => []);
    const others = await Promise.all(
      names.filter((name) => name !== own).map(async (name) => (await readSession(join(folder, name))).port),
    );
    const { secret = random(), port } = reset ? {} : await readSession(join(folder, own));
    return new SignIn(join(folder, own), secret, port, new Set(others.filter((one) => one !== undefined)));
  }

  /** Token of the address that the terminal prints. */
  get token(): string {
    return this.#token ?? "";
  }

  /** Keeps secret and port for the next server, readable by this user only. @throws FileError */
  async keep(port: number): Promise<void> {
    await ensureDir(dirname(this.file));
    try {
      await writeFile(this.file, JSON.stringify({ secret: this.secret, port }), { mode: 0o600 });
      await chmod(this.file, 0o600);
    } catch (error) {
      throw fileError("write", this.file, error);
    }
  }

  /** Takes the token. It works once. */
  exchange(token: string): boolean {
    if (this.#token === undefined || !isSame(token, this.#token)) return false;
    this.#token = undefined;
    return true;
  }

  /** True for the value of a signed-in cookie. */
  knows(cookie: string | undefined): boolean {
    return cookie !== undefined && isSame(cookie, this.secret);
  }
}

async function readSession(file: string): Promise<{ readonly secret?: string; readonly port?: number }> {
  const text = await readFile(file, "utf8").catch(() => "");
  const [, secret, port] = /^\{"secret":"([\w-]{43})","port":(\d{1,5})\}$/.exec(text) ?? [];
  return secret === undefined ? {} : { secret, port: Number(port) };
}
