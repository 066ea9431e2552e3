/** Links to a run: made, copied, revoked. */
import { EmptyResponse, type Share, ShareListResponse, ShareResponse } from "@modelyard/contract";
import type { FormEvent } from "react";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { timeWords } from "./snippet.ts";

const DAY = 24 * 60 * 60;
/** Seconds after which a link ends; 0 = never. */
const ENDS = [
  { seconds: 7 * DAY, words: "after a week" },
  { seconds: DAY, words: "after a day" },
  { seconds: 30 * DAY, words: "after 30 days" },
  { seconds: 0, words: "never" },
] as const;

export function RunShares({ taskId }: { taskId: string }) {
  const found = useAnswer(`shares ${taskId}`, (client) =>
    client.ask("Share/List", { taskid: taskId }, ShareListResponse),
  );
  return (
    <section aria-labelledby="share" className="scroll-mt-20">
      <h2 id="share" className="text-lg">
        Share
      </h2>
      <Answered of={found}>
        {({ shares }) => (
          <div className="mt-2 grid gap-4">
            {shares.length > 0 && (
              <ul className="divide-y divide-line rounded-lg border border-line bg-card">
                {shares.map((share) => (
                  <ShareItem key={share.id} share={share} onChanged={found.reload} />
                ))}
              </ul>
            )}
            <NewShare taskId={taskId} onMade={found.reload} />
          </div>
        )}
      </Answered>
    </section>
  );
}

function NewShare({ taskId, onMade }: { taskId: string; onMade: () => void }) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const after = Number(data.get("after"));
    const expires = after === 0 ? "0" : String(Math.floor(Date.now() / 1000) + after);
    void act(async (client) => {
      const fields = { taskid: taskId, hideinputs: data.get("hideinputs") === "on", expires };
      await client.ask("Share/Create", fields, ShareResponse);
      toast("The link is made.");
      onMade();
    });
  };
  return (
    <form className="grid gap-3 text-sm" onSubmit={submit}>
      <p className="text-soft">Whoever has the link sees what the run made, without signing in.</p>
      <label className="flex min-h-6 items-center gap-2.5">
        <input type="checkbox" name="hideinputs" className="size-4" />
        Keep the inputs to myself
      </label>
      <Labelled label="The link ends">
        <select name="after" className="field w-auto justify-self-start">
          {ENDS.map(({ seconds, words }) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
        </select>
      </Labelled>
      <ProblemNote problem={problem} />
      <Button type="submit" size="small" className="justify-self-start" disabled={isBusy}>
        Make a link
      </Button>
    </form>
  );
}

function ShareItem({ share, onChanged }: { share: Share; onChanged: () => void }) {
  const { isBusy, problem, act } = useAction();
  const revoke = () =>
    act(async (client) => {
      await client.ask("Share/Revoke", { shareid: share.id }, EmptyResponse);
      toast("The link leads to nothing now.");
      onChanged();
    });
  return (
    <li className="grid gap-1 px-4 py-3 text-sm">
      <p className="flex items-center gap-2">
        <a href={share.url} className="link min-w-0 wrap-anywhere">
          {share.url}
        </a>
        <span className="ml-auto">
          <CopyButton text={() => share.url} label="Copy the link" />
        </span>
      </p>
      <p className="flex flex-wrap items-center justify-between gap-2 text-soft">
        <span>
          {share.hideinputs ? "without inputs" : "with inputs"},{" "}
          {share.expires === "0" ? "for good" : `until ${timeWords(share.expires)}`}
        </span>
        <Button look="danger" size="small" disabled={isBusy} onClick={() => void revoke()}>
          Revoke
        </Button>
      </p>
      <ProblemNote problem={problem} />
    </li>
  );
}
