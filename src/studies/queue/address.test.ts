import { expect, test } from "vitest";
import type { EngraftError } from "../../core/errors.js";
import { isAddress, readQueueAddress } from "./address.js";

const read = (address?: string, variable?: string, allowPlaintext?: boolean) =>
  readQueueAddress(address, variable, allowPlaintext);
const refused = (...args: Parameters<typeof read>): string => {
  try {
    read(...args);
  } catch (error) {
    return (error as EngraftError).format();
  }
  return expect.fail("it should have failed");
};

test("addresses of servers and of sockets", () => {
  expect(read("redis://localhost:6379/2")).toEqual({
    ...{ server: "redis", shown: "redis://localhost:6379/2", tls: false },
    ...{ host: "localhost", port: 6379, database: "2" },
  });
  expect(read("rediss://queue.lan")).toMatchObject({ server: "redis", host: "queue.lan", tls: true });
  expect(read("redis:///run/redis.sock")).toEqual({
    ...{ server: "redis", shown: "redis:///run/redis.sock", tls: false, socket: "/run/redis.sock" },
  });
  expect(read("redis://[::1]:7000")).toMatchObject({ host: "::1", port: 7000 });
  expect(read("postgres://ada@queue.lan/team")).toMatchObject({ user: "ada", database: "team", tls: true });
  expect(read("postgresql://127.0.0.1/team")).toMatchObject({ server: "postgres", tls: false });
  expect(read("postgres://ada@/team?host=/run/pg")).toEqual({
    ...{ server: "postgres", shown: "postgres:///team?host=/run/pg", tls: false },
    ...{ socket: "/run/pg", user: "ada", database: "team" },
  });
});

test("a password comes from the environment, and no message shows it", () => {
  expect(read(undefined, "rediss://worker:se%20cret@queue.lan")).toMatchObject({
    ...{ user: "worker", password: "se cret", shown: "rediss://queue.lan" },
  });
  expect(read(undefined, "redis://worker:secret@/run/redis.sock")).toMatchObject({
    ...{ socket: "/run/redis.sock", user: "worker", password: "secret" },
  });
  expect(refused("rediss://worker:secret@queue.lan")).toBe(
    "OptionError: the address rediss://queue.lan holds a password\n" +
      "  help: other users of this machine can read it: set ENGRAFT_QUEUE_URL to the address instead",
  );
  for (const wrong of [
    "redis://worker:secret@queue.lan",
    "http://worker:secret@queue.lan",
    "redis://worker:secret@",
  ])
    expect(refused(undefined, wrong)).not.toContain("secret");
});

test("what would be unsafe, or is no address, is refused", () => {
  expect(refused("redis://queue.lan")).toBe(
    "OptionError: redis://queue.lan is another machine, and the connection is not encrypted\n" +
      "  help: use rediss://, or give --allow-plaintext in a network where nobody can listen",
  );
  expect(read("redis://queue.lan", undefined, true)).toMatchObject({ tls: false });
  // No switch turns the verification of certificates off.
  for (const setting of ["sslmode=disable", "sslmode=no-verify", "ssl=false", "host=/a&sslmode=prefer"])
    expect(refused(`postgres://queue.lan/team?${setting}`)).toMatch(
      /^OptionError: the address .* has the setting "ssl/,
    );
  expect(read("postgres://queue.lan/team", undefined, true)).toMatchObject({ tls: true });
  expect(refused()).toMatch(/^OptionError: the address of the queue is missing/);
  expect(refused("redis://localhost/team")).toBe(
    'OptionError: the address redis://localhost/team has the database "team"\n  help: a database of Redis is a number',
  );
  expect(refused("redis://")).toMatch(/is no address of a queue/);
  expect(refused("study")).toMatch(/^OptionError: the address is no address of a queue/);
  expect(["redis://x", "POSTGRES://x", "mysql://x", "study", "./redis:", "C:\\\\x"].map(isAddress)).toEqual([
    ...[true, true, true, false, false, false],
  ]);
});
