// What a server of a queue that refuses is told as: a sentence with the cure, without the password.
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { afterAll, describe, expect, test } from "vitest";
import { postgresFolder, redisPath } from "../../scripts/servers.mjs";
import { prepareComparison, submitStudy, workFromQueue } from "../../src/index.js";
import { failure } from "../support/failure.js";
import { tinyBase, tinyData } from "../support/fixtures.js";
import { postgresServer, redisServer, until } from "../support/queue-servers.js";
import { cert, key } from "../support/self-signed.js";

/** Short, as the path of a socket must be. */
const root = mkdtempSync(join(tmpdir(), "er-"));
process.env.ENGRAFT_CACHE = join(root, "cache");
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a certificate that no authority signed is refused", async () => {
  const server = createServer({ key, cert }).listen(0, "127.0.0.1");
  await until(() => server.listening);
  const { port } = server.address() as AddressInfo;
  const address = `rediss://localhost:${port}`;
  const error = await failure(workFromQueue({ queue: address }));
  expect(error.format()).toBe(
    `MachineError: the certificate of ${address} is not trusted, or the server has none\n` +
      "  help: set NODE_EXTRA_CA_CERTS to the file of its authority",
  );
  server.close();
});

describe.skipIf(redisPath() === undefined)("answers of Redis", () => {
  test("no server, a wrong password and a full server are told in a sentence, without the password", async () => {
    const { study } = await prepareComparison(await tinyData(join(root, "data"), { ant: 20, bee: 20 }), {
      ...{ base: tinyBase(join(root, "base")), strategies: ["probe"], threads: 1, out: join(root, "study") },
    });
    const folder = join(root, "p");
    const server = redisServer(folder, "--requirepass", "right", "--maxmemory", "1");
    await server.start();
    const nobody = await failure(submitStudy(study, { queue: "redis:///nowhere/socket" }));
    expect(nobody.format()).toBe(
      "MachineError: no server answers at redis:///nowhere/socket\n  help: start it, or correct the address",
    );
    const refused = await failure(workFromQueue({ queue: server.address }));
    expect(refused.message).toBe(`the server at ${server.address} refuses user or password`);
    process.env.ENGRAFT_QUEUE_URL = server.address.replace("redis://", "redis://default:wrong@");
    const wrong = await failure(workFromQueue());
    expect(wrong.message).toContain("refuses user or password");
    expect(wrong.format()).not.toContain("wrong@");
    process.env.ENGRAFT_QUEUE_URL = server.address.replace("redis://", "redis://default:right@");
    const full = await failure(submitStudy(study));
    expect(full.message).toMatch(/^the server at redis:.* is full$/);
    expect(full.exitCode).toBe(75);
    await server.kill();
  });
});

describe.skipIf(postgresFolder() === undefined)("answers of PostgreSQL", () => {
  test("a database without the queue's tables is told in a sentence", { tags: ["thorough"] }, async () => {
    const server = postgresServer(join(root, "n"));
    await server.start();
    const without = await failure(workFromQueue({ queue: server.address }));
    expect(without.message).toMatch(
      /^the database postgres:.* has no queue yet, or one of an older version$/,
    );
    const unknown = await failure(
      workFromQueue({ queue: server.address.replace("/postgres?", "/nowhere?") }),
    );
    expect(unknown.message).toMatch(/^the server has no database of that name: postgres:/);
    await server.kill();
  });
});
