// Sign-in: a token works once, then a cookie holds a secret. A restarted server knows the secret, too.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileError } from "../platform/file-errors.js";
import { cacheDir, ensureDir } from "../platform/node.js";

const random = (): string => randomBytes(32).toString("base64url");

/** Compares in constant time. */
const isSame = (a: string, b: string): boolean =>
  timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());

/** Sign-in of one server. */
export class SignIn {
  #token: string | undefined = random();

  private constructor(
    private readonly file: string,
    /** Value of the cookie. */
    readonly secret: string,
    /** Port of the last server. */
    readonly lastPort: number | undefined,
  ) {}

  /** Reads the secret and the last port from the cache folder. @param reset true for a new secret */
  static async open(reset = false): Promise<SignIn> {
    const file = join(cacheDir(), "studio-session.json");
    const text = reset ? "" : await readFile(file, "utf8").catch(() => "");
    const [, secret, port] = /^\{"secret":"([\w-]{43})"(?:,"port":(\d{1,5}))?\}$/.exec(text) ?? [];
    return new SignIn(file, secret ?? random(), port === undefined ? undefined : Number(port));
  }

  /** Token of the address that the terminal prints. */
  get token(): string {
    return this.#token ?? "";
  }

  /** Keeps secret and port for the next server, readable by this user only. @throws FileError */
  async keep(port: number): Promise<void> {
    await ensureDir(cacheDir());
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
