import { CallbackListResponse, EmptyResponse } from "@modelyard/contract";
import { Answered } from "../session/answered.tsx";
import { useSession } from "../session/session-provider.tsx";
import { refusal, useAnswer } from "../session/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { CallbackAttempts } from "./callback-attempts.tsx";

const WORDS = { due: "Not delivered yet", delivered: "Delivered", failed: "Given up" } as const;

/** What was sent to the run's callback address and what came back, with a way to send it once more. */
export function RunCallbacks({ taskId }: { taskId: string }) {
  const session = useSession();
  const found = useAnswer(`callbacks ${taskId}`, (client) =>
    client.ask("Task/CallbackList", { taskid: taskId }, CallbackListResponse),
  );
  const resend = async () => {
    try {
      const { clientFor } = await import("../run/client.ts");
      await clientFor(session).ask("Task/CallbackReplay", { taskid: taskId }, EmptyResponse);
      toast("It is sent again.");
      found.reload();
    } catch (error) {
      toast(refusal(error), "bad");
    }
  };
  return (
    <section aria-labelledby="callbacks-title">
      <h2 id="callbacks-title" className="text-lg">
        Callback
      </h2>
      <Answered of={found}>
        {({ callbacklist }) =>
          callbacklist.length === 0 ? (
            <p className="mt-2 text-sm text-soft">It is sent once the run has ended.</p>
          ) : (
            callbacklist.map((callback) => (
              <div key={callback.webhookid} className="mt-2 grid gap-2 text-sm">
                <p className="wrap-anywhere">{callback.callbackurl}</p>
                <p className="font-semibold">{WORDS[callback.status]}</p>
                <CallbackAttempts callback={callback} />
                <Button size="small" className="justify-self-start" onClick={() => void resend()}>
                  Send again
                </Button>
              </div>
            ))
          )
        }
      </Answered>
    </section>
  );
}
