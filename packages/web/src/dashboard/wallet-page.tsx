/** The wallet: what is there, what is set aside for runs, how money comes in and what came in. */
import {
  CouponResponse,
  TopUpResponse,
  TransactionsResponse,
  WalletDetailResponse,
  type WalletTransaction,
} from "@modelyard/contract";
import { Link } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useSession } from "../session/session-provider.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { usePages } from "../session/use-pages.ts";
import { amountColumn } from "../ui/amount-column.ts";
import { Button } from "../ui/button.tsx";
import { CsvButton } from "../ui/csv-button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { money } from "../ui/money-words.ts";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { type Column, LongText } from "../ui/table.tsx";
import { toast } from "../ui/toast.tsx";
import { AutoTopUp } from "./auto-top-up.tsx";
import { DashboardFrame } from "./dashboard-frame.tsx";
import { ExpiringCredit } from "./expiring-credit.tsx";
import { Figure } from "./figure.tsx";
import { PagedTable } from "./paged-table.tsx";

export function WalletPage() {
  return (
    <DashboardFrame
      title="Wallet"
      lead="A run sets aside the most that it can cost, and pays what it did cost once it has succeeded. What fails is free."
    >
      <Wallet />
    </DashboardFrame>
  );
}

function Wallet() {
  const found = useAnswer("wallet", (client) => client.ask("Wallet/Detail", {}, WalletDetailResponse));
  const transactions = usePages("transactions", async (client, cursor) => {
    const { transactions: rows, next } = await client.ask("Wallet/Transactions", { cursor }, TransactionsResponse);
    return { rows, next };
  });
  const payments = found.answer.state === "there" ? found.answer.data.payments : undefined;
  const changed = () => {
    found.reload();
    transactions.found.reload();
  };
  return (
    <div className="grid gap-6">
      <Answered of={found}>
        {({ available, held, balance, active, limit, expiring }) => (
          <div className="grid gap-6">
            <dl className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
              <Figure term="Available" value={money(available)} note="for new runs" />
              <Figure term="Set aside" value={money(held)} note="for runs that go on" />
              <Figure term="Balance" value={money(balance)} note="both together" />
              <Figure
                term="Runs at a time"
                value={limit === "unlimited" ? "No limit" : limit}
                note={`with this balance; ${active} go on`}
              />
            </dl>
            <ExpiringCredit credits={expiring} />
          </div>
        )}
      </Answered>
      <div className="grid gap-6 xl:grid-cols-2">
        <TopUp payments={payments} />
        <Coupon onUsed={changed} />
      </div>
      {payments === true && <AutoTopUp />}
      <section aria-labelledby="transactions-title">
        <h2 id="transactions-title" className="mb-3 text-lg">
          What came in
        </h2>
        <PagedTable
          label="What came into the wallet"
          pages={transactions}
          columns={columns}
          keyOf={({ id }) => id}
          empty="No money has come in yet."
          aside={<CsvButton path="Wallet/Transactions" fields={{}} name="transactions.csv" />}
        />
      </section>
    </div>
  );
}

const KINDS: Record<WalletTransaction["kind"], string> = {
  topup: "Payment",
  credit: "Credit",
  coupon: "Coupon",
  correction: "Correction",
  forfeit: "Given up",
  expiry: "Expired credit",
};

const columns = (rows: readonly WalletTransaction[]): Column<WalletTransaction>[] => [
  { title: "When", cell: ({ time }) => <span className="whitespace-nowrap">{timeWords(time)}</span> },
  { title: "What", cell: ({ kind }) => KINDS[kind] },
  { title: "Note", cell: ({ note }) => <LongText>{note || "–"}</LongText> },
  amountColumn("Amount", rows, ({ amount }) => amount),
];

/** `payments`: whether this server takes any; undefined until it is known. */
function TopUp({ payments }: { payments: boolean | undefined }) {
  const session = useSession();
  if (payments) return <Payment />;
  const isOperator = session.state === "in" && session.account.role === "operator";
  return (
    <Panel title="Top up">
      {payments === false && (
        <p>
          No payments are set up on this server:{" "}
          {isOperator ? (
            <>
              give credit under{" "}
              <Link to="/admin/accounts" className="link">
                Accounts
              </Link>
              , or a coupon.
            </>
          ) : (
            "ask whoever runs it for credit or for a coupon."
          )}
        </p>
      )}
    </Panel>
  );
}

function Payment() {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const fields = { amount: data.get("amount"), save: data.get("save") === "on", next: "/dashboard/wallet" };
    void act(async (client) => {
      const { url } = await client.ask("Wallet/TopUp", fields, TopUpResponse);
      location.assign(url);
    });
  };
  return (
    <Panel title="Top up" lead="You pay on the payment service's page and come back here.">
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="Amount" hint="US dollars">
          <input name="amount" className="field max-w-40" inputMode="decimal" required defaultValue="20" />
        </Labelled>
        <label className="flex items-start gap-2.5">
          <input type="checkbox" name="save" className="mt-1 size-4" />
          Save the way to pay, for automatic top-up
        </label>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" className="justify-self-start" disabled={isBusy}>
          Go to the payment
        </Button>
      </form>
    </Panel>
  );
}

function Coupon({ onUsed }: { onUsed: () => void }) {
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const code = new FormData(form).get("code");
    void act(async (client) => {
      const { amount } = await client.ask("Wallet/Coupon", { code }, CouponResponse);
      toast(`${money(amount)} came into your wallet.`);
      form.reset();
      onUsed();
    });
  };
  return (
    <Panel title="Use a coupon" lead="Each coupon counts once for an account.">
      <form className="grid gap-4" onSubmit={submit}>
        <Labelled label="Code">
          <input name="code" className="field max-w-72 font-mono" required autoComplete="off" spellCheck={false} />
        </Labelled>
        <ProblemNote problem={problem} />
        <Button type="submit" className="justify-self-start" disabled={isBusy}>
          Use it
        </Button>
      </form>
    </Panel>
  );
}
