/** Why something was refused, said at once to screen readers too. */
export function ProblemNote({ problem }: { problem: string | undefined }) {
  if (problem === undefined) return null;
  return (
    <p role="alert" className="rounded-md bg-bad-wash px-4 py-2.5 wrap-anywhere text-bad">
      {problem}
    </p>
  );
}
