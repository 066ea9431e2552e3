import { useState } from "react";
import { Icon } from "./icons.tsx";
import { toast } from "./toast.tsx";

/** How long the check mark stays, in milliseconds. */
const DONE_MS = 1_500;

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast("The browser does not let this page use the clipboard.", "bad");
    return false;
  }
}

export function CopyButton({ text, label }: { text: () => string; label: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    if (!(await copyText(text()))) return;
    toast("Copied");
    setDone(true);
    setTimeout(() => setDone(false), DONE_MS);
  };
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className="grid size-9 place-items-center rounded-md text-soft hover:bg-line hover:text-ink"
      onClick={() => void copy()}
    >
      <Icon name={done ? "check" : "copy"} />
    </button>
  );
}
