/** A model's versions: which is active, where each is from, and a way back to another one. */
import { ModelChangeResponse, ModelVersionsResponse, type VersionRow } from "@modelyard/contract";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";

interface VersionsDialogProps {
  model: { slugowner: string; slugproject: string };
  onClose: () => void;
  onChanged: () => void;
}

export function VersionsDialog({ model, onClose, onChanged }: VersionsDialogProps) {
  const name = `${model.slugowner}/${model.slugproject}`;
  const found = useAnswer(`versions ${name}`, (client) => client.ask("Model/Versions", model, ModelVersionsResponse));
  const { isBusy, problem, act } = useAction();
  const activate = ({ version }: VersionRow) =>
    act(async (client) => {
      await client.ask("Model/Activate", { ...model, version }, ModelChangeResponse);
      toast(`${name} runs version ${version.slice(0, 8)} now.`);
      found.reload();
      onChanged();
    });
  return (
    <Dialog title={`Versions of ${name}`} onClose={onClose}>
      <div className="grid gap-4">
        <p className="text-soft">Runs that go on keep their version; those that wait take the active one.</p>
        <ProblemNote problem={problem} />
        <Answered of={found}>
          {({ versions }) => (
            <ul className="-my-3 divide-y divide-line">
              {versions.map((row) => (
                <li key={`${row.version} ${row.source}`} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-3">
                  <code className="font-mono text-sm">{row.version.slice(0, 12)}</code>
                  {row.active && <Badge tone="good">Active</Badge>}
                  <span className="grow text-sm text-soft wrap-anywhere">{originWords(row)}</span>
                  {!row.active && (
                    <Button
                      size="small"
                      disabled={isBusy}
                      aria-label={`Activate ${row.version.slice(0, 12)}`}
                      onClick={() => void activate(row)}
                    >
                      Activate
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )}
        </Answered>
      </div>
    </Dialog>
  );
}

function originWords({ source, addedby, createtime }: VersionRow): string {
  if (source === "folder") return "from a folder of the server's";
  return `added ${timeWords(createtime)}${addedby === "" ? "" : ` by ${addedby.split(":")[0]}`}`;
}
