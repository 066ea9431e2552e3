/** How the wallet fills up by itself: only with a way to pay that a payment has saved. */
import { AutoTopUpResponse } from "@modelyard/contract";
import { type FormEvent, useId } from "react";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { money } from "../ui/money-words.ts";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";

type Rule = ReturnType<typeof AutoTopUpResponse.parse>;

export function AutoTopUp() {
  const found = useAnswer("auto top-up", (client) => client.ask("Wallet/AutoTopUp", {}, AutoTopUpResponse));
  const rule = found.answer.state === "there" ? found.answer.data : undefined;
  return (
    <Panel
      title="Automatic top-up"
      lead="When less than you say is available, the wallet is filled up from your saved way to pay."
      aside={rule?.saved && (rule.on ? <Badge tone="good">On</Badge> : <Badge tone="plain">Off</Badge>)}
    >
      <Answered of={found}>
        {(rule) =>
          rule.saved ? (
            <RuleForm key={JSON.stringify(rule)} rule={rule} onChanged={found.reload} />
          ) : (
            <p className="text-soft">
              No way to pay is saved yet. Make a payment with “Save the way to pay” ticked, and it can be switched on
              here.
            </p>
          )
        }
      </Answered>
    </Panel>
  );
}

/** `20.000000000000` → `20`, `12.500000000000` → `12.5`, for a field. */
const plain = (amount: string) => String(Number(amount));

function RuleForm({ rule, onChanged }: { rule: Rule; onChanged: () => void }) {
  const { isBusy, problem, act } = useAction();
  const id = useId();
  const send = (fields: Record<string, unknown>, done: string) =>
    act(async (client) => {
      await client.ask("Wallet/AutoTopUp", fields, AutoTopUpResponse);
      toast(done);
      onChanged();
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    void send({ ...fields, on: true }, rule.on ? "Saved." : "The wallet fills up by itself now.");
  };
  return (
    <div className="grid gap-5">
      {rule.problem !== "" && (
        <p role="alert" className="rounded-md bg-bad-wash px-4 py-2.5 wrap-anywhere text-bad">
          It switched itself off: {rule.problem}
        </p>
      )}
      <form id={id} className="grid gap-4 sm:grid-cols-3" onSubmit={submit}>
        <Money name="below" label="When less is available" value={rule.below} />
        <Money name="amount" label="Pay in" value={rule.amount} />
        <Money name="most" label="At most in a month" value={rule.most} />
      </form>
      <p className="text-sm text-soft">
        US dollars, 5 to 10,000 at a time. This month (UTC) {money(rule.used)} of {money(rule.most)} came in this way.
      </p>
      <ProblemNote problem={problem} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" form={id} look={rule.on ? "plain" : "primary"} disabled={isBusy}>
          {rule.on ? "Save" : "Switch it on"}
        </Button>
        {rule.on && (
          <Button disabled={isBusy} onClick={() => void send({ on: false }, "The wallet fills up by itself no more.")}>
            Switch it off
          </Button>
        )}
        <span className="ml-auto">
          <ConfirmButton
            label="Forget the way to pay"
            title="Forget the way to pay"
            done="The way to pay is forgotten."
            act={async (client) => {
              await client.ask("Wallet/AutoTopUp", { forget: true }, AutoTopUpResponse);
              onChanged();
            }}
          >
            The wallet fills up by itself no more. To switch it on again you save a way to pay with another payment.
          </ConfirmButton>
        </span>
      </div>
    </div>
  );
}

function Money({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <Labelled label={label}>
      <input
        name={name}
        className="field"
        inputMode="decimal"
        required
        autoComplete="off"
        defaultValue={plain(value)}
      />
    </Labelled>
  );
}
