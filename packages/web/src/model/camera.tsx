import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

/** Takes one picture with the camera. Nothing leaves the browser until the model is run. */
export function Camera({ onClose, onPicture }: { onClose: () => void; onPicture: (file: File) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<"asking" | "live" | "refused">("asking");
  useEffect(() => {
    let stream: MediaStream | undefined;
    let left = false;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    void (async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: true });
        if (left) return stop();
        if (video.current) video.current.srcObject = stream;
        setState("live");
      } catch {
        setState("refused");
      }
    })();
    return () => {
      left = true;
      stop();
    };
  }, []);

  const take = () => {
    const element = video.current;
    if (!element) return;
    const canvas = document.createElement("canvas");
    canvas.width = element.videoWidth;
    canvas.height = element.videoHeight;
    canvas.getContext("2d")?.drawImage(element, 0, 0);
    canvas.toBlob(
      (blob) => {
        if (blob) onPicture(new File([blob], "camera.jpg", { type: "image/jpeg" }));
      },
      "image/jpeg",
      0.92,
    );
  };

  return (
    <Dialog title="Camera" onClose={onClose}>
      {state === "refused" ? (
        <p>
          The camera cannot be used: there is none, or this page may not use it. The browser's address bar says which.
        </p>
      ) : (
        <div className="grid gap-4">
          <video
            ref={video}
            autoPlay
            playsInline
            muted
            className="aspect-video w-full rounded-md bg-sunk object-contain"
          />
          <Button look="primary" disabled={state !== "live"} onClick={take}>
            Take the picture
          </Button>
        </div>
      )}
    </Dialog>
  );
}
