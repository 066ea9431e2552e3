/** An address could not be fetched. The message is a sentence for whoever gave the address; it names no address inside our network. */
export class FetchError extends Error {
  override name = "FetchError";
}
