// Program of the thread that decodes sounds: started by node-sounds.ts, never imported.
import { parentPort } from "node:worker_threads";
import { messageOf } from "../../core/errors.js";
import type { SoundCodec } from "../platform.js";
import { decodeCodec } from "./decode-codec.js";

/** A file to decode. */
export interface SoundRequest {
  readonly bytes: Uint8Array;
  readonly codec: SoundCodec;
  readonly samples: number;
  readonly milliseconds: number;
}

// A decoder prints every damaged frame. What is wrong with a file is in the result.
console.error = () => undefined;

parentPort?.on("message", async ({ bytes, codec, ...limits }: SoundRequest) => {
  try {
    const { rate, channels } = await decodeCodec(bytes, codec, limits);
    const buffers = channels.map(({ buffer }) => buffer as ArrayBuffer);
    parentPort!.postMessage({ rate, channels }, buffers);
  } catch (error) {
    parentPort!.postMessage({ error: messageOf(error) });
  }
});
