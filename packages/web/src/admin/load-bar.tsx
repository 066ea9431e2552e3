/** How much of something is used, as a bar and in numbers. */
export function LoadBar({ label, used, of }: { label: string; used: number; of: number }) {
  const share = of > 0 ? Math.min(used / of, 1) : 0;
  return (
    <div className="grid gap-1 text-sm">
      <p className="flex justify-between tabular-nums">
        <span className="text-soft">{label}</span>
        <span>
          {used} of {of}
        </span>
      </p>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" className="h-1.5 w-full rounded-full" aria-hidden="true">
        <rect width="100" height="4" className="fill-line" />
        <rect width={share * 100} height="4" className={share > 0.9 ? "fill-wait" : "fill-signal"} />
      </svg>
    </div>
  );
}
