import type { WalletDetailResponse } from "@modelyard/contract";
import { timeWords } from "../history/snippet.ts";
import { money } from "../ui/money-words.ts";
import { Panel } from "../ui/panel.tsx";

type Credit = ReturnType<typeof WalletDetailResponse.parse>["expiring"][number];

/** Credit with an end, the soonest first; a sentence where there is none. */
export function ExpiringCredit({ credits }: { credits: readonly Credit[] }) {
  if (credits.length === 0) return <p className="text-sm text-soft">Nothing in this wallet expires.</p>;
  return (
    <Panel title="Credit that expires" lead="Runs spend it before other money. At its end what is left of it is taken.">
      <ul aria-label="Credit that expires" className="-my-3 divide-y divide-line">
        {credits.map(({ amount, expires }) => (
          <li key={`${expires} ${amount}`} className="flex flex-wrap items-baseline gap-x-4 py-3">
            <span className="min-w-24 font-semibold tabular-nums">{money(amount)}</span>
            <span className="text-soft">until {timeWords(expires)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
