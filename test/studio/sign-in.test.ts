// What another user of the machine sees of a sign-in: the arguments of the program that opens the browser.
import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("../../bin/engraft.mjs", import.meta.url));

/** Starts the studio with a stand-in for the program that opens the browser: it writes down its arguments. */
async function startStudio(
  folder: string,
  cache: string,
  bin: string,
): Promise<{ readonly argv: string; readonly url: string }> {
  mkdirSync(bin);
  const log = join(bin, "argv.txt");
  rmSync(log, { force: true });
  for (const name of ["xdg-open", "open"]) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\nprintf '%s\\n' "$0" "$@" > '${log}.part'\nmv '${log}.part' '${log}'\n`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  const server = spawn(process.execPath, [program, "studio", folder], {
    env: { ...process.env, ENGRAFT_CACHE: cache, PATH: `${bin}${delimiter}${process.env.PATH}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  let printed = "";
  server.stdout.on("data", (piece) => (printed += piece));
  await expect.poll(() => existsSync(log), { timeout: 300_000 }).toBe(true);
  return { argv: readFileSync(log, "utf8"), url: /^studio +(\S+)$/m.exec(printed)![1]! };
}

test("the program that opens the browser is given a private file, not the token; the file goes after its use", async () => {
  const root = mkdtempSync(join(tmpdir(), "engraft-sign-in-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, "flowers");
  mkdirSync(folder);
  const cache = join(root, "cache");
  const { argv, url } = await startStudio(folder, cache, join(root, "bin"));
  const { origin, hash } = new URL(url);
  const [, token] = /^#token=([\w-]{43})$/.exec(hash)!;
  expect(argv).not.toContain(token);
  const file = fileURLToPath(argv.trim().split("\n").at(-1)!);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  // Other users cannot enter the folders of samples and features.
  for (const made of [join(folder, "engraft-studio"), cache]) expect(statSync(made).mode & 0o777).toBe(0o700);
  expect(readFileSync(file, "utf8")).toContain(`content="0; url=${url}"`);
  const signedIn = await fetch(`${origin}/api/session`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  expect(signedIn.status).toBe(200);
  expect(existsSync(file)).toBe(false);
});

test("a link in the place of that file is not followed", async () => {
  const root = mkdtempSync(join(tmpdir(), "engraft-sign-in-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const studio = join(root, "flowers/engraft-studio");
  mkdirSync(studio, { recursive: true });
  const mine = join(root, "mine.txt");
  writeFileSync(mine, "mine");
  symlinkSync(mine, join(studio, "sign-in.html"));
  await startStudio(join(root, "flowers"), join(root, "cache"), join(root, "bin"));
  expect(readFileSync(mine, "utf8")).toBe("mine");
});
