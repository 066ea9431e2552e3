import type { SpendCap } from "@modelyard/contract";
import { Labelled } from "../ui/labelled.tsx";

/** The two fields of a spend cap, in a form that is sent as `cap` and `capperiod`. */
export function CapFields({ cap }: { cap: SpendCap | null }) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Labelled label="Spends at most" hint="US dollars; empty = no limit">
        <input
          name="cap"
          className="field"
          inputMode="decimal"
          autoComplete="off"
          defaultValue={cap ? cap.amount.replace(/\.?0+$/, "") : ""}
        />
      </Labelled>
      <Labelled label="The limit counts">
        <select name="capperiod" className="field" defaultValue={cap?.period ?? "month"}>
          <option value="month">for each month</option>
          <option value="total">in all</option>
        </select>
      </Labelled>
    </div>
  );
}
