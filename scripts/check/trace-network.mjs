// Lists the network connections of a command with Debian's strace. Linux only.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const strace = "/usr/bin/strace";

/** Installs Debian's strace if it is missing. @throws Error if that fails */
export function ensureStrace() {
  if (existsSync(strace)) return;
  if (existsSync("/usr/bin/apt-get") && process.getuid?.() === 0) {
    console.log("strace is missing; installing Debian's package (once) …");
    const options = {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    };
    execFileSync("apt-get", ["update", "-qq"], options);
    execFileSync("apt-get", ["install", "-y", "-qq", "strace"], options);
  }
  if (!existsSync(strace))
    throw new Error("this check needs strace: install it (Debian: apt-get install strace)");
}

/**
 * Runs a command with its children and returns the network addresses that it connected or sent to, except loopback and
 * local sockets. A name server counts, even on loopback, because a looked-up name belongs to another machine.
 * @param env the whole environment of the command
 * @param cwd its working folder; default: this process's
 * @returns `{ code, connections, stdout }`; `connections` are lines of strace
 */
export async function traceNetwork(command, args, env, cwd = process.cwd()) {
  ensureStrace();
  const work = mkdtempSync(join(tmpdir(), "engraft-strace-"));
  const log = join(work, "log");
  try {
    const watched = ["-f", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", log];
    const child = spawn(strace, [...watched, command, ...args], {
      env,
      cwd,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let stdout = "";
    child.stdout.on("data", (text) => {
      stdout += text;
    });
    const code = await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", resolve);
    });
    return { code, stdout, connections: remoteConnections(readFileSync(log, "utf8")) };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Returns the lines of an strace log with an address outside this machine, or a name server. */
export function remoteConnections(log) {
  return log.split("\n").filter((line) => {
    if (!/sa_family=AF_INET6?\b/.test(line)) return false;
    const nameServer = /sin6?_port=htons\(53\)/.test(line);
    const loopback = /inet_addr\("127\.|"::1"|"::ffff:127\./.test(line);
    return nameServer || !loopback;
  });
}
