// What a server of a queue that refuses is told as: a sentence with the cure, without the password.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer, TLSSocket } from "node:tls";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { postgresFolder, redisPath } from "../../scripts/servers.mjs";
import { prepareComparison, statusOfQueue, submitStudy, workFromQueue } from "../../src/index.js";
import { openMachine } from "../../src/run/machine.js";
import { workFromQueueOn } from "../../src/studies/queue/serve.js";
import { submitStudyOn } from "../../src/studies/queue/submit.js";
import { failure } from "../support/failure.js";
import { engraft, tinyBase, tinyData } from "../support/fixtures.js";
import { postgresServer, redisServer, until } from "../support/queue-servers.js";
import { cert, expiredCert, expiredKey, key } from "../support/self-signed.js";

/** Short, as the path of a socket must be. */
const root = mkdtempSync(join(tmpdir(), "er-"));
process.env.ENGRAFT_CACHE = join(root, "cache");
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Starts a server with a certificate, which answers PostgreSQL's question for TLS first. @returns its port */
async function serverWith(
  certificate: { key: string; cert: string },
  kind: "redis" | "postgres" = "redis",
): Promise<number> {
  const open: Socket[] = [];
  const answer = (socket: Socket): void => {
    open.push(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write("S");
      new TLSSocket(socket, { isServer: true, ...certificate }).on("error", () => undefined);
    });
  };
  const server = (kind === "redis" ? createTlsServer(certificate) : createServer(answer)).listen(0);
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  await until(() => server.listening);
  return (server.address() as AddressInfo).port;
}

/** Prepares a study with one training. */
const prepared = async (name: string): Promise<string> => {
  const data = await tinyData(join(root, "data"), { ant: 20, bee: 20 });
  const options = {
    base: tinyBase(join(root, "base")),
    strategies: ["probe"],
    threads: 1,
    seeds: 1,
  } as const;
  return (await prepareComparison(data, { ...options, out: join(root, name) })).study;
};

const times = { lock: 1000, check: 300, retry: 300, mostWait: 1000, silence: 1_200_000 };

for (const server of ["redis", "postgres"] as const)
  test(`${server}: a certificate that no authority signed is refused, by a worker and by --submit`, async () => {
    const study = await prepared(`signed-${server}`);
    const port = await serverWith({ key, cert }, server);
    const shown = `${server}://localhost:${port}`;
    // PostgreSQL on this machine is asked without TLS.
    const address = { server, shown, host: "localhost", port, user: "u", password: "secret", tls: true };
    const machine = await openMachine();
    const errors = [
      await failure(workFromQueueOn(machine, address, {}, times)),
      await failure(submitStudyOn(machine, study, address, {}, times)),
    ];
    for (const error of errors)
      expect(error.format()).toBe(
        `MachineError: the certificate of ${shown} is not trusted, or the server has none\n` +
          "  help: set NODE_EXTRA_CA_CERTS to the file of its authority",
      );
  });

const wrong = {
  "of another name": [
    { key, cert },
    "127.0.0.1",
    "is that of another name",
    "give the name in the certificate as HOST of the address",
  ],
  "that has expired": [
    { key: expiredKey, cert: expiredCert },
    "localhost",
    "has expired",
    "renew it on the server",
  ],
} as const;

for (const [kind, [certificate, host, message, help]] of Object.entries(wrong))
  test(`a certificate ${kind} is refused, also if its authority is trusted`, {
    tags: ["thorough"],
  }, async () => {
    const study = await prepared(`wrong ${kind}`);
    const address = `rediss://${host}:${await serverWith(certificate)}`;
    const trusted = join(root, "trusted.pem");
    writeFileSync(trusted, certificate.cert);
    for (const words of [
      ["work", address],
      ["work", address, "--submit", study],
    ]) {
      const { code, err } = await engraft(words, { ownProcess: true, env: { NODE_EXTRA_CA_CERTS: trusted } });
      expect(code).toBe(75);
      expect(err).toContain(`MachineError: the certificate of ${address} ${message}\n  help: ${help}`);
    }
  });

test("a study whose name a terminal would obey is not submitted", async () => {
  const study = await prepared("\u001b[2Jx");
  const error = await failure(submitStudy(study, { queue: "redis:///nowhere/socket" }));
  expect(error.format()).toBe(
    'OptionError: no worker takes a study named "\\u001b[2Jx"\n' +
      "  help: rename its folder: at most 255 bytes, without control characters and backslashes",
  );
});

describe.skipIf(redisPath() === undefined)("answers of Redis", () => {
  test("a user with the rules of the guide sees the workers", async () => {
    const guide = readFileSync(new URL("../../docs/guide/queues.md", import.meta.url), "utf8");
    const rules = /`(~bull:engraft\* [^`]+)`/.exec(guide)![1]!;
    const server = redisServer(join(root, "u"), "--user", "engraft", "on", ">right", ...rules.split(" "));
    await server.start();
    const queue = server.address.replace("redis://", "redis://engraft:right@");
    process.env.ENGRAFT_QUEUE_URL = queue;
    expect(await statusOfQueue()).toMatchObject({ workers: 0, waiting: 0, running: 0, stuck: [] });
    delete process.env.ENGRAFT_QUEUE_URL;
    await server.kill();
  });

  test("no server, a wrong password and a full server are told in a sentence, without the password", async () => {
    const study = await prepared("study");
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
