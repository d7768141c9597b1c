import { EngraftError } from "../../core/errors.js";
import { openStream, type Stream } from "../open-stream.js";

// The parts of the browser that are used: the DOM types exist only in projects with DOM types.

interface AudioNode {
  connect(node: AudioNode): void;
  disconnect(): void;
}

interface WorkletNode extends AudioNode {
  readonly port: { onmessage: ((event: { readonly data: Float32Array }) => void) | null };
}

interface Context {
  readonly sampleRate: number;
  readonly destination: AudioNode;
  readonly audioWorklet: { addModule(address: string): Promise<void> };
  createMediaStreamSource(stream: Stream): AudioNode;
  resume(): Promise<void>;
  close(): Promise<void>;
}

interface AudioScope {
  readonly AudioContext: new () => Context;
  readonly AudioWorkletNode: new (context: Context, name: string, options: object) => WorkletNode;
}

/** Samples of a message of the audio thread: 11 ms at 48 kHz. */
const block = 512;

/** Code of the audio thread. It runs in all browsers; `MediaStreamTrackProcessor` does not. */
const worklet = `
registerProcessor("engraft-microphone", class extends AudioWorkletProcessor {
  block = new Float32Array(${block});
  filled = 0;
  process([[samples]]) {
    for (const sample of samples ?? []) {
      this.block[this.filled++] = sample;
      if (this.filled < ${block}) continue;
      this.port.postMessage(this.block);
      this.filled = 0;
    }
    return true;
  }
});`;

/** Effects for calls distort sounds other than speech. */
const withoutEffects = {
  channelCount: 1,
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/** A running microphone. */
export interface Capture {
  /** Samples per second, as the browser chose it. */
  readonly rate: number;
  close(): Promise<void>;
}

/** Callbacks of {@link capture}. */
interface Listeners {
  /** Gets the next samples, float32[512], mono. */
  readonly onSamples: (samples: Float32Array) => void;
  /** Called if the microphone stops by itself. */
  readonly onEnd: () => void;
}

/**
 * Starts a microphone, which asks the user for permission.
 * @param constraints of the track, as `getUserMedia` takes them, besides those of this file
 * @throws DataError if there is no microphone, or it may not be used
 */
export async function capture(constraints: object, { onSamples, onEnd }: Listeners): Promise<Capture> {
  const scope = globalThis as unknown as AudioScope;
  const stream = await openStream("microphone", { ...withoutEffects, ...constraints });
  // The browser's own rate: Firefox refuses a microphone in a context of another rate.
  const context = new scope.AudioContext();
  const stop = async (): Promise<void> => {
    for (const track of stream.getTracks()) track.stop();
    await context.close();
  };
  try {
    await addWorklet(context);
  } catch (error) {
    await stop();
    throw error;
  }
  const node = new scope.AudioWorkletNode(context, "engraft-microphone", {
    channelCount: 1,
    channelCountMode: "explicit",
  });
  node.port.onmessage = ({ data }) => onSamples(data);
  for (const track of stream.getTracks()) track.addEventListener("ended", onEnd);
  const source = context.createMediaStreamSource(stream);
  source.connect(node);
  // Some browsers run only nodes that lead to an output. The output of this one is silence.
  node.connect(context.destination);
  // Not awaited: without a click on the page, the promise may stay open.
  context.resume().catch(() => undefined);
  const close = (): Promise<void> => {
    source.disconnect();
    return stop();
  };
  return { rate: context.sampleRate, close };
}

async function addWorklet({ audioWorklet }: Context): Promise<void> {
  const address = URL.createObjectURL(new Blob([worklet], { type: "text/javascript" }));
  try {
    await audioWorklet.addModule(address);
  } catch (cause) {
    throw new EngraftError("DataError", "the page does not let the microphone's audio worklet run", {
      help: "allow blob: in script-src of the page's content security policy",
      cause,
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
