import { type NewKey, NewKeyResponse, type ProjectKey } from "@modelyard/contract";
import type { FormEvent } from "react";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";

const HOUR = 3600;
/** Seconds for which the old key goes on. The API takes at most 30 days. */
const OVERLAPS = [
  { seconds: 24 * HOUR, words: "one day" },
  { seconds: 7 * 24 * HOUR, words: "a week" },
  { seconds: 30 * 24 * HOUR, words: "30 days" },
  { seconds: HOUR, words: "an hour" },
  { seconds: 0, words: "no longer: it ends at once" },
] as const;

/** A key's successor, with a time in which both are good: programs change over one by one. */
export function RotateDialog({
  of,
  onClose,
  onMade,
}: {
  of: ProjectKey;
  onClose: () => void;
  onMade: (key: NewKey) => void;
}) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const overlap = new FormData(event.currentTarget).get("overlap");
    void act(async (client) =>
      onMade((await client.ask("Project/KeyRotate", { keyid: of.id, overlap }, NewKeyResponse)).key),
    );
  };
  return (
    <Dialog title={`Replace the key ••••${of.last4}`} onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        <p>A new key is made that may do the same. Put it into your programs while the old one still works.</p>
        <Labelled label="The old key works for">
          <select name="overlap" className="field">
            {OVERLAPS.map(({ seconds, words }) => (
              <option key={seconds} value={seconds}>
                {words}
              </option>
            ))}
          </select>
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          Make the new key
        </Button>
      </form>
    </Dialog>
  );
}
