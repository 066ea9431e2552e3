/** Comments of a model that can be written, reported and taken back. */
import {
  COMMENT_LENGTH,
  type Comment,
  CommentListResponse,
  CommentMineResponse,
  CommentSaveResponse,
  EmptyResponse,
} from "@modelyard/contract";
import { type FormEvent, useEffect, useState } from "react";
import { openClient } from "../catalogue/lazy-models.ts";
import type { CommentsProps } from "../model/comments-section.tsx";
import { Answered } from "../session/answered.tsx";
import { useSession } from "../session/session-provider.tsx";
import { signInPath } from "../session/sign-in-path.ts";
import { useAction } from "../session/use-action.ts";
import { refusal, useAnswer } from "../session/use-answer.ts";
import { useManages } from "../session/use-manages.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { RATING_WORDS, summaryWords } from "./comment-words.ts";
import { Stars } from "./stars.tsx";

/** Comments asked for at a time. */
const PAGE = 20;

type List = Pick<CommentListResponse, "comments" | "next" | "averagepoint" | "ratedusercount">;

export function LiveComments({ owner, model }: CommentsProps) {
  const name = { slugowner: owner, slugproject: model };
  const key = `${owner}/${model}`;
  const session = useSession();
  const manages = useManages();
  const [list, setList] = useState<List>();
  const [problem, setProblem] = useState<string>();
  const [round, setRound] = useState(0);
  const ask = async (cursor?: string) => {
    const client = await openClient();
    const [slugowner, slugproject] = key.split("/");
    return client.ask("Comment/List", { slugowner, slugproject, limit: PAGE, cursor }, CommentListResponse);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew for another model and after each change
  useEffect(() => {
    let current = true;
    ask()
      .then((found) => current && setList(found))
      .catch((error: unknown) => current && setProblem(refusal(error)));
    return () => {
      current = false;
    };
  }, [key, round]);
  const more = async () => {
    try {
      const page = await ask(list?.next);
      setList((before) => (before ? { ...page, comments: [...before.comments, ...page.comments] } : page));
    } catch (error) {
      toast(refusal(error), "bad");
    }
  };
  return (
    <div className="grid max-w-[46rem] gap-6">
      <ProblemNote problem={problem} />
      {list && <p className="text-soft">{summaryWords(list)}</p>}
      {manages && <Own name={name} onChanged={() => setRound((before) => before + 1)} />}
      {session.state === "in" && !manages && (
        <p className="text-soft">
          For {session.acting?.name} its owners and admins speak. Act for yourself to say something.
        </p>
      )}
      {session.state === "out" && session.offered && (
        <p>
          <a href={signInPath()} className="link font-semibold">
            Sign in to say something
          </a>{" "}
          <span className="text-soft">about a model that you have run.</span>
        </p>
      )}
      {list && list.comments.length > 0 && (
        <ul className="divide-y divide-line">
          {list.comments.map((comment) => (
            <CommentItem key={comment.id} comment={comment} canReport={manages} />
          ))}
        </ul>
      )}
      {list && list.next !== "" && list.comments.length >= PAGE && (
        <Button className="justify-self-center" onClick={() => void more()}>
          Show more
        </Button>
      )}
    </div>
  );
}

function CommentItem({ comment, canReport }: { comment: Comment; canReport: boolean }) {
  const [isReporting, setReporting] = useState(false);
  const { id, name, points, text, time } = comment;
  const day = new Date(Number(time) * 1000).toISOString().slice(0, 10);
  return (
    <li className="py-4">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-semibold">{name}</span>
        <Stars points={points} />
        <time dateTime={day} className="text-sm text-soft tabular-nums">
          {day}
        </time>
        {canReport && (
          <Button
            look="quiet"
            size="small"
            className="ml-auto"
            aria-label={`Report the comment of ${name}`}
            onClick={() => setReporting(true)}
          >
            Report
          </Button>
        )}
      </p>
      <p className="mt-1 whitespace-pre-wrap wrap-anywhere">{text}</p>
      {isReporting && <ReportDialog commentId={id} onClose={() => setReporting(false)} />}
    </li>
  );
}

function ReportDialog({ commentId, onClose }: { commentId: string; onClose: () => void }) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const details = new FormData(event.currentTarget).get("details");
    void act(async (client) => {
      await client.ask("Comment/Report", { commentid: commentId, details }, EmptyResponse);
      toast("Thank you. The operator will read it.");
      onClose();
    });
  };
  return (
    <Dialog title="Report this comment" onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="What is wrong with it?">
          <textarea name="details" rows={3} className="field" required maxLength={COMMENT_LENGTH} />
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          Send the report
        </Button>
      </form>
    </Dialog>
  );
}

function Own({ name, onChanged }: { name: { slugowner: string; slugproject: string }; onChanged: () => void }) {
  const found = useAnswer(`mine ${name.slugowner}/${name.slugproject}`, (client) =>
    client.ask("Comment/Mine", name, CommentMineResponse),
  );
  const changed = () => {
    found.reload();
    onChanged();
  };
  return (
    <Answered of={found}>
      {({ allowed, comment }) =>
        allowed ? (
          <OwnForm key={comment?.id ?? "none"} name={name} comment={comment} onChanged={changed} />
        ) : (
          <p className="rounded-lg border border-line bg-card px-5 py-4 text-soft">
            Run the model, and you can say here how it was.
          </p>
        )
      }
    </Answered>
  );
}

function OwnForm({
  name,
  comment,
  onChanged,
}: {
  name: { slugowner: string; slugproject: string };
  comment: Comment | null;
  onChanged: () => void;
}) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    void act(async (client) => {
      await client.ask("Comment/Save", { ...name, ...fields }, CommentSaveResponse);
      toast("Thank you. It is there for everybody now.");
      onChanged();
    });
  };
  return (
    <form className="grid gap-4 rounded-lg border border-line bg-card p-5" onSubmit={submit}>
      <fieldset>
        <legend className="mb-1 font-semibold">How is it?</legend>
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          {RATING_WORDS.map((word, index) => (
            <label key={word} className="flex min-h-8 items-center gap-2">
              <input
                type="radio"
                name="points"
                value={index + 1}
                required
                className="size-4"
                defaultChecked={comment?.points === index + 1}
              />
              {index + 1} <span className="text-soft">{word}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <Labelled label="Your comment" hint="may be left empty">
        <textarea name="text" rows={3} className="field" maxLength={COMMENT_LENGTH} defaultValue={comment?.text} />
      </Labelled>
      <ProblemNote problem={problem} />
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="primary" disabled={isBusy}>
          {comment ? "Change it" : "Say it"}
        </Button>
        {comment && (
          <ConfirmButton
            label="Take it back"
            title="Take your comment back"
            done="It is taken back."
            act={async (client) => {
              await client.ask("Comment/Delete", name, EmptyResponse);
              onChanged();
            }}
          >
            Your points and your comment are removed.
          </ConfirmButton>
        )}
      </div>
    </form>
  );
}
