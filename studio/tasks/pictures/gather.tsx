import { useEffect, useRef, useState } from "preact/hooks";
import { ErrorNotice } from "../../app/error-notice.js";
import { useKeyActions } from "../../app/keys.js";
import { route } from "../../app/route.js";
import { useWords } from "../../app/studio.js";
import type { GatherProps } from "../task-row.js";
import { camera, closeCamera, recorded, startRecording, stopRecording } from "./camera.js";

/** Records pictures with the camera while a button is held. The camera is closed when the page is left. */
export function GatherPictures(props: GatherProps) {
  const { samples: words } = useWords();
  // A card that has used the camera keeps its preview: otherwise the cards would move under the finger.
  const [isUsed, setUsed] = useState(false);
  const isRecorded = recorded.value === props.class;
  // On a wide screen the page Try has the class cards beside it.
  const { page } = route.value;
  const isHere = page === "samples" || (page === "try" && !matchMedia("(max-width: 800px)").matches);
  useEffect(() => {
    if (!isUsed) return;
    if (!isHere) closeCamera();
    return closeCamera;
  }, [isUsed, isHere]);
  const start = (): void => {
    setUsed(true);
    void startRecording(props);
  };
  const toggle = (): void => (isRecorded ? stopRecording() : start());
  useKeyActions(props.selected && isHere ? { record: ({ repeat }) => repeat || toggle() } : {});
  return (
    <>
      <button
        type="button"
        class={isRecorded ? "main record recording" : "main record"}
        onPointerDown={({ button, currentTarget, pointerId }) => {
          if (button !== 0) return;
          currentTarget.setPointerCapture(pointerId);
          start();
        }}
        onPointerUp={stopRecording}
        onPointerCancel={stopRecording}
        onContextMenu={(event) => event.preventDefault()}
        // Space, Enter and screen readers click without a pointer.
        onClick={({ detail }) => detail === 0 && toggle()}
      >
        {isRecorded ? words.pictures.recording : words.pictures.record}
      </button>
      {isUsed && <Preview class={props.class} />}
    </>
  );
}

/** What the camera sees, or why there is none. */
function Preview({ class: id }: { readonly class: string }) {
  const { samples: words } = useWords();
  const { camera: open, card, error } = camera.value;
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current && open) video.current.srcObject = open.stream;
  }, [open]);
  if (error && card === id) return <ErrorNotice error={error} />;
  if (open)
    return (
      <div class="preview">
        <video ref={video} muted playsInline autoPlay aria-label={words.pictures.camera} />
        <button type="button" class="quiet" onClick={closeCamera}>
          {words.pictures.close}
        </button>
      </div>
    );
  return card === id ? <p role="status">{words.pictures.opening}</p> : null;
}
