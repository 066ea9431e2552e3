/** Points from 1 to 5 as stars. Drawn here so that the server's HTML and the page's own are the same. */
export const STAR = "M10 2.5l2.3 4.8 5.2.7-3.8 3.6.9 5.2L10 14.3l-4.6 2.5.9-5.2L2.5 8l5.2-.7z";

export function Stars({ points }: { points: number }) {
  return (
    <span className="inline-flex" role="img" aria-label={`${points} of 5`}>
      {[1, 2, 3, 4, 5].map((one) => (
        <svg
          key={one}
          viewBox="0 0 20 20"
          className={`size-4 ${one <= Math.round(points) ? "fill-signal" : "fill-line"}`}
          aria-hidden="true"
        >
          <path d={STAR} />
        </svg>
      ))}
    </span>
  );
}
