import type { Bus } from "./bus.ts";

/** The embedded default: everybody lives in this process. */
export function memoryBus(): Bus {
  const topics = new Map<string, Set<(message: unknown) => void>>();
  return {
    publish(topic, message) {
      const handlers = topics.get(topic);
      if (handlers) for (const handler of [...handlers]) handler(message);
    },
    subscribe(topic, handler) {
      let handlers = topics.get(topic);
      if (!handlers) topics.set(topic, (handlers = new Set()));
      handlers.add(handler);
      return () => {
        handlers.delete(handler);
        if (handlers.size === 0 && topics.get(topic) === handlers) topics.delete(topic);
      };
    },
    hasSubscribers: (topic) => topics.has(topic),
    async close() {
      topics.clear();
    },
  };
}
