import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { FileButton, usePastedFiles } from "../../app/controls.js";
import { route } from "../../app/route.js";
import { useStudio, useWords } from "../../app/studio.js";
import { newId } from "../../store/store.js";
import type { Draft, SourceProps } from "../task-row.js";
import { readPictures } from "./read-pictures.js";
import { type Camera, openSharedCamera, wasOpened } from "./shared-camera.js";

/** JPEG quality of a kept frame, as the library's camera has it. */
const quality = 0.95;
/** True after the user stopped the camera in this visit: it does not start by itself again. */
let isStopped = false;

/** Pictures to try: the live camera, or a file that is chosen, dropped or pasted. */
export function PictureSource({ onInput, paused }: SourceProps) {
  const { try: words } = useWords();
  const { store } = useStudio();
  const [isLive, setLive] = useState(() => wasOpened() && !isStopped);
  const [file, setFile] = useState<Draft>();
  // A frame may come after the camera was stopped, until the page is drawn again.
  const takesFrames = useRef(isLive);
  const turn = (on: boolean): void => {
    takesFrames.current = on;
    setLive(on);
    setFile(undefined);
    if (!on) onInput();
  };
  useEffect(() => {
    if (route.peek().page !== "try") return;
    // Without a question: only if the user has allowed it before.
    const asked = navigator.permissions?.query({ name: "camera" as PermissionName });
    asked?.then(({ state }) => state === "granted" && !isStopped && turn(true)).catch(() => undefined);
  }, []);
  const tryFiles = (files: readonly File[]): Promise<void> =>
    store.attempt(async () => {
      const [draft] = await readPictures(files.slice(0, 1));
      if (!draft) return;
      turn(false);
      setFile(draft);
      onInput({ input: draft.content, keep: async () => draft });
    });
  usePastedFiles("try", (files) => void tryFiles(files));
  const isFile = !isLive && file !== undefined;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file can also be chosen by the button
    <div
      class="picture-source"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void tryFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      {isLive && (
        <LiveCamera
          onInput={(input) => takesFrames.current && onInput(input)}
          paused={paused}
          onEnd={() => turn(false)}
        />
      )}
      {isFile && <FilePicture content={file.content as Blob} />}
      <div class="row">
        <button
          type="button"
          aria-pressed={isLive}
          onClick={() => {
            isStopped = isLive;
            turn(!isLive);
          }}
        >
          {isLive ? words.stopCamera : words.camera}
        </button>
        <FileButton text={words.file} accept="image/*" onFiles={(files) => void tryFiles(files)} />
      </div>
      {!isLive && !isFile && <p class="soft">{words.pasteHelp}</p>}
    </div>
  );
}

function FilePicture({ content }: { readonly content: Blob }) {
  const { try: words } = useWords();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(content);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [content]);
  return <img class="try-picture" src={url} alt={words.triedPicture} />;
}

interface LiveProps extends SourceProps {
  /** Called if the camera fails or stops. */
  readonly onEnd: () => void;
}

/** Shows the camera, and gives each of its frames. A hidden tab stops the camera. */
function LiveCamera({ onInput, paused, onEnd }: LiveProps) {
  const { try: words } = useWords();
  const { store } = useStudio();
  const video = useRef<HTMLVideoElement>(null);
  const group = useMemo(newId, []);
  const isHidden = useHidden();
  const [camera, setCamera] = useState<Camera>();
  const fail = (error: unknown): void => {
    store.fail(error);
    onEnd();
  };
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
    let next = 0;
    let isOver = false;
    const give = async (): Promise<void> => {
      try {
        const frame = await camera.frame();
        if (isOver) return frame.close();
        onInput({ input: frame, keep: async () => ({ content: await jpegOf(frame), group }) });
        next = view.requestVideoFrameCallback(() => void give());
      } catch (error) {
        if (!isOver) fail(error);
      }
    };
    void give();
    return () => {
      isOver = true;
      view.cancelVideoFrameCallback(next);
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
