/** Accounts: found by address or name, suspended and restored, given money. */
import { type AdminAccount, AdminAccountsResponse, EmptyResponse } from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { PagedTable } from "../dashboard/paged-table.tsx";
import { timeWords } from "../history/snippet.ts";
import { useAction } from "../session/use-action.ts";
import { usePages } from "../session/use-pages.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { money } from "../ui/money-words.ts";
import { ProblemNote } from "../ui/problem-note.tsx";
import type { Column } from "../ui/table.tsx";
import { toast } from "../ui/toast.tsx";
import { AdminFrame } from "./admin-frame.tsx";

export function AccountsPage() {
  return (
    <AdminFrame title="Accounts" lead="Who has an account here. Each change stands in the operators' audit log.">
      <Accounts />
    </AdminFrame>
  );
}

function Accounts() {
  const [search, setSearch] = useState("");
  const [credited, setCredited] = useState<AdminAccount>();
  const pages = usePages(`accounts ${search}`, async (client, cursor) => {
    const { accounts: rows, next } = await client.ask("Admin/AccountList", { search, cursor }, AdminAccountsResponse);
    return { rows, next };
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSearch(String(new FormData(event.currentTarget).get("search") ?? "").trim());
  };
  return (
    <div className="grid gap-4">
      <form className="flex max-w-lg items-end gap-3" onSubmit={submit}>
        <div className="grow">
          <Labelled label="E-mail address or name">
            <input type="search" name="search" className="field" autoComplete="off" />
          </Labelled>
        </div>
        <Button type="submit">Search</Button>
      </form>
      <PagedTable
        label="Accounts"
        pages={pages}
        columns={columns(pages.found.reload, setCredited)}
        keyOf={({ uuid }) => uuid}
        empty="No account fits."
      />
      {credited && (
        <CreditDialog
          account={credited}
          onClose={() => setCredited(undefined)}
          onDone={() => {
            setCredited(undefined);
            pages.found.reload();
          }}
        />
      )}
    </div>
  );
}

function columns(onChanged: () => void, onCredit: (account: AdminAccount) => void): Column<AdminAccount>[] {
  return [
    {
      title: "Account",
      cell: ({ email, name, role, verified, suspended, highpriority }) => (
        <span className="grid min-w-52 gap-0.5">
          <span className="flex flex-wrap items-center gap-2">
            <span className="font-semibold wrap-anywhere">{email}</span>
            {role === "operator" && <Badge tone="plain">Operator</Badge>}
            {role !== "operator" && highpriority && <Badge tone="plain">High priority</Badge>}
            {suspended && <Badge tone="bad">Suspended</Badge>}
            {!verified && <Badge tone="wait">Not confirmed</Badge>}
          </span>
          {name !== "" && <span className="text-soft">{name}</span>}
        </span>
      ),
    },
    { title: "Since", cell: ({ createtime }) => <span className="whitespace-nowrap">{timeWords(createtime)}</span> },
    { title: "Available", cell: ({ available }) => money(available), isNumber: true },
    { title: "Set aside", cell: ({ held }) => money(held), isNumber: true },
    {
      title: "Actions",
      cell: (account) => (
        <span className="flex justify-end gap-2">
          <Button size="small" aria-label={`Credit for ${account.email}`} onClick={() => onCredit(account)}>
            Credit
          </Button>
          {account.role !== "operator" && <HighPriority account={account} onChanged={onChanged} />}
          <Suspension account={account} onChanged={onChanged} />
        </span>
      ),
    },
  ];
}

function HighPriority({ account, onChanged }: { account: AdminAccount; onChanged: () => void }) {
  const { isBusy, act } = useAction();
  const { uuid, email, highpriority } = account;
  return (
    <Button
      size="small"
      disabled={isBusy}
      aria-label={highpriority ? `Normal priority at most for ${email}` : `Allow high priority for ${email}`}
      onClick={() =>
        void act(async (client) => {
          await client.ask("Admin/Priority", { uuid, high: !highpriority }, EmptyResponse);
          onChanged();
        })
      }
    >
      {highpriority ? "Normal priority" : "High priority"}
    </Button>
  );
}

function Suspension({ account, onChanged }: { account: AdminAccount; onChanged: () => void }) {
  const { isBusy, act } = useAction();
  const { uuid, email, suspended } = account;
  if (suspended)
    return (
      <Button
        size="small"
        disabled={isBusy}
        aria-label={`Restore ${email}`}
        onClick={() =>
          void act(async (client) => {
            await client.ask("Admin/Restore", { uuid }, EmptyResponse);
            onChanged();
          })
        }
      >
        Restore
      </Button>
    );
  return (
    <ConfirmButton
      label="Suspend"
      description={`Suspend ${email}`}
      title={`Suspend ${email}`}
      done="The account is suspended."
      act={async (client) => {
        await client.ask("Admin/Suspend", { uuid }, EmptyResponse);
        onChanged();
      }}
    >
      It is signed out everywhere, and its keys are refused until you restore it.
    </ConfirmButton>
  );
}

function CreditDialog({
  account,
  onClose,
  onDone,
}: {
  account: AdminAccount;
  onClose: () => void;
  onDone: () => void;
}) {
  const { isBusy, problem, act } = useAction();
  // The same dialog sends the same reference again: a second click is no second credit.
  const [reference] = useState(() => `web-${crypto.randomUUID()}`);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    void act(async (client) => {
      await client.ask("Admin/Credit", { ...fields, uuid: account.uuid, reference }, EmptyResponse);
      toast("The wallet is changed.");
      onDone();
    });
  };
  return (
    <Dialog title={`Credit for ${account.email}`} onClose={onClose}>
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="Amount" hint="US dollars; negative takes money out">
          <input name="amount" className="field max-w-40" required autoComplete="off" />
        </Labelled>
        <Labelled label="Note" hint="the account sees it">
          <input name="note" className="field" required maxLength={300} autoComplete="off" />
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" disabled={isBusy}>
          Change the wallet
        </Button>
      </form>
    </Dialog>
  );
}
