/** What a model's page says to who is not signed in, once that matters. Loaded then. */
import { signInPath } from "../session/sign-in-path.ts";

export function SignInNote({ offered }: { offered: boolean }) {
  return (
    <p role="alert" className="mt-4 rounded-md bg-signal-wash px-4 py-3">
      {offered ? (
        <>
          <a href={signInPath()} className="link font-semibold">
            Sign in to run it
          </a>
          . What you have filled in is kept; files of your computer have to be chosen again.
        </>
      ) : (
        <>
          The server did not say whether you are signed in. With a project's key, the code below runs it: your inputs
          are in it.
        </>
      )}
    </p>
  );
}

export function SignInToSee({ offered }: { offered: boolean }) {
  return (
    <p className="rounded-lg border border-line bg-card px-5 py-4">
      The run in this address belongs to an account.{" "}
      {offered && (
        <a href={signInPath()} className="link font-semibold">
          Sign in to see it
        </a>
      )}
    </p>
  );
}
