/** Coupons: made with their code shown once, and how often each was used. */
import { type Coupon, CouponCreateResponse, CouponListResponse } from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { PagedTable } from "../dashboard/paged-table.tsx";
import { timeWords } from "../history/snippet.ts";
import { useAction } from "../session/use-action.ts";
import { usePages } from "../session/use-pages.ts";
import { amountColumn } from "../ui/amount-column.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import type { Column } from "../ui/table.tsx";
import { AdminFrame } from "./admin-frame.tsx";

export function CouponsPage() {
  return (
    <AdminFrame title="Coupons" lead="A code that puts money into a wallet, once for each account.">
      <Coupons />
    </AdminFrame>
  );
}

const columns = (rows: readonly Coupon[]): Column<Coupon>[] => [
  { title: "Code", cell: ({ code }) => <code className="font-mono">…{code.slice(-4)}</code> },
  { title: "Made", cell: ({ createtime }) => <span className="whitespace-nowrap">{timeWords(createtime)}</span> },
  { title: "Ends", cell: ({ expires }) => (expires === "0" ? "never" : timeWords(expires)) },
  { title: "Used", cell: ({ used, uses }) => `${used} of ${uses}`, isNumber: true },
  amountColumn("Amount", rows, ({ amount }) => amount),
];

function Coupons() {
  const pages = usePages("coupons", async (client, cursor) => {
    const { coupons: rows, next } = await client.ask("Admin/CouponList", { cursor }, CouponListResponse);
    return { rows, next };
  });
  return (
    <div className="grid gap-6">
      <NewCoupon onMade={pages.found.reload} />
      <PagedTable
        label="Coupons"
        pages={pages}
        columns={columns}
        keyOf={({ id }) => id}
        empty="There is no coupon yet."
      />
    </div>
  );
}

function NewCoupon({ onMade }: { onMade: () => void }) {
  const [made, setMade] = useState<Coupon>();
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { amount, uses, day } = Object.fromEntries(new FormData(form));
    const expires = day ? { expires: String(Date.parse(`${day}T23:59:59Z`) / 1000) } : {};
    void act(async (client) => {
      const answer = await client.ask("Admin/CouponCreate", { amount, uses, ...expires }, CouponCreateResponse);
      setMade(answer.coupon);
      form.reset();
      onMade();
    });
  };
  return (
    <Panel title="New coupon">
      <form className="grid gap-4" onSubmit={submit}>
        <div className="grid gap-4 sm:grid-cols-3">
          <Labelled label="Amount" hint="US dollars">
            <input name="amount" className="field" inputMode="decimal" required autoComplete="off" />
          </Labelled>
          <Labelled label="Accounts that may use it">
            <input name="uses" type="number" min={1} className="field" required defaultValue={1} />
          </Labelled>
          <Labelled label="Ends after" hint="UTC; empty = never">
            <input name="day" type="date" className="field" />
          </Labelled>
        </div>
        <ProblemNote problem={problem} />
        <Button type="submit" look="primary" className="justify-self-start" disabled={isBusy}>
          Make the coupon
        </Button>
        {made && (
          <p role="status" className="flex flex-wrap items-center gap-3 rounded-md bg-wait-wash px-4 py-2 text-wait">
            Shown this once: <code className="font-mono">{made.code}</code>
            <CopyButton text={() => made.code} label="Copy the code" />
          </p>
        )}
      </form>
    </Panel>
  );
}
