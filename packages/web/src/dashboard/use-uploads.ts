/** Files that are being sent, one after the other; each can be taken back. */
import { useRef, useState } from "react";
import { useSession } from "../session/session-provider.tsx";
import { refusal } from "../session/use-answer.ts";
import { announce } from "../ui/toast.tsx";
import { upload } from "./upload.ts";

export interface Sending {
  id: number;
  name: string;
  /** 0 to 1. */
  share: number;
  problem: string | undefined;
  cancel: () => void;
}

export interface UseUploads {
  sending: readonly Sending[];
  add: (files: readonly File[], folderId: string) => void;
}

/** `onDone`: a file has arrived. */
export function useUploads(onDone: () => void): UseUploads {
  const session = useSession();
  const [sending, setSending] = useState<readonly Sending[]>([]);
  const line = useRef(Promise.resolve());
  const next = useRef(1);

  const change = (id: number, what: Partial<Sending>) =>
    setSending((before) => before.map((one) => (one.id === id ? { ...one, ...what } : one)));
  const drop = (id: number) => setSending((before) => before.filter((one) => one.id !== id));

  const send = async (id: number, file: File, folderId: string, signal: AbortSignal) => {
    if (signal.aborted) return;
    try {
      await upload({ session, file, folderId, signal, onProgress: (share) => change(id, { share }) });
      drop(id);
      announce(`${file.name} is uploaded.`);
      onDone();
    } catch (error) {
      if (!signal.aborted) change(id, { problem: refusal(error) });
    }
  };

  return {
    sending,
    add(files, folderId) {
      for (const file of files) {
        const id = next.current++;
        const abort = new AbortController();
        const cancel = () => {
          abort.abort(new Error("taken back"));
          drop(id);
        };
        setSending((before) => [...before, { id, name: file.name, share: 0, problem: undefined, cancel }]);
        line.current = line.current.then(() => send(id, file, folderId, abort.signal));
      }
    },
  };
}
