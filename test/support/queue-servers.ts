// Servers of queues for tests: on a socket in a temporary folder, as a user of their own, killed and started again.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { postgresFolder, redisPath } from "../../scripts/servers.mjs";

/** A server that a test started. */
export interface QueueServer {
  /** Address for `engraft work`. */
  readonly address: string;
  /** Ends the server as a crash does. */
  kill(): Promise<void>;
  /** Starts it again, with what it kept. */
  start(): Promise<void>;
}

/** Waits until something is there. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((go) => setTimeout(go, 50));
}

/** True if a server listens at a socket. */
const answers = (socket: string): Promise<boolean> =>
  new Promise((go) => {
    const connection = connect(socket);
    const end = (listens: boolean) => {
      connection.destroy();
      go(listens);
    };
    connection.once("connect", () => end(true)).once("error", () => end(false));
  });

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((go) => {
    if (child.exitCode !== null || child.signalCode !== null) go();
    else child.once("exit", () => go());
  });

/** Redis without a log: what it knew is gone after `kill`. @param options further words of its command line */
export function redisServer(folder: string, ...options: readonly string[]): QueueServer {
  mkdirSync(folder, { recursive: true });
  const socket = join(folder, "s");
  let child: ChildProcess | undefined;
  return {
    address: `redis://${socket}`,
    async start() {
      const words = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder, ...options];
      rmSync(socket, { force: true });
      child = spawn(redisPath()!, words, { stdio: "ignore" });
      // The socket's file is there before the server listens.
      await until(() => answers(socket));
    },
    async kill() {
      child?.kill("SIGKILL");
      if (child) await ended(child);
    },
  };
}

/** PostgreSQL, which keeps its jobs. As root it runs as Debian's user postgres: it refuses to be root. */
export function postgresServer(folder: string): QueueServer {
  mkdirSync(folder, { recursive: true });
  const data = join(folder, "d");
  const isRoot = process.getuid?.() === 0;
  const run = (name: string, ...words: string[]): readonly [string, readonly string[]] => {
    const program = join(postgresFolder()!, name);
    return isRoot ? ["runuser", ["-u", "postgres", "--", program, ...words]] : [program, words];
  };
  const call = (name: string, ...words: string[]): unknown =>
    execFileSync(...run(name, ...words), { stdio: "ignore", cwd: "/" });
  if (isRoot) {
    const id = Number(execFileSync("id", ["-u", "postgres"], { encoding: "utf8" }));
    chownSync(folder, id, id);
    // The folders above belong to the tests.
    for (let at = folder; at !== "/tmp" && at !== "/"; at = join(at, ".."))
      if (at !== folder) chmodSync(at, 0o755);
  }
  return {
    address: `postgres://postgres@/postgres?host=${folder}`,
    async start() {
      if (!existsSync(data))
        call("initdb", "-D", data, "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8", "-U", "postgres");
      call("pg_ctl", "-D", data, "-w", "-o", `-k ${folder} -h '' -F`, "-l", join(folder, "log"), "start");
    },
    async kill() {
      if (existsSync(join(data, "postmaster.pid"))) call("pg_ctl", "-D", data, "-m", "immediate", "stop");
    },
  };
}
