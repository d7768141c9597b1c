// Sounds of a microphone, and pictures of a camera. The code behind these functions is loaded when a page calls them.
import type { Camera, CameraOptions } from "./camera/camera.js";
import type {
  ListenedTo,
  ListeningModel,
  ListenOptions,
  Microphone,
  MicrophoneOptions,
} from "./microphone/microphone.js";

/**
 * Opens a microphone. The browser asks the user for permission.
 * @throws DataError if there is no microphone, permission is refused, or the page is served without https
 * @example
 * const microphone = await openMicrophone();
 * const { file } = await microphone.record({ seconds: 1 });
 * rows.push({ file, label: "clap" });
 */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<Microphone> {
  return (await import("./microphone/open-microphone.js")).openMicrophone(options);
}

/**
 * Predicts on the last second of a microphone, twenty times per second, until the signal comes. A prediction starts after the
 * one before has ended.
 * @returns the number of predictions, after the signal
 * @throws DataError as `openMicrophone`, or if the microphone stops; errors of the model
 * @example
 * const stop = new AbortController();
 * await listen(model, { onPrediction: ([best]) => console.log(best.label, best.score), signal: stop.signal });
 */
export async function listen<Prediction>(
  model: ListeningModel<Prediction>,
  options: ListenOptions<Prediction>,
): Promise<ListenedTo> {
  return (await import("./microphone/listen.js")).listen(model, options);
}

/**
 * Opens a camera. The browser asks the user for permission.
 * @throws DataError if there is no camera, permission is refused, or the page is served without https
 * @example
 * const camera = await openCamera<ImageBitmap, MediaStream>();
 * video.srcObject = camera.stream;
 * rows.push({ file: await camera.picture(), label: "cup" });
 */
export async function openCamera<Bitmap = unknown, Stream = unknown>(
  options: CameraOptions = {},
): Promise<Camera<Bitmap, Stream>> {
  const camera = await (await import("./camera/open-camera.js")).openCamera(options);
  return camera as Camera<Bitmap, Stream>;
}
