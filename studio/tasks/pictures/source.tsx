import { useEffect, useRef, useState } from "preact/hooks";
import { route } from "../../store/route.js";
import { currentWords } from "../../words/current-words.js";
import { usePastedFiles } from "../controls.js";
import { LiveButtons, type LiveSource, useLiveSource } from "../live-source.js";
import type { SourceProps } from "../task-row.js";
import { readPictures } from "./read-pictures.js";
import { type Camera, openSharedCamera, wasOpened } from "./shared-camera.js";

/** JPEG quality of a kept frame, as the library's camera has it. */
const quality = 0.95;
/** True after the user stopped the camera in this visit: it does not start by itself again. */
let isStopped = false;

/** Pictures to try: the live camera, or a file that is chosen, dropped or pasted. */
export function PictureSource({ onInput, paused }: SourceProps) {
  const { try: words } = currentWords();
  const source = useLiveSource(onInput, readPictures, () => wasOpened() && !isStopped);
  const { isLive, file, turn, tryFiles } = source;
  const turnByHand = (on: boolean): void => {
    isStopped = !on;
    turn(on);
  };
  useEffect(() => {
    if (route.peek().page !== "try") return;
    // The camera starts by itself only if the user has allowed it before.
    const permission = navigator.permissions?.query({ name: "camera" as PermissionName });
    permission?.then(({ state }) => state === "granted" && !isStopped && turn(true)).catch(() => undefined);
  }, []);
  usePastedFiles("try", tryFiles);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file can also be chosen by the button
    <div
      class="picture-source"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        tryFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      {isLive && <LiveCamera source={source} paused={paused} />}
      {file && <FilePicture content={file.content as Blob} />}
      <LiveButtons
        source={{ ...source, turn: turnByHand }}
        words={{ start: words.camera, stop: words.stopCamera, file: words.file }}
        accept="image/*"
      />
      {!isLive && !file && <p class="soft">{words.pasteHelp}</p>}
    </div>
  );
}

function FilePicture({ content }: { readonly content: Blob }) {
  const { try: words } = currentWords();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(content);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [content]);
  return <img class="try-picture" src={url} alt={words.triedPicture} />;
}

interface LiveCameraProps extends Pick<SourceProps, "paused"> {
  readonly source: LiveSource;
}

/** Shows the camera, and gives each of its frames. A hidden tab stops the camera. */
function LiveCamera({ source: { give, fail }, paused }: LiveCameraProps) {
  const { try: words } = currentWords();
  const video = useRef<HTMLVideoElement>(null);
  const isHidden = useHidden();
  const [camera, setCamera] = useState<Camera>();
  useEffect(() => {
    if (isHidden) return;
    let isOver = false;
    const opening = openSharedCamera();
    opening.then(
      (opened) => isOver || setCamera(opened),
      (error) => isOver || fail(error),
    );
    return () => {
      isOver = true;
      setCamera(undefined);
      opening.then((opened) => opened.close()).catch(() => undefined);
    };
  }, [isHidden]);
  useEffect(() => {
    if (video.current && camera) video.current.srcObject = camera.stream;
  }, [camera]);
  useEffect(() => {
    const view = video.current;
    if (!view || !camera) return;
    if (paused) return view.pause();
    void view.play().catch(() => undefined);
    let callback = 0;
    let isOver = false;
    const giveNext = async (): Promise<void> => {
      try {
        const frame = await camera.frame();
        if (isOver) return frame.close();
        give(frame, () => jpegOf(frame));
        callback = view.requestVideoFrameCallback(() => void giveNext());
      } catch (error) {
        if (!isOver) fail(error);
      }
    };
    void giveNext();
    return () => {
      isOver = true;
      view.cancelVideoFrameCallback(callback);
    };
  }, [camera, paused]);
  return <video class="try-picture" ref={video} muted playsInline autoPlay aria-label={words.cameraView} />;
}

function useHidden(): boolean {
  const [isHidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const listener = (): void => setHidden(document.hidden);
    document.addEventListener("visibilitychange", listener);
    return () => document.removeEventListener("visibilitychange", listener);
  }, []);
  return isHidden;
}

/** Returns a frame as a JPEG file. The frame is drawn at once: it may be closed afterwards. */
function jpegOf(frame: ImageBitmap): Promise<Blob> {
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  canvas.getContext("2d")!.drawImage(frame, 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality });
}
