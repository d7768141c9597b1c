import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { messageOf } from "../core/errors.js";

type Note = (line: string) => void;

/** Opens an address in the user's browser; prints a note if there is none. Other users can read the address in the list of processes. */
export function openInBrowser(url: string, note: Note): void {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler", url]
        : ["xdg-open", url];
  const child = spawn(command!, args, { stdio: "ignore", detached: true });
  child.on("error", () => note(`note       no browser could be opened: see ${url}`));
  child.unref();
}

/**
 * Opens an address with a secret: the browser gets a file that leads to it, and that only this user can read.
 * @param file path of that file @returns removes it
 */
export function openSecretInBrowser(url: string, file: string, note: Note): () => void {
  const remove = (): void => rmSync(file, { force: true });
  try {
    remove();
    const page = `<!doctype html><meta http-equiv="refresh" content="0; url=${url.replaceAll("&", "&amp;")}">\n`;
    // "wx" follows no link that stands there.
    writeFileSync(file, page, { mode: 0o600, flag: "wx" });
    openInBrowser(pathToFileURL(file).href, () =>
      note("note       no browser could be opened: open the address above"),
    );
  } catch (error) {
    note(`note       no browser was opened: ${messageOf(error)}`);
  }
  return remove;
}
