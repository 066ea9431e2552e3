/** A run's tags, and a form that puts others in their place. */
import { readTags } from "@modelyard/contract";
import { type FormEvent, useState } from "react";
import { useAction } from "../session/use-action.ts";
import { Button } from "../ui/button.tsx";
import { Labelled } from "../ui/labelled.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { toast } from "../ui/toast.tsx";
import { Tags } from "./tags.tsx";

/** The button that had it is gone. */
const focus = (field: HTMLInputElement | null) => field?.focus();

export function RunTags({ taskId, tags: first }: { taskId: string; tags: readonly string[] }) {
  const [tags, setTags] = useState(first);
  const [isOpen, setOpen] = useState(false);
  const [mistake, setMistake] = useState<string>();
  const { isBusy, problem, act } = useAction();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wanted = readTags(String(new FormData(event.currentTarget).get("tags")));
    setMistake(wanted ? undefined : "At most 10 words of letters, digits and . _ : / = @ + - can be tags.");
    if (!wanted) return;
    void act(async (client) => {
      const task = await client.tag({ taskid: taskId }, wanted);
      setTags(task.modelyard.tags);
      setOpen(false);
      toast(wanted.length === 0 ? "The run has no tags now." : "The tags are saved.");
    });
  };
  return (
    <section aria-labelledby="tags-title">
      <div className="flex items-baseline justify-between gap-4">
        <h2 id="tags-title" className="text-lg">
          Tags
        </h2>
        {!isOpen && (
          <Button size="small" onClick={() => setOpen(true)}>
            {tags.length === 0 ? "Add tags" : "Change"}
          </Button>
        )}
      </div>
      {isOpen ? (
        <form className="mt-2 grid gap-3" onSubmit={submit}>
          <Labelled label="With commas between" hint="For example spring-campaign, shop:42">
            <input name="tags" className="field" defaultValue={tags.join(", ")} autoComplete="off" ref={focus} />
          </Labelled>
          <ProblemNote problem={mistake ?? problem} />
          <div className="flex gap-2">
            <Button type="submit" look="primary" size="small" disabled={isBusy}>
              Save
            </Button>
            <Button size="small" onClick={() => setOpen(false)}>
              Back
            </Button>
          </div>
        </form>
      ) : tags.length === 0 ? (
        <p className="mt-2 text-sm text-soft">None. Tags are words by which runs are found again.</p>
      ) : (
        <div className="mt-2">
          <Tags of={tags} />
        </div>
      )}
    </section>
  );
}
