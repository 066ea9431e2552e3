/** The few pictograms of this app, drawn for it: 20 × 20, one stroke. Always beside words or inside a labelled control. */

const PATHS = {
  search: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4Zm3.7 8.7L16.5 16.5",
  sun: "M10 6.7a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6ZM10 2v1.6M10 16.4V18M2 10h1.6M16.4 10H18M4.4 4.4l1.1 1.1M14.5 14.5l1.1 1.1M4.4 15.6l1.1-1.1M14.5 5.5l1.1-1.1",
  moon: "M16.5 11.8A6.7 6.7 0 0 1 8.2 3.5a6.7 6.7 0 1 0 8.3 8.3Z",
  menu: "M3 6h14M3 10h14M3 14h14",
  close: "M5 5l10 10M15 5L5 15",
  play: "M6.5 4.2v11.6L15.5 10 6.5 4.2Z",
  stop: "M5.5 5.5h9v9h-9z",
  upload: "M10 13V3.5M6.5 7 10 3.5 13.5 7M3.5 13v3.5h13V13",
  download: "M10 3.5V13M6.5 9.5 10 13l3.5-3.5M3.5 13v3.5h13V13",
  link: "M8.5 11.5l3-3M7 9 5.3 10.7a2.8 2.8 0 0 0 4 4L11 13M9 7l1.7-1.7a2.8 2.8 0 0 1 4 4L13 11",
  camera: "M3 6.5h3l1.2-2h5.6l1.2 2h3v9H3zM10 8.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4Z",
  mic: "M10 3a2.2 2.2 0 0 0-2.2 2.2v4.6a2.2 2.2 0 0 0 4.4 0V5.2A2.2 2.2 0 0 0 10 3ZM5.5 9.5a4.5 4.5 0 0 0 9 0M10 14v3",
  history: "M4 10a6 6 0 1 0 2-4.5L4 7.3M4 4v3.3h3.3M10 6.7V10l2.3 1.7",
  copy: "M7 7V3.5h9.5V13H13M3.5 7H13v9.5H3.5z",
  check: "M4 10.5 8 14.5 16 5.5",
  alert: "M10 3 18 16.5H2L10 3ZM10 8v4M10 14.2v.1",
  zoom: "M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4Zm3.7 8.7L16.5 16.5M9 7v4M7 9h4",
  video: "M3 5.5h10v9H3zM13 9l4-2.5v7L13 11",
  audio: "M4 8v4M7 5.5v9M10 3.5v13M13 6.5v7M16 8.5v3",
  image: "M3 4.5h14v11H3zM3 13l4-4 3.5 3.5L13 10l4 4M13.5 7.3v.1",
  text: "M4 5h12M4 9h12M4 13h7",
  other: "M10 3 17 6.8v6.4L10 17l-7-3.8V6.8L10 3ZM3 6.8 10 10.5l7-3.7M10 10.5V17",
  right: "M7.5 4.5 13 10l-5.5 5.5",
  folder: "M2.5 5h5l2 2.5h8v8h-15z",
  flag: "M5 17V3.5h9.5l-2 3.5 2 3.5H5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, className = "size-5" }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      className={`shrink-0 ${className}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
