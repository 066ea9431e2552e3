import { useState } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { setSingleKeys, singleKeysOn } from "./single-keys.ts";

const KEYS: readonly { keys: string; does: string; single?: true }[] = [
  { keys: "Ctrl K  or  ⌘ K", does: "Search models and pages" },
  { keys: "/", does: "Search models and pages", single: true },
  { keys: "Ctrl Enter  or  ⌘ Enter", does: "Run the model, from anywhere in its form" },
  { keys: "← →", does: "Move between tabs" },
  { keys: "Esc", does: "Close what is open" },
  { keys: "?", does: "This sheet", single: true },
];

export function Shortcuts({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useState(singleKeysOn);
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-6 gap-y-2.5">
        {KEYS.map(({ keys, does, single }) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded border border-line bg-sunk px-1.5 py-0.5 font-mono text-xs whitespace-pre">
                {keys}
              </kbd>
            </dt>
            <dd className={single && !on ? "text-soft line-through" : ""}>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-6 flex items-center gap-3 border-t border-line pt-4">
        <input
          type="checkbox"
          className="size-5"
          checked={on}
          onChange={(event) => {
            setOn(event.target.checked);
            setSingleKeys(event.target.checked);
          }}
        />
        Shortcuts of a single key
      </label>
    </Dialog>
  );
}
