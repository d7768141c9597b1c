import { fromBase64, toBase64 } from "../base64.js";
import type { ScanLines } from "../scan-memory.js";
import { printSize } from "./measure-sound.js";
import type { SoundContent } from "./summarize-sounds.js";

/** Facts that are true or false, in the order of their letters. */
const flags = { clipped: "c", silent: "s", narrow: "n", zeros: "z", wrongLength: "w" } as const;

/** How scan results are cached: hash, print in base64, seconds, rate, channels, format, letters of the facts that are true. */
export const soundLines: ScanLines<SoundContent> = {
  write: (sound) => [
    ...[sound.sha256, sound.print === undefined ? "" : toBase64(new Uint8Array(sound.print.buffer))],
    ...[sound.seconds, sound.rate, sound.channels, sound.format],
    (Object.keys(flags) as (keyof typeof flags)[])
      .filter((fact) => sound[fact])
      .map((fact) => flags[fact])
      .join(""),
  ],
  read([sha256, print, seconds, rate, channels, format, facts]) {
    const good =
      typeof sha256 === "string" &&
      /^[0-9a-f]{64}$/.test(sha256) &&
      [seconds, rate, channels].every((n) => typeof n === "number" && n > 0) &&
      typeof format === "string" &&
      typeof facts === "string" &&
      typeof print === "string" &&
      (print === "" || print.length === (4 * printSize) / 3);
    if (!good) return undefined;
    const bytes = print === "" ? undefined : fromBase64(print);
    if (print !== "" && bytes === undefined) return undefined;
    const is = (fact: keyof typeof flags): boolean => facts.includes(flags[fact]);
    return {
      sha256,
      print: bytes && new Int8Array(bytes.buffer),
      format,
      seconds: seconds as number,
      rate: rate as number,
      channels: channels as number,
      clipped: is("clipped"),
      silent: is("silent"),
      narrow: is("narrow"),
      zeros: is("zeros"),
      wrongLength: is("wrongLength"),
    };
  },
};
