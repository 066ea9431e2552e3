/** Which files that a run was given can be shown beside what it made: pictures of this server, by their address. */

/** Whether it is the address of a picture that this server has. */
export function isPictureHere(url: string): boolean {
  return /\.(png|jpe?g|webp|gif|avif)$/i.test(url) && URL.parse(url)?.origin === location.origin;
}

/** The one picture among a run's inputs, where a result can be laid over it. */
export function inputPictureOf(parameters: Readonly<Record<string, unknown>>): string | undefined {
  const pictures = Object.values(parameters)
    .flat()
    .filter((value): value is string => typeof value === "string" && isPictureHere(value));
  return pictures.length === 1 ? pictures[0] : undefined;
}
