// The camera of the page. Class cards and the page Try may use it at once: some phones open it only once.
import type { Camera as LibraryCamera } from "../../../src/web/index.js";
import { loadWeb } from "../../store/web.js";

/** The open camera for one of its users. */
export type Camera = Pick<LibraryCamera<ImageBitmap, MediaStream>, "stream" | "frame" | "picture" | "close">;

let opened: Promise<Camera> | undefined;
let users = 0;
let isAllowed = false;

/** True if the user opened the camera in this visit. */
export const wasOpened = (): boolean => isAllowed;

/** Opens the camera, or shares the open one. It stops when each user has closed it. @throws DataError as `openCamera` */
export async function openSharedCamera(): Promise<Camera> {
  users++;
  opened ??= loadWeb().then(({ openCamera }) => openCamera<ImageBitmap, MediaStream>());
  const shared = opened;
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    if (--users > 0) return;
    opened = undefined;
    shared.then((camera) => camera.close()).catch(() => undefined);
  };
  try {
    const { stream, frame, picture } = await shared;
    isAllowed = true;
    return { stream, frame, picture, close };
  } catch (error) {
    close();
    throw error;
  }
}
