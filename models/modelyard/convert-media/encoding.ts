/** Which encoder, at which settings. The figures are the encoders' own scales: crf and q fall with quality, bit rates rise. */
export type Format = "mp4" | "webm" | "mp3" | "m4a" | "ogg" | "flac" | "wav";
export type Resolution = "original" | "1080p" | "720p" | "480p" | "360p";
export type Quality = "high" | "medium" | "small";

const CRF_H264: Record<Quality, string> = { high: "18", medium: "23", small: "28" };
const CRF_VP9: Record<Quality, string> = { high: "28", medium: "34", small: "42" };
const MP3: Record<Quality, string> = { high: "0", medium: "2", small: "6" };
const AAC: Record<Quality, string> = { high: "256k", medium: "160k", small: "96k" };
const OPUS: Record<Quality, string> = { high: "160k", medium: "96k", small: "48k" };

/** H.264 in 4:2:0 needs even sides. A resolution names the shorter side, and nothing is ever enlarged. */
export function scale(resolution: Resolution): string {
  const even = (side: string) => `trunc(${side}/2)*2`;
  if (resolution === "original") return `scale=${even("iw")}:${even("ih")}`;
  const most = Number.parseInt(resolution, 10);
  return `scale='if(gt(iw,ih),-2,${even(`min(${most},iw)`)})':'if(gt(iw,ih),${even(`min(${most},ih)`)},-2)'`;
}

export function encoding(
  format: Format,
  resolution: Resolution,
  quality: Quality,
): { needs: "video" | "audio"; arguments: string[] } {
  const picture = ["-map", "0:v:0", "-map", "0:a:0?", "-vf", `${scale(resolution)},format=yuv420p`];
  const sound = ["-map", "0:a:0", "-vn"];
  switch (format) {
    case "mp4":
      return {
        needs: "video",
        arguments: [
          ...picture,
          ...["-c:v", "libx264", "-preset", "veryfast", "-crf", CRF_H264[quality]],
          ...["-c:a", "aac", "-b:a", AAC[quality], "-movflags", "+faststart"],
        ],
      };
    case "webm":
      return {
        needs: "video",
        arguments: [
          ...picture,
          ...["-c:v", "libvpx-vp9", "-b:v", "0", "-crf", CRF_VP9[quality], "-deadline", "realtime", "-cpu-used", "6"],
          ...["-row-mt", "1", "-c:a", "libopus", "-b:a", OPUS[quality]],
        ],
      };
    case "mp3":
      return { needs: "audio", arguments: [...sound, "-c:a", "libmp3lame", "-q:a", MP3[quality]] };
    case "m4a":
      return { needs: "audio", arguments: [...sound, "-c:a", "aac", "-b:a", AAC[quality]] };
    case "ogg":
      return { needs: "audio", arguments: [...sound, "-c:a", "libopus", "-b:a", OPUS[quality]] };
    case "flac":
      return { needs: "audio", arguments: [...sound, "-c:a", "flac"] };
    case "wav":
      return { needs: "audio", arguments: [...sound, "-c:a", "pcm_s16le"] };
  }
}
