/** Pauses and cordons: on with a reason that those who wait are shown, off at once. */
import { EmptyResponse } from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";

interface SwitchButtonProps {
  isOn: boolean;
  /** What is switched, for the dialog's title and for screen readers. */
  what: string;
  words: { on: string; off: string };
  paths: { on: string; off: string };
  fields: Record<string, unknown>;
  /** What happens when it is switched on. */
  explanation: string;
  onChanged: () => void;
}

export function SwitchButton({ isOn, what, words, paths, fields, explanation, onChanged }: SwitchButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const { isBusy, problem, act } = useAction();
  const change = async (path: string, more: object) => {
    const done = await act(async (client) => {
      await client.ask(path, { ...fields, ...more }, EmptyResponse);
    });
    if (!done) return;
    setAsking(false);
    onChanged();
    toast(`${isOn ? words.off : words.on}: ${what}`);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void change(paths.on, { reason: new FormData(event.currentTarget).get("reason") });
  };
  if (isOn)
    return (
      <>
        <Button
          size="small"
          look="primary"
          disabled={isBusy}
          aria-label={`${words.off} ${what}`}
          onClick={() => void change(paths.off, {})}
        >
          {words.off}
        </Button>
        <ProblemNote problem={problem} />
      </>
    );
  return (
    <>
      <Button size="small" aria-label={`${words.on} ${what}`} onClick={() => setAsking(true)}>
        {words.on}
      </Button>
      {isAsking && (
        <Dialog title={`${words.on} ${what}`} onClose={() => setAsking(false)}>
          <form className="grid gap-4" onSubmit={submit}>
            <p>{explanation}</p>
            <Labelled label="Reason" hint="shown to those whose runs wait">
              <input name="reason" className="field" maxLength={300} autoComplete="off" />
            </Labelled>
            <ProblemNote problem={problem} />
            <Button type="submit" look="danger" disabled={isBusy}>
              {words.on}
            </Button>
          </form>
        </Dialog>
      )}
    </>
  );
}
