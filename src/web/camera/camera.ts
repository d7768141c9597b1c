/** Options of `openCamera`. */
export interface CameraOptions {
  /** Camera of a phone: "rear" looks away from the user, "front" at the user. Default "rear". */
  readonly facing?: "rear" | "front";
  /** Constraints of the track, as `getUserMedia` takes them: `{ deviceId }`. Default: 640 × 480 pixels, if the camera has them. */
  readonly constraints?: Readonly<Record<string, unknown>>;
}

/** An open camera. `Bitmap` and `Stream` are the browser's `ImageBitmap` and `MediaStream`. */
export interface Camera<Bitmap = unknown, Stream = unknown> {
  /** For the `srcObject` of a video element, which shows what the camera sees. */
  readonly stream: Stream;
  /** Size of its frames in pixels. */
  readonly width: number;
  readonly height: number;
  /**
   * Returns the newest frame as an `ImageBitmap`. Close it after use.
   * @throws DataError after the camera was closed, or stopped by itself
   */
  frame(): Promise<Bitmap>;
  /**
   * Returns the newest frame as a JPEG file. `{ file, label }` is a row of training data.
   * @param name default "picture.jpg"
   * @throws DataError as `frame`
   */
  picture(name?: string): Promise<File>;
  close(): void;
}
