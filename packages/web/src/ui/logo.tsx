/** The yard: an M whose two roofs are also rails that run together. */
export function Logo({ className = "size-7" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" className="fill-signal" />
      <path
        d="M6 25V13.5L12 7.5l4 4.5 4-4.5 6 6V25M12 25V15.5l4-3.5 4 3.5V25"
        fill="none"
        className="stroke-signal-ink"
        strokeWidth="2.6"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
