import { spawn } from "node:child_process";

/** Opens an address in the user's browser; prints a note if there is none. */
export function openInBrowser(url: string, note: (line: string) => void): void {
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
