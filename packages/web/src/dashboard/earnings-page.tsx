/** What the account's models earn: what is owed, what each model brought, and what was paid out. */
import { EarningsResponse, type Publisher } from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { amountColumn } from "../ui/amount-column.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { money } from "../ui/money-words.ts";
import { type Column, LongText, Table } from "../ui/table.tsx";
import { shareWords } from "./cap-words.ts";
import { DashboardFrame } from "./dashboard-frame.tsx";
import { Figure } from "./figure.tsx";

export function EarningsPage() {
  return (
    <DashboardFrame
      title="Earnings"
      lead="Your share of what runs of your models cost. Who runs this server pays it out and notes it here."
    >
      <Earnings />
    </DashboardFrame>
  );
}

type ModelRow = EarningsAnswer["models"][number];
type PayoutRow = EarningsAnswer["payouts"][number];
type EarningsAnswer = ReturnType<typeof EarningsResponse.parse>;

const modelColumns = (rows: readonly ModelRow[]): Column<ModelRow>[] => [
  { title: "Model", cell: ({ model }) => <span className="font-semibold">{model}</span> },
  { title: "Runs", cell: ({ runs }) => runs, isNumber: true },
  amountColumn("Earned", rows, ({ amount }) => amount),
];

const payoutColumns = (rows: readonly PayoutRow[]): Column<PayoutRow>[] => [
  { title: "When", cell: ({ time }) => <span className="whitespace-nowrap">{timeWords(time)}</span> },
  { title: "For the models of", cell: ({ owner }) => owner },
  { title: "Note", cell: ({ note }) => <LongText>{note || "–"}</LongText> },
  amountColumn("Amount", rows, ({ amount }) => amount),
];

function Earnings() {
  const [days, setDays] = useState<{ from?: string; to?: string }>({});
  const found = useAnswer(`earnings ${days.from} ${days.to}`, (client) =>
    client.ask("Earnings/Detail", { ...days }, EarningsResponse),
  );
  return (
    <Answered of={found}>
      {({ publishers, models, payouts, from, to }) =>
        publishers.length === 0 ? (
          <EmptyState
            sentence="No models earn for you. Who runs this server can let you earn with those that you made."
            action={
              <a href="/docs/guide/make-a-model" className={buttonClass("plain")}>
                How to make a model
              </a>
            }
          />
        ) : (
          <div className="grid gap-8">
            {publishers.map((publisher) => (
              <PublisherFigures key={publisher.owner} publisher={publisher} />
            ))}
            <section aria-labelledby="by-model" className="grid gap-3">
              <div className="flex flex-wrap items-end justify-between gap-4">
                <h2 id="by-model" className="text-lg">
                  By model
                </h2>
                <Days key={`${from} ${to}`} from={from} to={to} onChosen={setDays} />
              </div>
              {models.length === 0 ? (
                <EmptyState sentence={`Nothing was earned from ${from} to ${to}.`} action={null} />
              ) : (
                <Table
                  label="Earnings by model"
                  columns={modelColumns(models)}
                  rows={models}
                  keyOf={({ model }) => model}
                />
              )}
            </section>
            <section aria-labelledby="payouts" className="grid gap-3">
              <h2 id="payouts" className="text-lg">
                Paid out
              </h2>
              {payouts.length === 0 ? (
                <EmptyState sentence="Nothing was paid out yet." action={null} />
              ) : (
                <Table
                  label="What was paid out"
                  columns={payoutColumns(payouts)}
                  rows={payouts}
                  keyOf={({ time, owner, amount, note }) => `${time} ${owner} ${amount} ${note}`}
                />
              )}
            </section>
          </div>
        )
      }
    </Answered>
  );
}

function PublisherFigures({ publisher: { owner, share, earned, paidout, balance } }: { publisher: Publisher }) {
  return (
    <section aria-label={`Models of ${owner}`} className="grid gap-3">
      <h2 className="text-lg">
        {owner}/… <span className="text-sm font-normal text-soft">your share: {shareWords(share)}</span>
      </h2>
      <dl className="grid gap-3 sm:grid-cols-3 sm:gap-4">
        <Figure term="Not paid out yet" value={money(balance)} />
        <Figure term="Earned in all" value={money(earned)} />
        <Figure term="Paid out" value={money(paidout)} />
      </dl>
    </section>
  );
}

function Days({
  from,
  to,
  onChosen,
}: {
  from: string;
  to: string;
  onChosen: (days: { from: string; to: string }) => void;
}) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    onChosen({ from: String(data.get("from")), to: String(data.get("to")) });
  };
  return (
    <form className="flex flex-wrap items-end gap-3" onSubmit={submit}>
      <Labelled label="From" hint="UTC">
        <input type="date" name="from" className="field" required defaultValue={from} />
      </Labelled>
      <Labelled label="To" hint="included">
        <input type="date" name="to" className="field" required defaultValue={to} />
      </Labelled>
      <Button type="submit">Apply</Button>
    </form>
  );
}
