// The camera of the page Samples.
import { signal } from "@preact/signals";
import { newId } from "../../store/store.js";
import type { GatherProps } from "../task-row.js";
import { type Camera, openSharedCamera } from "./shared-camera.js";

interface CameraState {
  /** Id of the class that used it last; undefined while it is closed. */
  readonly card?: string;
  /** Missing while the browser asks for permission. */
  readonly camera?: Camera;
  readonly error?: unknown;
}

export const camera = signal<CameraState>({});
/** Id of the class that is recorded. */
export const recorded = signal<string | undefined>(undefined);
/** Time from one picture to the next, milliseconds. */
const interval = 125;
/** Changes with each start and stop, so that an earlier recording ends. */
let recording = {};

/** Records pictures for a class until {@link stopRecording}: one group. Opens the camera first. */
export async function startRecording({ class: id, onDrafts }: GatherProps): Promise<void> {
  const own = {};
  recording = own;
  recorded.value = id;
  const group = newId();
  try {
    // A short press takes one picture. While the camera opens, it takes none.
    let takes = camera.value.camera !== undefined;
    const opened = await openFor(id);
    for (; opened && (takes || recording === own); takes = false) {
      const next = performance.now() + interval;
      const content = await opened.picture();
      // After the end, an undo may already have taken the recording back.
      if (!takes && recording !== own) break;
      await onDrafts([{ content }], group);
      await new Promise((done) => setTimeout(done, Math.max(0, next - performance.now())));
    }
  } catch (error) {
    // Without a card, the user has closed the camera.
    const wasOpen = camera.value.card !== undefined;
    closeCamera();
    if (wasOpen) camera.value = { card: id, error };
    return;
  }
  if (recording === own) stopRecording();
}

export function stopRecording(): void {
  recording = {};
  recorded.value = undefined;
}

/** Returns the camera; undefined if it was closed while the browser asked. */
async function openFor(id: string): Promise<Camera | undefined> {
  const { camera: open } = camera.value;
  if (open) {
    camera.value = { card: id, camera: open };
    return open;
  }
  const waiting: CameraState = { card: id };
  camera.value = waiting;
  const opened = await openSharedCamera();
  if (camera.value !== waiting) {
    opened.close();
    return undefined;
  }
  camera.value = { card: id, camera: opened };
  document.addEventListener("visibilitychange", closeCamera);
  return opened;
}

/** Closes the camera, when the page is left or hidden too. */
export function closeCamera(): void {
  document.removeEventListener("visibilitychange", closeCamera);
  stopRecording();
  camera.value.camera?.close();
  camera.value = {};
}
