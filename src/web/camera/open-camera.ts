import { EngraftError } from "../../core/errors.js";
import { closed, openStream, type Stream, stopped } from "../open-stream.js";
import type { Camera, CameraOptions } from "./camera.js";

// The parts of the browser that are used: the DOM types exist only in projects with DOM types.

interface Video {
  srcObject: Stream | null;
  muted: boolean;
  playsInline: boolean;
  readonly videoWidth: number;
  readonly videoHeight: number;
  play(): Promise<void>;
}

interface Bitmap {
  readonly width: number;
  readonly height: number;
  close(): void;
}

interface Canvas {
  getContext(kind: "2d"): { drawImage(image: Bitmap, x: number, y: number): void };
  convertToBlob(options: { readonly type: string; readonly quality: number }): Promise<Blob>;
}

interface CameraScope {
  readonly document: { createElement(name: "video"): Video };
  readonly OffscreenCanvas: new (width: number, height: number) => Canvas;
  createImageBitmap(video: Video): Promise<Bitmap>;
}

/** JPEG quality of pictures. */
const quality = 0.95;
/** Time within which a camera gives its first frame, in milliseconds. */
const patience = 10_000;
const facings = { rear: "environment", front: "user" } as const;

/** Opens a camera. See {@link Camera}. */
export async function openCamera({ facing = "rear", constraints = {} }: CameraOptions): Promise<Camera> {
  if (!Object.hasOwn(facings, facing))
    throw new EngraftError("OptionError", `facing is ${JSON.stringify(facing)}`, {
      help: 'give "rear" or "front"',
    });
  const scope = globalThis as unknown as CameraScope;
  const stream = await openStream("camera", {
    ...{ facingMode: facings[facing], width: { ideal: 640 }, height: { ideal: 480 } },
    ...constraints,
  });
  let over: EngraftError | undefined;
  const stop = (why: EngraftError): void => {
    over ??= why;
    for (const track of stream.getTracks()) track.stop();
  };
  for (const track of stream.getTracks()) track.addEventListener("ended", () => stop(stopped("camera")));
  const video = scope.document.createElement("video");
  try {
    await play(video, stream);
  } catch (error) {
    stop(closed("camera"));
    throw error;
  }
  const frame = async (): Promise<Bitmap> => {
    if (over) throw over;
    return scope.createImageBitmap(video);
  };
  return {
    stream,
    get width() {
      return video.videoWidth;
    },
    get height() {
      return video.videoHeight;
    },
    frame,
    async picture(name = "picture.jpg") {
      const bitmap = await frame();
      const canvas = new scope.OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      bitmap.close();
      return new File([await canvas.convertToBlob({ type: "image/jpeg", quality })], name, {
        type: "image/jpeg",
      });
    },
    close: () => {
      stop(closed("camera"));
      video.srcObject = null;
    },
  };
}

/** Plays a stream in a video element that is on no page. @throws DataError if no frame comes */
async function play(video: Video, stream: Stream): Promise<void> {
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const dark = new EngraftError("DataError", "the camera gives no pictures", {
      help: "close other programs that use it, then open it again",
    });
    timer = setTimeout(() => reject(dark), patience);
  });
  try {
    await Promise.race([video.play(), late]);
  } finally {
    clearTimeout(timer);
  }
}
