import type { Task } from "@modelyard/contract";
import { inputRows } from "./differences.ts";

/** What the runs were given, what differs first. */
export function InputsTable({ tasks }: { tasks: readonly Task[] }) {
  const rows = inputRows(tasks.map(({ parameters }) => parameters));
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-labelledby="inputs-title" tabIndex={0} className="overflow-x-auto">
      <h2 id="inputs-title" className="mb-3 text-lg">
        Inputs
      </h2>
      <div className="w-fit min-w-full rounded-lg border border-line bg-card">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-b border-line text-left text-soft">
              <th scope="col" className="px-4 py-2.5 font-normal">
                Input
              </th>
              {tasks.map(({ id }) => (
                <th key={id} scope="col" className="px-4 py-2.5 font-normal">
                  Run {id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {rows.map(({ name, values, isSame }) => (
              <tr key={name} className="align-top">
                <th scope="row" className="px-4 py-2.5 text-left font-normal text-soft">
                  {name}
                  {!isSame && <span className="sr-only"> (differs)</span>}
                </th>
                {isSame ? (
                  <td colSpan={tasks.length} className="px-4 py-2.5 wrap-anywhere whitespace-pre-wrap">
                    {values[0]}
                  </td>
                ) : (
                  values.map((value, index) => (
                    <td
                      key={tasks[index]?.id}
                      className="min-w-40 bg-signal-wash px-4 py-2.5 wrap-anywhere whitespace-pre-wrap"
                    >
                      {value ?? "–"}
                    </td>
                  ))
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
