import { modelPath } from "../catalogue/describe.ts";
import { buttonClass } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import type { ModelData } from "./load-model.ts";

export const REPORT_REASONS = [
  ["broken", "It does not work"],
  ["misleading", "It is not what its page says"],
  ["harmful", "It makes harmful or illegal things"],
  ["rights", "It uses something of mine without permission"],
  ["other", "Something else"],
] as const;

/** An ordinary form: it is sent and answered with or without JavaScript. */
export function ReportForm({ model, reported }: { model: ModelData["model"]; reported: boolean }) {
  return (
    <section aria-labelledby="report-title" id="report">
      <h2 id="report-title" className="sr-only">
        Report this model
      </h2>
      {reported && (
        <p role="status" className="mb-3 rounded-md bg-good-wash px-4 py-2.5 text-good">
          Thank you: the report is with the operator of this server.
        </p>
      )}
      <details className="rounded-lg border border-line">
        <summary className="flex items-center gap-2 px-4 py-3 font-medium">
          <Icon name="flag" className="size-4 text-soft" />
          Report this model
        </summary>
        <form method="post" action={`${modelPath(model)}/report`} className="grid gap-4 border-t border-line p-4">
          <label className="grid gap-1.5">
            <span className="font-medium">What is wrong?</span>
            <select name="reason" className="field">
              {REPORT_REASONS.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label className="grid gap-1.5">
            <span className="font-medium">Details</span>
            <textarea name="details" required maxLength={2000} rows={4} className="field" />
          </label>
          <label className="grid gap-1.5">
            <span className="font-medium">
              Your e-mail <span className="text-sm font-normal text-soft">(only if you want an answer)</span>
            </span>
            <input name="contact" type="email" maxLength={200} autoComplete="email" className="field" />
          </label>
          <button type="submit" className={`${buttonClass("plain")} justify-self-start`}>
            Send the report
          </button>
        </form>
      </details>
    </section>
  );
}
