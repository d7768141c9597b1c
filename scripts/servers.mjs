// Finds the servers of the tests of queues. In a CI that runs as root, Debian's packages are installed; elsewhere those tests are skipped.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const redisPlaces = [
  "/usr/bin/redis-server",
  "/usr/local/bin/redis-server",
  "/opt/homebrew/bin/redis-server",
];
const postgresRoot = "/usr/lib/postgresql";

/** Path of redis-server; undefined if it is not installed. */
export const redisPath = () => redisPlaces.find((path) => existsSync(path));

/** Folder of PostgreSQL's programs; undefined if it is not installed. */
export function postgresFolder() {
  const versions = existsSync(postgresRoot) ? readdirSync(postgresRoot) : [];
  const folders = versions.map((version) => join(postgresRoot, version, "bin"));
  return folders.find((folder) => existsSync(join(folder, "initdb")));
}

/** Debian's packages of the servers that are missing. */
export const missingServers = () => [
  ...(redisPath() ? [] : ["redis-server"]),
  ...(postgresFolder() ? [] : ["postgresql"]),
];

/** Installs missing servers in a CI that runs as root, or says that their tests are skipped. */
export function ensureServers() {
  const missing = missingServers();
  if (missing.length === 0) return;
  const aptGet = "/usr/bin/apt-get";
  if (process.env.CI && process.getuid?.() === 0 && existsSync(aptGet)) {
    console.log(`${missing.join(" and ")}: missing; installing Debian's packages (once) …`);
    const how = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    try {
      execFileSync(aptGet, ["update", "-qq"], how);
      execFileSync(aptGet, ["install", "-y", "-qq", "--no-install-recommends", ...missing], how);
      return;
    } catch {
      // The line below says what follows.
    }
  }
  console.log(
    `Tests of queues are skipped: apt-get install ${missingServers().join(" ")} brings their servers.`,
  );
}
