/** Wake-ups and live events between the parts of the platform. Delivery is best effort: whoever must not miss anything reads the log. */
export interface Bus {
  publish(topic: string, message: unknown): void;
  /** Returns the function that ends the subscription. */
  subscribe(topic: string, handler: (message: unknown) => void): () => void;
  /** Whether somebody in this process listens; lets a publisher skip building a message. */
  hasSubscribers(topic: string): boolean;
  close(): Promise<void>;
}
