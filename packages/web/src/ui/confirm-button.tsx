/** A button whose deed cannot be taken back: it asks once more, and says what will happen. */

import type { Client } from "@modelyard/sdk";
import { type ReactNode, useState } from "react";
import { useAction } from "../session/use-action.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { toast } from "./toast.tsx";

interface ConfirmButtonProps {
  /** On the button, and on the one that confirms. */
  label: string;
  /** For screen readers, where several buttons have the same label. */
  description?: string;
  title: string;
  children: ReactNode;
  /** Said once it is done. */
  done: string;
  act: (client: Client) => Promise<void>;
}

export function ConfirmButton({ label, description, title, children, done, act: deed }: ConfirmButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const { isBusy, problem, act } = useAction();
  const confirm = async () => {
    if (!(await act(deed))) return;
    toast(done);
    setAsking(false);
  };
  return (
    <>
      <Button look="danger" size="small" aria-label={description} onClick={() => setAsking(true)}>
        {label}
      </Button>
      {isAsking && (
        <Dialog title={title} onClose={() => setAsking(false)}>
          <div className="grid gap-4">
            <div>{children}</div>
            <ProblemNote problem={problem} />
            <div className="flex flex-wrap gap-3">
              <Button look="danger" disabled={isBusy} onClick={() => void confirm()}>
                {label}
              </Button>
              <Button onClick={() => setAsking(false)}>Keep it</Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
