import { useEffect, useRef, useState } from "preact/hooks";
import { currentWords } from "../../words/current-words.js";
import { ErrorNotice } from "../error-notice.js";
import { areCardsShown, RecordButton } from "../record-button.js";
import type { GatherProps } from "../task-row.js";
import { camera, closeCamera, recorded, startRecording, stopRecording } from "./camera.js";

/** Records pictures with the camera while a button is held. The camera is closed when the page is left. */
export function GatherPictures(props: GatherProps) {
  const { samples: words } = currentWords();
  // A card that has used the camera keeps its preview: otherwise the cards would move under the finger.
  const [isUsed, setUsed] = useState(false);
  const isHere = areCardsShown();
  useEffect(() => {
    if (!isUsed) return;
    if (!isHere) closeCamera();
    return closeCamera;
  }, [isUsed, isHere]);
  const start = (): void => {
    setUsed(true);
    void startRecording(props);
  };
  return (
    <>
      <RecordButton
        words={words.pictures}
        selected={props.selected}
        isRecording={recorded.value === props.class}
        onStart={start}
        onStop={stopRecording}
      />
      {isUsed && <Preview class={props.class} />}
    </>
  );
}

/** What the camera sees, or why there is none. */
function Preview({ class: id }: { readonly class: string }) {
  const { samples: words } = currentWords();
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
