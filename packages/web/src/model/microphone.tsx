import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

function stopTracks(recorder: MediaRecorder | undefined): void {
  for (const track of recorder?.stream.getTracks() ?? []) track.stop();
}

/** Records from the microphone. Nothing leaves the browser until the model is run. */
export function Microphone({ onClose, onSound }: { onClose: () => void; onSound: (file: File) => void }) {
  const [state, setState] = useState<"ready" | "recording" | "refused">("ready");
  const recorder = useRef<MediaRecorder>(undefined);

  useEffect(() => () => stopTracks(recorder.current), []);

  async function start(): Promise<void> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const own = new MediaRecorder(stream);
      const parts: Blob[] = [];
      own.ondataavailable = (event) => parts.push(event.data);
      own.onstop = () => {
        stopTracks(own);
        const type = own.mimeType.split(";")[0] || "audio/webm";
        onSound(new File(parts, `recording.${type.split("/")[1]}`, { type }));
      };
      recorder.current = own;
      own.start();
      setState("recording");
    } catch {
      setState("refused");
    }
  }

  return (
    <Dialog title="Microphone" onClose={onClose}>
      {state === "refused" && (
        <p>
          The microphone cannot be used: there is none, or this page may not use it. The browser's address bar says
          which.
        </p>
      )}
      {state === "ready" && (
        <Button look="primary" onClick={() => void start()}>
          Start recording
        </Button>
      )}
      {state === "recording" && (
        <div className="flex items-center gap-4" role="status">
          <span className="size-3 animate-pulse rounded-full bg-bad" /> Recording
          <Button look="primary" onClick={() => recorder.current?.stop()}>
            Stop and use it
          </Button>
        </div>
      )}
    </Dialog>
  );
}
