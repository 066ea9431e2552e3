/** Telling a person who has gone elsewhere that their run is over: in the tab's title, and by a notification where they have asked for it. */
import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { isOver, type RunState } from "./run.ts";

const KEY = "modelyard:tell-when-done";

/** The choice holds for all runs in this browser, as long as the browser still allows it. */
function isOn(): boolean {
  try {
    return Notification.permission === "granted" && localStorage.getItem(KEY) === "1";
  } catch {
    return false;
  }
}

function keep(on: boolean): void {
  try {
    if (on) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // Forbidden: it holds until the page is left.
  }
}

const WORDS = {
  sending: "… Sending",
  following: "… Running",
  done: "✓ Done",
  failed: "✗ Failed",
  refused: "✗ Not started",
  cancelled: "■ Stopped",
} as const satisfies Record<RunState["phase"], string>;

/** Not while it is only found again, to be shown: then it was over before. */
const isRunning = (run: RunState) => run.phase === "following" && !run.wasOver;

/** The tab says how the run stands, from when it is seen running. */
function useTitle(run: RunState, name: string): void {
  const wasSeen = useRef(false);
  const words = WORDS[run.phase];
  const runs = isRunning(run);
  useEffect(() => {
    if (runs) wasSeen.current = true;
    if (!wasSeen.current) return;
    const before = document.title;
    const title = `${words} – ${name}`;
    document.title = title;
    return () => {
      // Another page has its own by now.
      if (document.title === title) document.title = before;
    };
  }, [runs, words, name]);
}

/** Told once, when the run ends while the page is not in view. */
function useNotification(run: RunState, name: string, on: boolean): void {
  const wasRunning = useRef(false);
  const over = isOver(run);
  const runs = isRunning(run);
  const { taskId, phase } = run;
  useEffect(() => {
    if (runs) wasRunning.current = true;
    if (!over || !wasRunning.current) return;
    wasRunning.current = false;
    if (!on || (document.visibilityState === "visible" && document.hasFocus())) return;
    try {
      const note = new Notification(`${WORDS[phase]} – ${name}`, {
        body: phase === "done" ? "Your run is done." : "Your run is over; the page says why.",
        icon: "/favicon.svg",
        tag: `modelyard-run-${taskId ?? ""}`,
      });
      note.onclick = () => {
        window.focus();
        note.close();
      };
    } catch {
      // Some browsers of telephones have them for installed apps only. The title says it too.
    }
  }, [runs, over, on, phase, name, taskId]);
}

export function RunNotice({ run, name }: { run: RunState; name: string }) {
  const [on, setOn] = useState(isOn);
  useTitle(run, name);
  useNotification(run, name, on);
  if (isOver(run) || !("Notification" in globalThis)) return null;
  const change = async () => {
    const allowed = on || (await Notification.requestPermission()) === "granted";
    if (!allowed)
      return toast("The browser does not let this page notify you. Its settings for this site say so.", "bad");
    keep(!on);
    setOn(!on);
  };
  return (
    <Button look="quiet" size="small" aria-pressed={on} onClick={() => void change()}>
      {on ? "You will be told when it is done" : "Tell me when it is done"}
    </Button>
  );
}
