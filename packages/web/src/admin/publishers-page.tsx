/** Publishers: which account earns with which owner's models, at which share, and what was paid to it. */
import { AdminAccountsResponse, type AdminPublisher, AdminPublishersResponse } from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { percent, shareWords } from "../dashboard/cap-words.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { RefusedError, useAnswer } from "../session/use-answer.ts";
import { amountColumn } from "../ui/amount-column.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { dollars } from "../ui/dollars.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { toast } from "../ui/toast.tsx";
import { AdminFrame } from "./admin-frame.tsx";

export function PublishersPage() {
  return (
    <AdminFrame
      title="Publishers"
      lead="An account can earn a share of what runs of an owner's models cost. You pay it, and note here that you did."
    >
      <Publishers />
    </AdminFrame>
  );
}

type Open = { kind: "share"; of: AdminPublisher | undefined } | { kind: "payout"; of: AdminPublisher };

function Publishers() {
  const found = useAnswer("publishers", (client) => client.ask("Admin/PublisherList", {}, AdminPublishersResponse));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const done = () => {
    close();
    found.reload();
  };
  const add = (
    <Button look="primary" onClick={() => setOpen({ kind: "share", of: undefined })}>
      New publisher
    </Button>
  );
  return (
    <>
      <Answered of={found}>
        {({ publishers }) =>
          publishers.length === 0 ? (
            <EmptyState
              sentence="All that runs cost is the platform's. Nobody else earns with models yet."
              action={add}
            />
          ) : (
            <div className="grid gap-4">
              <div>{add}</div>
              <Table
                label="Publishers"
                columns={columns(publishers, setOpen)}
                rows={publishers}
                keyOf={({ owner }) => owner}
              />
            </div>
          )
        }
      </Answered>
      {open?.kind === "share" && <ShareDialog of={open.of} onClose={close} onDone={done} />}
      {open?.kind === "payout" && <PayoutDialog of={open.of} onClose={close} onDone={done} />}
    </>
  );
}

function columns(rows: readonly AdminPublisher[], onOpen: (open: Open) => void): Column<AdminPublisher>[] {
  return [
    {
      title: "Models of",
      cell: ({ owner, account }) => (
        <span className="grid gap-0.5">
          <span className="font-semibold">{owner}</span>
          <span className="wrap-anywhere text-soft">{account}</span>
        </span>
      ),
    },
    {
      title: "Share",
      cell: ({ share }) => <span className="whitespace-nowrap">{shareWords(share)}</span>,
      isNumber: true,
    },
    amountColumn("Earned", rows, ({ earned }) => earned),
    amountColumn("Paid out", rows, ({ paidout }) => paidout),
    amountColumn("Not paid out", rows, ({ balance }) => balance),
    {
      title: "Actions",
      cell: (of) => (
        <span className="flex justify-end gap-2">
          <Button
            size="small"
            aria-label={`Change the share of ${of.owner}`}
            onClick={() => onOpen({ kind: "share", of })}
          >
            Share
          </Button>
          <Button
            size="small"
            aria-label={`Note a payout to ${of.owner}`}
            onClick={() => onOpen({ kind: "payout", of })}
          >
            Payout
          </Button>
        </span>
      ),
    },
  ];
}

function ShareDialog({
  of,
  onClose,
  onDone,
}: {
  of: AdminPublisher | undefined;
  onClose: () => void;
  onDone: () => void;
}) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { owner, email, share: sent } = Object.fromEntries(new FormData(event.currentTarget));
    void act(async (client) => {
      let uuid = of?.uuid;
      if (uuid === undefined) {
        const wanted = String(email).trim().toLowerCase();
        const { accounts } = await client.ask("Admin/AccountList", { search: wanted }, AdminAccountsResponse);
        uuid = accounts.find((account) => account.email === wanted)?.uuid;
        if (uuid === undefined) throw new RefusedError("No account has this e-mail address.");
      }
      const share = String(Math.round(Number(sent) * 100) / 10_000);
      await client.ask("Admin/PublisherSet", { owner: of?.owner ?? owner, uuid, share }, AdminPublishersResponse);
      toast("It counts for every run that is charged from now on.");
      onDone();
    });
  };
  return (
    <Dialog title={of ? `Share of ${of.owner}` : "New publisher"} onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        {!of && (
          <>
            <Labelled label="Models of" hint="the first part of owner/model">
              <input name="owner" className="field" required maxLength={100} autoComplete="off" spellCheck={false} />
            </Labelled>
            <Labelled label="E-mail address of the account that earns">
              <input type="email" name="email" className="field" required autoComplete="off" />
            </Labelled>
          </>
        )}
        <Labelled label="Share" hint="per cent of what a run costs; the rest is the platform's">
          <input
            type="number"
            name="share"
            className="field max-w-40"
            min={0}
            max={100}
            step={0.01}
            required
            defaultValue={of ? percent(of.share) : 70}
          />
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          Save
        </Button>
      </form>
    </Dialog>
  );
}

function PayoutDialog({ of, onClose, onDone }: { of: AdminPublisher; onClose: () => void; onDone: () => void }) {
  const { isBusy, problem, act } = useAction();
  // The same dialog sends the same reference again: a second click is no second payout.
  const [reference] = useState(() => `web-${crypto.randomUUID()}`);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    void act(async (client) => {
      await client.ask("Admin/Payout", { ...fields, owner: of.owner, reference }, AdminPublishersResponse);
      toast("The payout is noted.");
      onDone();
    });
  };
  return (
    <Dialog title={`Note a payout to ${of.owner}`} onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        <p className="text-soft">
          {dollars(of.balance)} are not paid out yet. Modelyard moves no money: note here what you have paid.
        </p>
        <Labelled label="Amount" hint="US dollars">
          <input name="amount" className="field max-w-40" inputMode="decimal" required autoComplete="off" />
        </Labelled>
        <Labelled label="Note" hint="the account sees it">
          <input name="note" className="field" required maxLength={300} autoComplete="off" />
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          Note it
        </Button>
      </form>
    </Dialog>
  );
}
