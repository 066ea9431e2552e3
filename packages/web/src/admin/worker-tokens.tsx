/** The tokens that let workers in: made for one machine and shown once, with the line that starts its worker; revoked one by one. */
import {
  EmptyResponse,
  WorkerTokenCreateResponse,
  WorkerTokenListResponse,
  type WorkerTokenRow,
} from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { type Column, Table } from "../ui/table.tsx";

export function WorkerTokens() {
  const found = useAnswer("worker tokens", (client) => client.ask("Worker/TokenList", {}, WorkerTokenListResponse));
  return (
    <Panel
      title="Tokens of workers"
      lead="A worker on another machine joins with a token. Make one for each machine, so that one can go without the others."
    >
      <div className="grid gap-5">
        <NewToken onMade={found.reload} />
        <Answered of={found}>
          {({ tokens }) => (
            <Table label="All tokens of workers" columns={columns(found.reload)} rows={tokens} keyOf={({ id }) => id} />
          )}
        </Answered>
      </div>
    </Panel>
  );
}

function columns(onRevoked: () => void): Column<WorkerTokenRow>[] {
  return [
    { title: "Name", cell: ({ name }) => <span className="font-semibold wrap-anywhere">{name}</span> },
    { title: "Id", cell: ({ id }) => <code className="font-mono text-xs">{id}</code> },
    { title: "Made", cell: ({ createtime }) => <span className="whitespace-nowrap">{timeWords(createtime)}</span> },
    { title: "Workers", cell: ({ workers }) => workers, isNumber: true },
    {
      title: "State",
      cell: ({ revoketime }) =>
        revoketime === "0" ? <Badge tone="good">Lets workers in</Badge> : `Revoked ${timeWords(revoketime)}`,
    },
    {
      title: "Actions",
      cell: (token) => (token.revoketime === "0" ? <Revoke token={token} onRevoked={onRevoked} /> : "–"),
    },
  ];
}

function Revoke({ token: { id, name }, onRevoked }: { token: WorkerTokenRow; onRevoked: () => void }) {
  return (
    <ConfirmButton
      label="Revoke"
      description={`Revoke the token ${name} ${id}`}
      title={`Revoke ${name}?`}
      done="The token is revoked."
      act={async (client) => {
        await client.ask("Worker/TokenRevoke", { id }, EmptyResponse);
        onRevoked();
      }}
    >
      {name === "built-in"
        ? "The server's own worker gets another token at once and loses no run. Workers elsewhere that use this one are shut out."
        : "Its workers are disconnected at once; what they run goes to other workers 20 seconds later. It cannot be taken back."}
    </ConfirmButton>
  );
}

function NewToken({ onMade }: { onMade: () => void }) {
  const [made, setMade] = useState<{ name: string; token: string }>();
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("name"));
    void act(async (client) => {
      const { token } = await client.ask("Worker/TokenCreate", { name }, WorkerTokenCreateResponse);
      setMade({ name, token });
      form.reset();
      onMade();
    });
  };
  const command =
    made &&
    `MODELYARD_WORKER_TOKEN=${made.token} node scripts/modelyard worker --server ${location.origin} --name ${made.name}`;
  return (
    <form className="grid gap-4" onSubmit={submit}>
      <div className="flex flex-wrap items-end gap-3">
        <Labelled label="Machine" hint="letters, digits, dots, dashes">
          <input name="name" className="field" required maxLength={60} pattern="[\w.\-]+" autoComplete="off" />
        </Labelled>
        <Button type="submit" disabled={isBusy}>
          Make a token
        </Button>
      </div>
      <ProblemNote problem={problem} />
      {command !== undefined && (
        <div role="status" className="grid gap-1 rounded-md bg-wait-wash px-4 py-2 text-wait">
          <p>Shown this once. It starts a worker there, in a checkout of the same release:</p>
          <p className="flex items-center gap-3">
            <code className="min-w-0 font-mono text-sm wrap-anywhere">{command}</code>
            <CopyButton text={() => command} label="Copy the command" />
          </p>
        </div>
      )}
    </form>
  );
}
