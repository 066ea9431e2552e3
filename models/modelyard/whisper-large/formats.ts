/** A stretch of speech, in seconds from the beginning of the recording. */
export interface Segment {
  start: number;
  end: number;
  text: string;
}

export interface Transcript {
  language: string;
  text: string;
  segments: Segment[];
}

export type Format = "text" | "srt" | "vtt" | "json";

export function layOut(format: Format, transcript: Transcript): string {
  switch (format) {
    case "text":
      return transcript.text;
    case "json":
      return JSON.stringify(transcript, null, 2);
    case "srt":
      return transcript.segments
        .map(({ start, end, text }, index) => `${index + 1}\n${clock(start, ",")} --> ${clock(end, ",")}\n${text}\n`)
        .join("\n");
    case "vtt":
      return `WEBVTT\n\n${transcript.segments
        .map(({ start, end, text }) => `${clock(start, ".")} --> ${clock(end, ".")}\n${text}\n`)
        .join("\n")}`;
  }
}

/** 3723.5 becomes 01:02:03,500; SRT wants a comma, WebVTT a point. */
function clock(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const [h, m, s] = [two(ms / 3_600_000), two((ms / 60_000) % 60), two((ms / 1000) % 60)];
  return `${h}:${m}:${s}${point}${String(ms % 1000).padStart(3, "0")}`;
}
