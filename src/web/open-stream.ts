import { EngraftError, messageOf } from "../core/errors.js";

// The parts of the browser that are used: the DOM types exist only in projects with DOM types.

export interface MediaTrack {
  stop(): void;
  addEventListener(kind: "ended", listener: () => void): void;
}

export interface Stream {
  getTracks(): readonly MediaTrack[];
}

interface MediaScope {
  readonly navigator: {
    readonly mediaDevices?: {
      getUserMedia(constraints: { readonly audio: object } | { readonly video: object }): Promise<Stream>;
    };
  };
}

/** Kinds of devices, as `getUserMedia` and messages name them. */
const kinds = { microphone: "audio", camera: "video" } as const;
type Device = keyof typeof kinds;
type DeviceCode = "device-refused" | "device-missing" | "device-busy" | "device-failed";

/**
 * Opens a microphone or a camera, which asks the user for permission.
 * @param constraints of the track, as `getUserMedia` takes them
 * @throws DataError if there is no such device, or it may not be used
 */
export async function openStream(device: Device, constraints: object): Promise<Stream> {
  const { navigator } = globalThis as unknown as MediaScope;
  if (!navigator.mediaDevices)
    throw new EngraftError("DataError", `this page has no access to ${device}s`, {
      help: "serve it over https or from localhost, and open it in a browser",
      code: "device-insecure",
      details: { device },
    });
  try {
    const request = { [kinds[device]]: constraints } as { readonly video: object };
    return await navigator.mediaDevices.getUserMedia(request);
  } catch (cause) {
    const { name = "" } = cause as { readonly name?: string };
    const [message, help, code] = refusals(device)[name] ?? [
      `the ${device} cannot be opened: ${messageOf(cause)}`,
      `try another ${device}`,
      "device-failed",
    ];
    throw new EngraftError("DataError", message, { help, code, details: { device }, cause });
  }
}

/** Message and remedy for a refusal of `getUserMedia`. @see Media Capture and Streams, section 10.2 */
const refusals = (
  device: Device,
): Readonly<Record<string, readonly [message: string, help: string, code: DeviceCode]>> => ({
  NotAllowedError: [
    `permission to use the ${device} was refused`,
    `allow the ${device} for this site beside the browser's address bar, then try again; a page inside a frame also needs allow="${device}"`,
    "device-refused",
  ],
  NotFoundError: [`there is no ${device}`, "connect one, then try again", "device-missing"],
  NotReadableError: [
    `the ${device} is in use by another program`,
    `close that program, or choose another ${device}`,
    "device-busy",
  ],
  OverconstrainedError: [
    `no ${device} fits the given constraints`,
    "leave out `constraints`, or name another device",
    "device-failed",
  ],
});

/** Returns the error of a device that stopped by itself. */
export const stopped = (device: Device): EngraftError =>
  new EngraftError("DataError", `the ${device} stopped`, {
    help: "it was unplugged, or its permission was withdrawn: open it again",
    code: "device-stopped",
    details: { device },
  });

/** Returns the error of a device that the page has closed. */
export const closed = (device: Device): EngraftError =>
  new EngraftError("DataError", `the ${device} was closed`, { help: "open it again" });
